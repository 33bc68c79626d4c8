"""Everything that can be wrong with a store, looked for in one pass over one state of the file."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from core.errors import shortened
from core.store.chain import GENESIS, Fold, Pair, Value, row_hash
from core.store.engines import reading_engine, told
from core.store.events import Report
from core.store.log import key_of
from core.store.migrating import structure, structure_of
from core.store.tables import APPLICATION_ID, PROJECT, SCHEMA, label_event

MAX_FAULTS = 100
COLUMNS = label_event.c.keys()
NUMBERS = {column.name for column in label_event.c if column.type.python_type is int}


def verify(path: Path) -> Report:
    """Integrity, marks, structure, seq without gaps, hash chain, and projection = fold of the events; up to 100 faults.

    Of a file of any schema up to the newest.
    """
    engine = reading_engine(path, decode=lambda raw: raw.decode("utf-8", "surrogateescape"))  # bad bytes break a hash,
    fold, faults, head = Fold(), _Faults(), _Head()  # not the pass
    try:
        with engine.connect() as conn:
            for found in (_marks(conn), _events(conn, fold, head), _projection(conn, fold)):
                faults.extend(found)
    except (SQLAlchemyError, UnicodeDecodeError) as error:  # SQLite's own messages quote a damaged page's bytes
        faults.append(str(told(error, path)))
    finally:
        engine.dispose()
    return Report(head.events, len(fold.pairs), head.hash, tuple(faults))


class _Head:
    """Where the chain stands."""

    events = 0
    hash = GENESIS


class _Faults(list[str]):
    """The first of them, each as it is found: an error on the way loses none. Bytes that are no text are left out."""

    def append(self, fault: str) -> None:
        if len(self) < MAX_FAULTS:
            super().append(shortened(fault, 500))

    def extend(self, found: Iterable[str]) -> None:
        for fault in found:
            self.append(fault)


def _marks(conn: Connection) -> Iterator[str]:
    for (found,) in conn.exec_driver_sql("PRAGMA integrity_check"):
        if found != "ok":
            yield f"integrity_check: {found}"
    for row in conn.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"row {row[1]} of {row[0]} names a row of {row[2]} that is not there"
    if conn.exec_driver_sql("PRAGMA application_id").scalar() != APPLICATION_ID:
        yield "the file does not carry Babelscope's application id"
    if conn.exec_driver_sql("PRAGMA user_version").scalar() != 0:
        yield "the file carries a user version, which Babelscope never sets"
    marks = conn.exec_driver_sql("SELECT project, schema, version_num FROM meta, alembic_version").all()
    schemas = {(PROJECT, schema, f"{schema:04d}"): schema for schema in range(1, SCHEMA + 1)}
    schema = schemas.get(tuple(marks[0])) if len(marks) == 1 else None
    if schema is None:
        yield f"the meta row does not say project '{PROJECT}' and a schema up to {SCHEMA}, as the migrations do"
    else:
        yield from _structure(conn, schema)


def _structure(conn: Connection, schema: int) -> Iterator[str]:
    found, wanted = structure(conn), structure_of(schema)
    for name in sorted(found.keys() | wanted.keys()):
        if found.get(name) != wanted.get(name):
            yield f"'{name}' is not the table, index or trigger that schema {schema} has"


def _events(conn: Connection, fold: Fold, head: _Head) -> Iterator[str]:
    last = 0
    for row in conn.exec_driver_sql("SELECT * FROM label_event ORDER BY seq").yield_per(1_000):
        if row.seq != last + 1:
            yield f"events {last + 1} to {row.seq - 1} are missing"
        if row.prev_hash != head.hash:
            yield f"event {row.seq} does not follow event {last}: its prev_hash is another"
        values = row._asdict()
        last, head.hash, head.events = row.seq, row.hash, head.events + 1
        if not _readable(values):
            yield f"event {row.seq} was altered: it holds a value of another type"
            continue
        if row.hash != row_hash(values):
            yield f"event {row.seq} was altered: its hash does not fit its content"
        yield from fold.add(values, key_of(row), row.kind)


def _readable(values: Mapping[str, Value]) -> bool:
    """Whether numbers are numbers and texts texts, which a damaged page need not keep to."""
    known = label_event.c
    return all(
        type(value) is (int if name in NUMBERS else str) or (value is None and name in known and known[name].nullable)
        for name, value in values.items()
    )


def _projection(conn: Connection, fold: Fold) -> Iterator[str]:
    rest = dict(fold.pairs)
    for row in conn.exec_driver_sql("SELECT * FROM label_current").yield_per(1_000):
        key = key_of(row)
        if rest.pop(key, None) != Pair(row.grade, row.version, row.seq):
            yield f"the current grade of {key} is not what its events add up to"
    for key in rest:
        yield f"the current grade of {key} is missing"
