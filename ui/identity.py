"""Who asks: a cookie that only this server can have signed, and what the request says by it."""

import base64
import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Scope

from core.access import Person
from core.errors import NotWritable
from core.settings import Mode, Settings
from core.store.events import checked_annotator

DAYS: dict[Mode, int] = {"session": 7, "public": 365}
"""How long a cookie counts."""
VISIT = "babelscope.visit"
KEY_BYTES = 32
MOST_COOKIE = 300  # characters


@dataclass(frozen=True, slots=True)
class Visit:
    """Who a request comes from, and in which mode it is answered. `home` is where this server keeps its files."""

    mode: Mode
    person: Person
    home: str = ""

    def discreet(self, value: Any) -> Any:
        """What may be sent: only who sits at this machine is told where on it files lie."""
        if self.mode == "private" or not self.home:
            return value
        match value:
            case str():
                return value.replace(f"{self.home}/", "").replace(self.home, "")
            case dict():
                return {key: self.discreet(part) for key, part in value.items()}
            case list() | tuple():
                return [self.discreet(part) for part in value]
            case _:
                return value


@dataclass(frozen=True, slots=True)
class Claim:
    """What a valid cookie says. `stamp` is the password's it was given for, "" for a visitor."""

    annotator: str
    stamp: str = ""


def visit_of(request: gr.Request | Request) -> Visit:
    """What the gate found out about it; a request that did not pass the gate is a bug."""
    inner: Any = request.request if isinstance(request, gr.Request) else request
    visit: Visit = inner.scope[VISIT]
    return visit


class Seal:
    """Signs cookies and reads them. One key; the mode is signed too, so that a cookie of one counts in no other."""

    def __init__(self, key: bytes, now: Callable[[], float] = time.time) -> None:
        self.key, self.now = key, now

    def cookie(self, mode: Mode, claim: Claim) -> str:
        """`annotator.stamp.seconds.signature`"""
        said = ".".join((claim.annotator, claim.stamp, str(int(self.now()))))
        return f"{said}.{self._signature(mode, said)}"

    def claim(self, mode: Mode, cookie: str) -> Claim | None:
        """None for what is not ours, altered, of another key or mode, or too old.

        One from the future counts: the clock was set back since.
        """
        said, _, signature = cookie.rpartition(".")
        if len(cookie) > MOST_COOKIE or not cookie.isascii():
            return None
        if not hmac.compare_digest(signature, self._signature(mode, said)):
            return None
        annotator, stamp, seconds = said.split(".")
        if self.now() - int(seconds) > DAYS[mode] * 86_400:
            return None
        return Claim(checked_annotator(annotator), stamp)

    def _signature(self, mode: Mode, said: str) -> str:
        digest = hmac.digest(self.key, f"babelscope {mode} {said}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def cookie_name(mode: Mode) -> str:
    return f"babelscope-{mode}"


def cookie_of(scope: Scope, mode: Mode) -> str:
    """The cookie of that mode as it was sent, or ""."""
    return Request(scope).cookies.get(cookie_name(mode), "")


def set_cookie(mode: Mode, value: str, *, secure: bool) -> str:
    """The Set-Cookie header; an empty value takes the cookie away.

    A Space shows the app in a frame of another site, where a browser sends only `SameSite=None; Secure` cookies, and
    keeps them apart by the site around it.
    """
    lasting = DAYS[mode] * 86_400 if value else 0
    where = "SameSite=None; Secure; Partitioned" if secure else "SameSite=Lax"
    return f"{cookie_name(mode)}={value}; Path=/; Max-Age={lasting}; HttpOnly; {where}"


def is_secure(scope: Scope, *, trust_proxy: bool) -> bool:
    """Whether the browser came over https, perhaps to a proxy of ours."""
    forwarded = Headers(scope=scope).get("x-forwarded-proto", "") if trust_proxy else ""
    return (forwarded.rpartition(",")[2].strip() or scope.get("scheme", "http")) == "https"


def key_of(settings: Settings) -> bytes:
    """The setting `secret`, or a key that is made once and kept in the home, for this user's eyes only."""
    if settings.secret is not None:
        return settings.secret.get_secret_value().encode()
    path = settings.home / "secret"
    try:
        if not path.exists() or path.stat().st_size < KEY_BYTES:
            _make_key(path)
        return path.read_bytes()
    except OSError as error:
        raise NotWritable(settings.home, error) from error


def _make_key(path: Path) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"secret.{secrets.token_hex(4)}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        os.fsync(file.fileno())
    fresh.replace(path)
