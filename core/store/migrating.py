"""A new file, or an old one brought to the newest schema: each wholly or not at all, and an old one copied first."""

import os
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, create_engine, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from core.errors import Damaged
from core.store.engines import connection, told, writing_engine
from core.store.inspecting import has_waiting, waiting
from core.store.tables import APPLICATION_ID, PROJECT, SCHEMA, label_event, meta

MIGRATIONS = Path(__file__).parent / "migrations"
VERSIONS = MIGRATIONS / "versions"
_ALEMBIC = threading.Lock()  # it keeps what it works on in its module


def create(path: Path) -> None:
    """Makes the file under another name and moves it there whole, so a kill leaves no half-made one at the path."""
    if has_waiting(path):
        raise Damaged(
            f"'{path}' is gone, but its '{waiting(path).name}' is here: put the file back, or move that away."
        )
    fresh = path.with_name(path.name + ".new")
    for end in ("", "-wal", "-shm", "-journal"):
        fresh.with_name(fresh.name + end).unlink(missing_ok=True)
    with closing(connection(fresh, "rwc")) as raw:
        raw.execute(f"PRAGMA application_id={APPLICATION_ID}")
        raw.execute("PRAGMA journal_mode=WAL")
    engine = writing_engine(fresh)
    try:
        with engine.begin() as conn:
            _upgrade(conn, (VERSIONS,))
            created = datetime.now(UTC).isoformat(timespec="seconds")
            conn.execute(insert(meta), {"one": 1, "project": PROJECT, "schema": SCHEMA, "created": created})
    finally:
        engine.dispose()
    _settle(fresh, path)


def migrate(path: Path, schema: int, *, newest: int = SCHEMA, folders: Sequence[Path] = (VERSIONS,)) -> Path:
    """Brings a file of that schema to the newest one in one transaction, and gives the backup made before.

    Raises Damaged, and leaves the file as it was, when the log is not the same afterwards.
    """
    engine = writing_engine(path)
    try:
        backup = back_up(path, f"schema-{schema}")
        with engine.begin() as conn:
            before = _state(conn)
            _upgrade(conn, folders)
            conn.execute(update(meta).values(schema=newest))
            if _state(conn) != before:
                raise Damaged(
                    f"'{path}' would lose grades on its way to schema {newest}: it was left as it is; report this."
                )
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise told(error, path) from error
    finally:
        engine.dispose()
    return backup


def back_up(path: Path, label: str) -> Path:
    """A whole copy beside the file, named after it; an older backup is never overwritten."""
    number, backup = 1, path.with_name(f"{path.name}.{label}.bak")
    while backup.exists():
        number += 1
        backup = path.with_name(f"{path.name}.{label}.{number}.bak")
    copy = backup.with_name(backup.name + ".new")
    copy.unlink(missing_ok=True)
    with closing(connection(path, "ro")) as source, closing(connection(copy, "rwc")) as target:
        source.backup(target)
    _settle(copy, backup)
    return backup


def structure(conn: Connection) -> dict[str, tuple[str, str, str]]:
    """Name → (kind, table, SQL) of every table, index and trigger of a file; white space does not count."""
    rows = conn.exec_driver_sql("SELECT name, type, tbl_name, sql FROM sqlite_schema")
    return {str(name): (str(kind), str(table), " ".join(str(sql).split())) for name, kind, table, sql in rows}


@cache
def structure_of(schema: int) -> Mapping[str, tuple[str, str, str]]:
    """The structure that the migrations up to that schema make."""
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as conn:
            _upgrade(conn, (VERSIONS,), f"{schema:04d}")
            return structure(conn)
    finally:
        engine.dispose()


def _upgrade(conn: Connection, folders: Sequence[Path], revision: str = "head") -> None:
    from alembic import command  # .2 s that only a new or an old file costs
    from alembic.config import Config

    config = Config(attributes={"connection": conn})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", os.pathsep.join(map(str, folders)).replace("%", "%%"))
    with _ALEMBIC:
        command.upgrade(config, revision)


def _state(conn: Connection) -> tuple[int, str | None]:
    """How many events there are, and the hash of the last."""
    count = conn.scalar(select(func.count()).select_from(label_event)) or 0
    return count, conn.scalar(select(label_event.c.hash).order_by(label_event.c.seq.desc()).limit(1))


def _settle(made: Path, path: Path) -> None:
    """Moves a finished file into place so that it is there after a power cut."""
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.rename(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
