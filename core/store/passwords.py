"""Passwords: made, hashed, compared. What is stored says how it was made, so that the cost can rise later."""

import base64
import hashlib
import hmac
import secrets
import unicodedata

from core.errors import BadInput

LEAST, MOST = 8, 1_000
"""Characters of a password."""
COST = (2**14, 8, 5)
"""n, r, p of scrypt: 16 MB and about a fifth of a second (OWASP's password storage cheat sheet)."""
CONSONANTS, VOWELS = "bdfghjkmnprstvz", "aeiou"


def made() -> str:
    """A password for a slip of paper, `lumo-tika-nabe-sodu`: 50 bits, and letters that every keyboard has."""
    syllables = [secrets.choice(CONSONANTS) + secrets.choice(VOWELS) for _ in range(8)]
    return "-".join(a + b for a, b in zip(syllables[::2], syllables[1::2], strict=True))


def hashed(password: str) -> str:
    """`scrypt$n$r$p$salt$hash`. Raises BadInput for one that is too short or too long."""
    if not LEAST <= len(password) <= MOST:
        raise BadInput(f"A password has {LEAST} to {MOST:,} characters; this one has {len(password):,}.")
    salt = secrets.token_bytes(16)
    return "$".join(("scrypt", *map(str, COST), _text(salt), _text(_scrypt(password, salt, COST))))


def fits(password: str, stored: str) -> bool:
    """Whether it is that password, in constant time; what nobody can have as a password is compared with nothing."""
    if len(password) > MOST:
        return False
    _, n, r, p, salt, digest = stored.split("$")
    found = _scrypt(password, base64.b64decode(salt), (int(n), int(r), int(p)))
    return hmac.compare_digest(found, base64.b64decode(digest))


def _scrypt(password: str, salt: bytes, cost: tuple[int, int, int]) -> bytes:
    """One spelling of accents for all keyboards: NFC."""
    n, r, p = cost
    typed = unicodedata.normalize("NFC", password).encode("utf-8", "replace")
    return hashlib.scrypt(typed, salt=salt, n=n, r=r, p=p, maxmem=2**26, dklen=32)


def _text(some: bytes) -> str:
    return base64.b64encode(some).decode("ascii")
