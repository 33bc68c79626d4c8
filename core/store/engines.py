"""Connections to the file: one that writes, others that cannot, and what SQLite's errors mean to a person."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from core.errors import AppError, Busy, Damaged, shortened

FileMode = Literal["ro", "rw", "rwc"]
LOCK_WAIT_SECONDS = 5.0
OF_DAMAGE = ("malformed", "unsupported file format", "decode", "no such table", "no such column", "not a database")
CLEAN_START = "put a backup in its place, or move it and its '-wal' away to start with an empty one"


def writing_engine(path: Path, mode: FileMode = "rw") -> Engine:
    """One connection, every transaction BEGIN IMMEDIATE: one that reads and then writes cannot be refused half-way."""
    return _engine(path, mode, begin="BEGIN IMMEDIATE", size=1)


def reading_engine(path: Path, decode: Callable[[bytes], str] | None = None) -> Engine:
    """Connections that SQLite itself keeps from writing; a transaction sees one state of the file."""
    return _engine(path, "ro", begin="BEGIN", size=5, decode=decode)


def connection(path: Path, mode: FileMode) -> sqlite3.Connection:
    """A bare connection that starts no transaction of its own; only `rwc` makes a file."""
    return sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode={mode}",
        uri=True,
        timeout=LOCK_WAIT_SECONDS,
        isolation_level=None,  # sqlite3's own BEGINs are deferred, and leave DDL outside of transactions
        check_same_thread=False,
    )


def _engine(
    path: Path, mode: FileMode, *, begin: str, size: int, decode: Callable[[bytes], str] | None = None
) -> Engine:
    engine = create_engine(
        "sqlite://", creator=lambda: connection(path, mode), poolclass=QueuePool, pool_size=size, max_overflow=size * 4
    )

    @event.listens_for(engine, "connect")
    def configure(raw: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        if decode is not None:
            raw.text_factory = decode
        cursor = raw.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(conn: Connection) -> None:
        conn.exec_driver_sql(begin)

    return engine


def told(error: SQLAlchemyError | sqlite3.Error | OSError | UnicodeDecodeError, path: Path) -> AppError:
    """The sentence for what SQLite refused."""
    reason = shortened(str(error.orig if isinstance(error, DBAPIError) else error), 200)
    if "locked" in reason or "busy" in reason:
        return Busy(f"'{path}' is held by another program; close it and try again. Nothing was saved.")
    outside = isinstance(error, OSError | OperationalError | sqlite3.OperationalError)
    if outside and not any(word in reason for word in OF_DAMAGE):
        return AppError(f"'{path}' cannot be used ({reason}): free disk space or mend its rights, then try again.")
    return Damaged(f"'{path}' is damaged ({reason}): {CLEAN_START}.")
