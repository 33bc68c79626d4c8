"""What a file at the store's path is, found out without changing a byte of it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from core.errors import Damaged, shortened
from core.store.engines import CLEAN_START, connection, told
from core.store.tables import APPLICATION_ID, PROJECT

MAGIC = b"SQLite format 3\0"
HEADER_BYTES = 100


def schema_of(path: Path, newest: int) -> int:
    """The schema of a whole file of ours, 1 to `newest`; for any other it raises Damaged with what it is."""
    try:
        _check_header(path)
        with closing(connection(path, "ro")) as raw:
            _check_pages(raw, path)
            schema = _marked(raw, path)
    except (OSError, sqlite3.Error, UnicodeDecodeError) as error:  # the last: SQLite quotes bytes of a damaged page
        raise told(error, path) from error
    if schema > newest:
        raise Damaged(
            f"'{path}' has schema {schema}, and this Babelscope knows those up to {newest}: install a newer one."
        )
    return schema


def waiting(path: Path) -> Path:
    """The file with what is committed but not yet in the main file."""
    return path.with_name(path.name + "-wal")


def has_waiting(path: Path) -> bool:
    """Whether it is there and holds anything."""
    return waiting(path).exists() and waiting(path).stat().st_size > 0


def check_mark(path: Path) -> None:
    """Raises Damaged for a file that no longer begins as ours does, whatever of it is still held in memory."""
    try:
        with path.open("rb") as file:
            header = file.read(HEADER_BYTES)
    except OSError as error:
        raise told(error, path) from error
    if header[: len(MAGIC)] != MAGIC or int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise Damaged(f"'{path}' was overwritten while in use; stop Babelscope, then: {CLEAN_START}.")


def _check_header(path: Path) -> None:
    size = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
    if not header:
        raise Damaged(f"'{path}' is empty, 0 bytes, where grades should be: {CLEAN_START}.")
    if header[: len(MAGIC)] != MAGIC[: len(header)]:
        raise Damaged(f"'{path}' is not a database: {CLEAN_START}.")
    if size < HEADER_BYTES:
        raise Damaged(f"'{path}' is cut short: {CLEAN_START}.")
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise Damaged(
            f"'{path}' is a database of another program: set BABELSCOPE_HOME to another folder, or move it away."
        )
    page_bytes = int.from_bytes(header[16:18], "big")
    page_bytes = 65_536 if page_bytes == 1 else page_bytes
    pages = int.from_bytes(header[28:32], "big")
    # After a crash within a checkpoint the file may be shorter than its header says, and the -wal has the rest.
    if not has_waiting(path) and (page_bytes == 0 or size % page_bytes or size < pages * page_bytes):
        raise Damaged(f"'{path}' is cut short: {CLEAN_START}.")


def _check_pages(raw: sqlite3.Connection, path: Path) -> None:
    (found,) = raw.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise Damaged(f"'{path}' is damaged ({shortened(found, 200)}): {CLEAN_START}.")


def _marked(raw: sqlite3.Connection, path: Path) -> int:
    """The schema that the file's own row names."""
    tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    row = None
    if {"meta", "alembic_version"} <= tables:
        row = raw.execute("SELECT project, schema, version_num FROM meta, alembic_version").fetchone()
    if row is None or row[0] != PROJECT or type(row[1]) is not int or row[1] < 1 or row[2] != f"{row[1]:04d}":
        raise Damaged(f"'{path}' lacks the row that marks a Babelscope database: {CLEAN_START}.")
    return int(row[1])
