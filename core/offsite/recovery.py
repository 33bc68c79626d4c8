"""The way back: a log put together from a shelf's snapshots and segments, as far as nothing is missing."""

import hashlib
import os
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from core.errors import AppError, BadInput, Busy, Damaged, NotWritable, Unreachable
from core.offsite.segments import Name, named, unpacked
from core.offsite.shelf import Shelf
from core.store.chain import GENESIS, row_hash
from core.store.events import Report
from core.store.inspecting import schema_of
from core.store.migrating import migrate
from core.store.replaying import Row, last_seq, rebuild, rows_between
from core.store.tables import SCHEMA

SNAPSHOT = re.compile(r"snapshots/(\d{10,})-([0-9a-f]{64})\.db")
PAGE = 1_000  # rows


@dataclass
class Recovered:
    """What was found: so many events up to `until`, and a sentence for each file that was left out."""

    shelf: str
    events: int = 0
    until: str = ""
    head: str = GENESIS
    snapshot: bool = False
    segments: int = 0
    left_out: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """One sentence on what came back, and what did not."""
        if not self.events and not self.left_out:
            return f"There are no grades on {self.shelf} yet."
        parts = (["1 snapshot"] if self.snapshot else []) + [f"{self.segments} segment{'s' * (self.segments != 1)}"]
        told = f"Recovered {self.events:,} events{self._when()} from {self.shelf}: {', '.join(parts)}."
        if self.left_out:
            told += f" Left out: {'; '.join(self.left_out)}."
        return told

    def _when(self) -> str:
        return f" up to {datetime.fromisoformat(self.until):%Y-%m-%d %H:%M:%S} UTC" if self.until else ""


def recover(shelf: Shelf, store: Path) -> Recovered:
    """Makes a store there out of what the shelf holds; on an empty shelf none.

    Raises BadInput when there is a store, Busy when another process makes one, Unreachable when the shelf cannot be
    read: then nothing is made, because an empty store would start another history.
    """
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(store.with_name(store.name + ".lock"), timeout=0):
            if store.exists():
                raise BadInput(f"There is a store at '{store}', which is never overwritten; move it away first.")
            with tempfile.TemporaryDirectory(dir=store.parent, prefix=".recovering-") as folder:
                return _recover(shelf, store, Path(folder))
    except Timeout as error:
        raise Busy(f"'{store}' is just being made by another Babelscope; start this one again in a moment.") from error
    except OSError as error:
        raise NotWritable(store.parent, error) from error


def _recover(shelf: Shelf, store: Path, folder: Path) -> Recovered:
    shelf.ready()
    files = shelf.files()
    found = Recovered(shelf.name)
    report = rebuild(folder / "store.db", _rows(shelf, sorted(files), folder, found))
    if report.events:
        _settle(folder / "store.db", store, report, found)
    return found


def _settle(made: Path, store: Path, report: Report, found: Recovered) -> None:
    if (report.events, report.head) != (found.events, found.head):
        raise Damaged("The grades that were put together are not those that were read; start Babelscope again.")
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.replace(store)


def _rows(shelf: Shelf, files: list[str], folder: Path, found: Recovered) -> Iterator[Row]:
    """The newest sound snapshot's events, then those of the segments that go on from there."""
    snapshots = sorted((path for path in files if SNAPSHOT.fullmatch(path)), reverse=True)
    for path in snapshots:
        try:
            copy = _snapshot(shelf, path, folder)
        except Unreachable:
            raise
        except AppError as error:
            found.left_out.append(str(error).removesuffix("."))
            continue
        found.snapshot = True
        yield from _counted(_of_snapshot(copy), found)
        break
    segments = sorted(name for path in files if (name := named(path)) is not None)
    for name in segments:
        if name.last <= found.events:
            continue
        if name.first > found.events + 1:
            found.left_out.append(_gap(found.events, name, segments[-1]))
            break
        rows = _segment(shelf, name, folder, found)
        if rows:
            found.segments += 1
            yield from _counted(rows, found)


def _segment(shelf: Shelf, name: Name, folder: Path, found: Recovered) -> list[Row]:
    """Its events that are new here; none, with the reason in `left_out`, when it is damaged or does not join."""
    path = folder / "segment.jsonl"
    shelf.fetch(name.path, path)
    try:
        rows = unpacked(name, path.read_bytes())
    except Damaged as error:
        found.left_out.append(str(error).removesuffix("."))
        return []
    finally:
        path.unlink(missing_ok=True)
    new = [row for row in rows if int(row["seq"] or 0) > found.events]
    if new[0]["prev_hash"] != found.head:
        found.left_out.append(f"{name.path} goes on from other events than these")
        return []
    return new


def _counted(rows: Iterator[Row] | list[Row], found: Recovered) -> Iterator[Row]:
    for row in rows:
        found.events, found.head, found.until = int(row["seq"] or 0), str(row["hash"]), str(row["server_time"])
        yield row


def _gap(last: int, name: Name, newest: Name) -> str:
    missing = f"events {last + 1:,} to {name.first - 1:,} are missing"
    return f"{missing}, so {name.first:,} to {newest.last:,} cannot be joined"


def _snapshot(shelf: Shelf, path: str, folder: Path) -> Path:
    """The snapshot as a sound store of the current schema. Raises Damaged for any other."""
    said = SNAPSHOT.fullmatch(path)
    copy = folder / "snapshot.db"
    copy.unlink(missing_ok=True)
    shelf.fetch(path, copy)
    with copy.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if said is None or sha256 != said[2]:
        raise Damaged(f"{path} is cut short or altered")
    try:
        schema = schema_of(copy, SCHEMA)
        if schema < SCHEMA:
            migrate(copy, schema)
        for _ in _of_snapshot(copy):
            pass
    except Damaged as error:
        raise Damaged(f"{path} is not a sound store: {error}".replace(str(copy), "it")) from error
    except sqlite3.Error as error:
        raise Damaged(f"{path} is not a sound store") from error
    return copy


def _of_snapshot(copy: Path) -> Iterator[Row]:
    """Its events, the hash chain checked. Raises Damaged."""
    head, count = GENESIS, last_seq(copy)
    for first in range(1, count + 1, PAGE):
        rows = rows_between(copy, first, min(first + PAGE - 1, count))
        for at, row in enumerate(rows, start=first):
            if row["seq"] != at or row["prev_hash"] != head or row_hash(row) != row["hash"]:
                raise Damaged(f"event {at} does not fit its hash")
            head = str(row["hash"])
        yield from rows


def newest_snapshot(files: dict[str, int]) -> int:
    """How many events the newest snapshot on the shelf holds; 0 without one."""
    return max((int(found[1]) for path in files if (found := SNAPSHOT.fullmatch(path))), default=0)


def snapshot_path(events: int, sha256: str) -> str:
    """The path of a snapshot with so many events."""
    return f"snapshots/{events:010d}-{sha256}.db"
