"""The log as rows: read out of one file, and put into a new one that is then the same log."""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import cast

from sqlalchemy import func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from core.errors import Damaged
from core.records import JudgmentKey
from core.store.chain import Fold, Value
from core.store.engines import connection, reading_engine, told, writing_engine
from core.store.events import EventKind, Report
from core.store.log import KEY
from core.store.migrating import create
from core.store.tables import label_current, label_event
from core.store.verifying import COLUMNS, verify

Row = dict[str, Value]
BATCH = 1_000  # rows in one statement
LOG_TABLES = ("meta", "alembic_version", "label_event", "label_current")


def last_seq(path: Path) -> int:
    """How many events that store has; 0 for none."""
    engine = reading_engine(path)
    try:
        with engine.connect() as conn:
            return int(conn.scalar(select(func.max(label_event.c.seq))) or 0)
    except SQLAlchemyError as error:
        raise told(error, path) from error
    finally:
        engine.dispose()


def rows_between(path: Path, first: int, last: int) -> list[Row]:
    """The events from seq `first` to `last` as the log has them, every column."""
    wanted = select(label_event).where(label_event.c.seq.between(first, last)).order_by(label_event.c.seq)
    engine = reading_engine(path)
    try:
        with engine.connect() as conn:
            return [dict(zip(COLUMNS, row, strict=True)) for row in conn.execute(wanted)]
    except SQLAlchemyError as error:
        raise told(error, path) from error
    finally:
        engine.dispose()


def rebuild(path: Path, rows: Iterable[Row]) -> Report:
    """Makes a store there that holds exactly these events, its projection their fold. Raises Damaged if unsound."""
    create(path)
    fold, coming = Fold(), iter(rows)
    engine = writing_engine(path)
    try:
        with engine.begin() as conn:
            while batch := list(islice(coming, BATCH)):
                for row in batch:
                    fold.add(row, key_of(row), cast("EventKind", row["kind"]))
                conn.execute(insert(label_event), batch)
            now = [{name: getattr(key, name) for name in KEY} | asdict(pair) for key, pair in fold.pairs.items()]
            if now:
                conn.execute(insert(label_current), now)
    except SQLAlchemyError as error:
        raise told(error, path) from error
    finally:
        engine.dispose()
    report = verify(path)
    if report.faults:
        raise Damaged(f"The grades that were put together are not sound: {report.faults[0]}.")
    return report


def forget_people(copy: Path) -> None:
    """Leaves nothing in a copy but the log and its projection: names and accounts go, from its free pages too."""
    try:
        with closing(connection(copy, "rw")) as raw:
            tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            for name in tables:
                if name not in LOG_TABLES and not name.startswith("sqlite_"):
                    quoted = name.replace('"', '""')
                    raw.execute(f'DELETE FROM "{quoted}"')  # noqa: S608  # a name out of the file's own schema, quoted
            raw.execute("VACUUM")
    except sqlite3.Error as error:
        raise told(error, copy) from error


def key_of(row: Mapping[str, Value]) -> JudgmentKey:
    """The pair and person that a row is about."""
    return JudgmentKey(*(str(row[name]) for name in KEY))
