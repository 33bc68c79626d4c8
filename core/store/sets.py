"""Sets of systems that somebody gave a name. They hold names of systems only, never sets, so none can hold itself."""

import json
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from core.errors import BadInput, Conflict, UnknownName, shortened
from core.store.events import checked_annotator, cleaned_name
from core.store.people import Write, folded
from core.store.tables import system_set
from core.systems import MOST_SYSTEMS

MOST_SETS = 100  # of one person
MOST_CHARACTERS = 2_000  # of one system's name
_s = system_set.c


@dataclass(frozen=True, slots=True)
class SystemSet:
    """Systems in the order of their columns."""

    id: str
    name: str
    systems: tuple[str, ...]
    created: str


class Sets:
    """The saved sets of a store, each person's apart; reached as `Store.sets`. Owner "": shared by one machine."""

    def __init__(self, write: Write, reading: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._write, self._reading = write, reading

    def all(self, owner: str) -> list[SystemSet]:
        """By name."""
        with self._reading() as conn:
            mine = select(system_set).where(_s.owner == _checked_owner(owner)).order_by(_s.folded)
            return [_set_of(row) for row in conn.execute(mine)]

    def save(self, owner: str, name: str, systems: Sequence[str], *, replace: bool = False) -> SystemSet:
        """A set of that name, in the place of one that has it only with `replace`; else raises Conflict."""
        whose, shown, names = _checked_owner(owner), cleaned_name(name), _checked_systems(systems)
        return self._write(lambda conn: _save(conn, whose, shown, names, replace=replace))

    def rename(self, owner: str, identity: str, name: str) -> SystemSet:
        """Raises UnknownName for a set that is gone, and Conflict for a name that another set has."""
        whose, shown = _checked_owner(owner), cleaned_name(name)
        return self._write(lambda conn: _rename(conn, whose, identity, shown))

    def delete(self, owner: str, identity: str) -> SystemSet:
        """Deletes it, and gives what it was, so that it can be saved again. Raises UnknownName."""
        whose = _checked_owner(owner)
        return self._write(lambda conn: _delete(conn, whose, identity))


def _save(conn: Connection, owner: str, name: str, systems: tuple[str, ...], *, replace: bool) -> SystemSet:
    there = _named(conn, owner, name)
    values = {"name": name, "folded": folded(name), "systems": json.dumps(systems, ensure_ascii=False)}
    if there is not None and not replace:
        raise Conflict(f"There is a set '{shortened(there.name)}' already; replace it, or give this one another name.")
    if there is not None:
        conn.execute(update(system_set).where(_s.id == there.id).values(values))
        return SystemSet(there.id, name, systems, there.created)
    if (conn.scalar(select(func.count()).where(_s.owner == owner)) or 0) >= MOST_SETS:
        raise BadInput(f"{MOST_SETS} sets are the most that are kept; delete one first.")
    made = SystemSet(str(uuid.uuid4()), name, systems, datetime.now(UTC).isoformat(timespec="milliseconds"))
    conn.execute(insert(system_set), {"id": made.id, "owner": owner, "created": made.created, **values})
    return made


def _rename(conn: Connection, owner: str, identity: str, name: str) -> SystemSet:
    old, taken = _owned(conn, owner, identity), _named(conn, owner, name)
    if taken is not None and taken.id != old.id:
        raise Conflict(f"There is a set '{shortened(taken.name)}' already; give this one another name.")
    conn.execute(update(system_set).where(_s.id == old.id).values(name=name, folded=folded(name)))
    return SystemSet(old.id, name, old.systems, old.created)


def _delete(conn: Connection, owner: str, identity: str) -> SystemSet:
    old = _owned(conn, owner, identity)
    conn.execute(delete(system_set).where(_s.id == old.id))
    return old


def _named(conn: Connection, owner: str, name: str) -> SystemSet | None:
    row = conn.execute(select(system_set).where(_s.owner == owner, _s.folded == folded(name))).first()
    return None if row is None else _set_of(row)


def _owned(conn: Connection, owner: str, identity: str) -> SystemSet:
    row = conn.execute(select(system_set).where(_s.owner == owner, _s.id == identity)).first()
    if row is None:
        raise UnknownName("saved set", identity)
    return _set_of(row)


def _set_of(row: Row[*tuple[object, ...]]) -> SystemSet:
    return SystemSet(row.id, row.name, tuple(json.loads(row.systems)), row.created)


def _checked_owner(owner: str) -> str:
    return checked_annotator(owner) if owner else ""


def _checked_systems(systems: Sequence[str]) -> tuple[str, ...]:
    """Each once, in their order; whether they run is for their columns to say."""
    names = tuple(dict.fromkeys(name.strip() for name in systems if name.strip()))
    if not 1 <= len(names) <= MOST_SYSTEMS:
        raise BadInput(f"A set has one to {MOST_SYSTEMS} systems.")
    if any(len(name) > MOST_CHARACTERS for name in names):
        raise BadInput(f"The name of a system has at most {MOST_CHARACTERS:,} characters.")
    return names
