"""Copies of the grades, made while people grade, that say what is in them; and the way back."""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from core.errors import BadInput, Busy, Damaged, NotWritable
from core.store.engines import connection, told
from core.store.events import Report
from core.store.inspecting import schema_of
from core.store.tables import SCHEMA
from core.store.verifying import verify


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: so many events, whose chain ends in `head`; `sha256` is the file's."""

    file: str
    made: str
    schema: int
    events: int
    pairs: int
    head: str
    sha256: str


def backup(store: Path, folder: Path) -> Manifest:
    """A verified copy of the store in that folder, with its manifest beside it; the store may be in use.

    Raises Damaged when there is no store or the copy is not sound, NotWritable when the folder takes nothing.
    """
    schema = schema_of(store, SCHEMA)
    made = datetime.now(UTC)
    copy = folder / f"store-{made:%Y%m%d-%H%M%S-%f}.db"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with closing(connection(store, "ro")) as source, closing(connection(copy, "rwc")) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
        _to_disk(copy)
        report = _sound(copy)
        found = Manifest(
            copy.name, made.isoformat(), schema, report.events, report.pairs, report.head, _sha256(copy)
        )  # fmt: skip
        manifest = copy.with_suffix(".json")
        manifest.write_text(json.dumps(asdict(found), indent=1) + "\n", "utf-8")
        _to_disk(manifest)
    except OSError as error:
        raise NotWritable(folder, error) from error
    except sqlite3.Error as error:
        raise told(error, copy) from error
    return found


def restore(copy: Path, store: Path) -> Report:
    """Puts a backup where the store is; what was there is kept beside it under another name, never deleted.

    Raises Busy while a Babelscope has the store open, Damaged for a backup that is not what its manifest says.
    """
    if not copy.is_file():
        raise BadInput(f"There is no backup '{copy}'.")
    _as_its_manifest_says(copy)
    report = _sound(copy)
    with _alone(store):
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        fresh = store.with_name(f"{store.name}.restoring")
        try:
            shutil.copyfile(copy, fresh)
            _to_disk(fresh)
            for name in (store.name, f"{store.name}-wal", f"{store.name}-shm"):
                if (there := store.with_name(name)).exists():
                    there.replace(store.with_name(f"{name}.replaced-{stamp}"))
            fresh.replace(store)
        except OSError as error:
            raise NotWritable(store.parent, error) from error
    return report


@contextmanager
def _alone(store: Path) -> Iterator[None]:
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(store.with_name(store.name + ".lock"), timeout=0):
            yield
    except Timeout as error:
        raise Busy(f"'{store}' is open in a Babelscope: stop that first, then restore.") from error


def _as_its_manifest_says(copy: Path) -> None:
    manifest = copy.with_suffix(".json")
    if not manifest.is_file():
        return
    try:
        said = Manifest(**json.loads(manifest.read_text("utf-8")))
    except (ValueError, TypeError) as error:
        raise Damaged(f"The manifest '{manifest}' cannot be read; take another backup.") from error
    if _sha256(copy) != said.sha256:
        raise Damaged(f"'{copy}' is not what its manifest says: it was altered or cut short; take another backup.")


def _sound(copy: Path) -> Report:
    schema_of(copy, SCHEMA)
    report = verify(copy)
    if report.faults:
        raise Damaged(f"'{copy}' is not sound: {report.faults[0]}; take another backup.")
    return report


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
