"""Who may sign in. Nothing here is in the log: a person who is removed leaves grades under a UUID, and no name."""

import secrets
import unicodedata
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from core.errors import BadInput, UnknownName, shortened
from core.store import passwords
from core.store.events import cleaned_name
from core.store.tables import annotator, person, system_set

T = TypeVar("T")
MOST_AT_ONCE = 200
_p = person.c


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may sign in. `stamp` changes with the password: what was signed with an older one is void."""

    annotator: str
    name: str
    owner: bool
    stamp: str


class Write(Protocol):
    def __call__(self, work: Callable[[Connection], T], /) -> T: ...


class People:
    """The people of a store; reached as `Store.people`."""

    def __init__(self, write: Write, reading: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._write, self._reading = write, reading

    def all(self) -> list[Member]:
        """Owners first, then by name."""
        with self._reading() as conn:
            return [_member(row) for row in conn.execute(select(person).order_by(_p.owner.desc(), _p.folded))]

    def get(self, identity: str) -> Member | None:
        with self._reading() as conn:
            row = conn.execute(select(person).where(_p.annotator == identity)).first()
        return None if row is None else _member(row)

    def signed_in(self, name: str, password: str) -> Member | None:
        """The member of that name and password; as slow for a name that nobody has."""
        with self._reading() as conn:
            row = conn.execute(select(person).where(_p.folded == folded(name))).first()
        fitting = passwords.fits(password, row.password if row is not None else NOBODYS)
        return _member(row) if row is not None and fitting else None

    def add(self, names: Sequence[str], *, owner: bool = False, password: str | None = None) -> dict[str, str]:
        """Name → its new password, of all or of none. Raises BadInput for a name that is taken or given twice."""
        if not 1 <= len(names) <= MOST_AT_ONCE:
            raise BadInput(f"Give one to {MOST_AT_ONCE} names.")
        given = {cleaned_name(name): password or passwords.made() for name in names}
        if len({folded(name) for name in given}) < len(names):
            raise BadInput("A name is given twice; make them differ, for example by a second name.")
        hashes = {name: passwords.hashed(secret) for name, secret in given.items()}
        self._write(lambda conn: _add(conn, hashes, owner=owner))
        return given

    def renew(self, name: str, password: str | None = None) -> str:
        """The new password of that person, who is signed out everywhere. Raises UnknownName."""
        secret = password or passwords.made()
        values = {"password": passwords.hashed(secret), "stamp": _stamp()}
        self._write(lambda conn: _changed(conn, name, values))
        return secret

    def remove(self, name: str) -> None:
        """Erases name, password and saved sets; the grades stay, under the UUID.

        Raises UnknownName, and BadInput for the only owner of others.
        """
        self._write(lambda conn: _remove(conn, name))


def folded(name: str) -> str:
    """Two names with the same are one name. "" for what cannot be a name."""
    try:
        shown = cleaned_name(name)
    except BadInput:
        return ""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", shown).casefold())


def _add(conn: Connection, hashes: dict[str, str], *, owner: bool) -> None:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    for name, password in hashes.items():
        taken = conn.scalar(select(_p.name).where(_p.folded == folded(name)))
        if taken is not None:
            raise BadInput(f"There is a '{shortened(taken)}' already; make the names differ.")
        identity = str(uuid.uuid4())
        row = {"annotator": identity, "name": name, "created": now}
        conn.execute(
            insert(person),
            {**row, "folded": folded(name), "password": password, "stamp": _stamp(), "owner": int(owner)},
        )
        conn.execute(upsert(annotator), {**row, "verified": 1})


def _changed(conn: Connection, name: str, values: dict[str, str]) -> None:
    row = _found(conn, name)
    conn.execute(update(person).where(_p.annotator == row.annotator).values(values))


def _remove(conn: Connection, name: str) -> None:
    row = _found(conn, name)
    others = conn.scalar(select(func.count()).where(_p.owner == 1, _p.annotator != row.annotator))
    anybody = conn.scalar(select(func.count()).where(_p.annotator != row.annotator))
    if row.owner and anybody and not others:
        raise BadInput(f"'{shortened(row.name)}' is the only owner; make another one, or remove the others, first.")
    conn.execute(delete(person).where(_p.annotator == row.annotator))
    conn.execute(delete(annotator).where(annotator.c.annotator == row.annotator))
    conn.execute(delete(system_set).where(system_set.c.owner == row.annotator))


def _found(conn: Connection, name: str) -> Row[*tuple[object, ...]]:
    row = conn.execute(select(person).where(_p.folded == folded(name))).first()
    if row is None:
        raise UnknownName("person", name, list(conn.scalars(select(_p.name).order_by(_p.folded))))
    return row


def _member(row: Row[*tuple[object, ...]]) -> Member:
    return Member(row.annotator, row.name, bool(row.owner), row.stamp)


def _stamp() -> str:
    return secrets.token_urlsafe(9)


NOBODYS = "$".join(("scrypt", *map(str, passwords.COST), "A" * 22 + "==", "A" * 43 + "="))
"""What the password of an unknown name is compared with; no password has it."""
