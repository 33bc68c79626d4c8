"""Everything that can be wrong with a store, looked for in one pass over one state of the file."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from core.store.chain import GENESIS, Fold, Pair, row_hash
from core.store.engines import reading_engine, told
from core.store.events import Report
from core.store.log import key_of
from core.store.tables import APPLICATION_ID, PROJECT, SCHEMA, label_current, label_event, meta

MAX_FAULTS = 100
COLUMNS = label_event.c.keys()


def verify(path: Path) -> Report:
    """Integrity, marks, seq without gaps, hash chain, and projection = fold of the events; up to 100 faults."""
    engine = reading_engine(path, decode=lambda raw: raw.decode("utf-8", "surrogateescape"))  # bad bytes break a hash,
    fold, faults, head = Fold(), _Faults(), _Head()  # not the pass
    try:
        with engine.connect() as conn:
            faults.extend(_marks(conn))
            for fault in _events(conn, fold, head):
                faults.append(fault)
            faults.extend(_projection(conn, fold))
    except SQLAlchemyError as error:
        faults.append(str(told(error, path)))
    finally:
        engine.dispose()
    return Report(head.events, len(fold.pairs), head.hash, tuple(faults))


class _Head:
    """Where the chain stands."""

    events = 0
    hash = GENESIS


class _Faults(list[str]):
    def append(self, fault: str) -> None:
        if len(self) < MAX_FAULTS:
            super().append(fault)


def _marks(conn: Connection) -> Iterator[str]:
    for (found,) in conn.exec_driver_sql("PRAGMA integrity_check"):
        if found != "ok":
            yield f"integrity_check: {found}"
    for row in conn.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"row {row[1]} of {row[0]} names a row of {row[2]} that is not there"
    if conn.exec_driver_sql("PRAGMA application_id").scalar() != APPLICATION_ID:
        yield "the file does not carry Babelscope's application id"
    rows = conn.execute(select(meta.c.project, meta.c.schema)).all()
    if [tuple(row) for row in rows] != [(PROJECT, SCHEMA)]:
        yield f"the meta row does not say project '{PROJECT}', schema {SCHEMA}"


def _events(conn: Connection, fold: Fold, head: _Head) -> Iterator[str]:
    last = 0
    for row in conn.execute(select(label_event).order_by(label_event.c.seq)).yield_per(1_000):
        if row.seq != last + 1:
            yield f"events {last + 1} to {row.seq - 1} are missing"
        if row.prev_hash != head.hash:
            yield f"event {row.seq} does not follow event {last}: its prev_hash is another"
        values = dict(zip(COLUMNS, row, strict=True))
        if row.hash != row_hash(values):
            yield f"event {row.seq} was altered: its hash does not fit its content"
        yield from fold.add(values, key_of(row), row.kind)
        last, head.hash, head.events = row.seq, row.hash, head.events + 1


def _projection(conn: Connection, fold: Fold) -> Iterator[str]:
    rest = dict(fold.pairs)
    for row in conn.execute(select(label_current)).yield_per(1_000):
        key = key_of(row)
        if rest.pop(key, None) != Pair(row.grade, row.version, row.seq):
            yield f"the current grade of {key} is not what its events add up to"
    for key in rest:
        yield f"the current grade of {key} is missing"
