"""Carries new events to the shelf in a thread of its own: grading never waits for it, and what fails is sent again."""

import hashlib
import logging
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.errors import AppError, Conflict, Damaged, Unreachable
from core.offsite.recovery import newest_snapshot, snapshot_path
from core.offsite.segments import Name, named, packed, unpacked
from core.offsite.shelf import Shelf
from core.store.backup import backup
from core.store.chain import GENESIS
from core.store.replaying import forget_people, last_seq, rows_between

MOST_EVENTS = 5_000  # in one segment: a backlog goes in pieces
AT_ONCE = 200  # events that do not wait for the next turn
SNAPSHOT_SECONDS = 3_600
FIRST_RETRY, LAST_RETRY = 2.0, 60.0  # seconds

log = logging.getLogger("babelscope.offsite")


@dataclass(frozen=True, slots=True)
class Backed:
    """How the shelf stands: everything up to `at` is there, `waiting` events are not; `error` says why it stopped."""

    at: datetime | None = None
    waiting: int = 0
    error: str = ""


class Carrier:
    """Made with `start`, ended with `close`. `turn` is one round of its work, for whoever has another clock."""

    def __init__(
        self, store: Path, shelf: Shelf, *, every: float = 30.0, clock: Callable[[], float] = time.time
    ) -> None:
        self._store, self._shelf, self._every, self._clock = store, shelf, every, clock
        self._wake, self._stop = threading.Event(), threading.Event()
        self._seen = last_seq(store)
        self._missing: list[range] | None = None  # events before `_next` that the shelf lacks; None before it was asked
        self._next = 1
        self._packed: tuple[Name, bytes] | None = None  # in this form until it is there: sent twice, it is one file
        self._known: set[Name] = set()  # segments on the shelf that are this log's
        self._foreign: set[Name] = set()  # and those that are not, and do not join it
        self._snapshot_events, self._snapshot_at = 0, clock()
        self._failures, self._resume_at = 0, 0.0
        self._pushed_at: datetime | None = None
        self._error = ""
        self._thread = threading.Thread(target=self._run, name="carrier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def saw(self, seq: int) -> None:
        """Events up to that one are committed. Costs the one who grades nothing."""
        self._seen = max(self._seen, seq)
        if not self._failures and self.state().waiting >= AT_ONCE:
            self._wake.set()

    def state(self) -> Backed:
        """May be asked at any time, from any thread."""
        waiting = 0 if self._missing is None and not self._error else self._seen - self._next + 1
        return Backed(self._pushed_at, max(0, waiting) + sum(map(len, self._missing or ())), self._error)

    def turn(self) -> float:
        """Pushes all that is new, and a snapshot when one is due; gives the seconds until the next turn."""
        if (early := self._resume_at - self._clock()) > 0:
            return early
        try:
            self._push()
            if self._clock() - self._snapshot_at >= SNAPSHOT_SECONDS:
                self._missing = self._asked()  # also tells whether another copy writes there
                self._snapshot()
        except AppError as error:
            if not isinstance(error, Unreachable):
                self._missing = None  # nothing more is pushed until the shelf was asked again
            return self._failed(str(error), error.retry_seconds if isinstance(error, Unreachable) else None)
        except Exception:
            log.exception("The carrier failed")
            return self._failed("The backup of the grades failed; the log of the server says why.", None)
        self._failures, self._error = 0, ""
        return self._every

    def close(self, patience: float = 20.0) -> None:
        """Pushes what waits and takes a last snapshot, for as long as the patience lasts."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(patience)

    def last(self) -> None:
        """The last turn, whatever the last failure asked for."""
        self._resume_at = 0.0
        self._snapshot_at = min(self._snapshot_at, self._clock() - SNAPSHOT_SECONDS)
        if self._seen >= self._next or self._missing or self._snapshot_events < self._seen:
            self.turn()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(self.turn())
            self._wake.clear()
        self.last()

    def _failed(self, sentence: str, asked: float | None) -> float:
        if sentence != self._error:
            log.warning("Grades wait on this machine: %s", sentence)
        self._error = sentence
        self._failures += 1
        seconds = max(asked or 0.0, min(FIRST_RETRY ** min(self._failures, 10), LAST_RETRY))
        self._resume_at = self._clock() + seconds
        return seconds

    def _push(self) -> None:
        if self._missing is None:
            self._missing = self._asked()
        while self._missing:
            self._send(self._missing[0])
            self._missing.pop(0)
        last = last_seq(self._store)
        self._seen = max(self._seen, last)
        while self._next <= last:
            self._send(next(_pieces(range(self._next, last + 1))))

    def _send(self, wanted: range) -> None:
        """One segment; what was not acknowledged goes again under the same name."""
        if self._packed is None:
            self._packed = packed(rows_between(self._store, wanted[0], wanted[-1]))
        name, content = self._packed
        self._shelf.push(name.path, content)
        self._packed = None
        self._next = max(self._next, name.last + 1)
        self._known.add(name)
        self._pushed_at = self._now()

    def _asked(self) -> list[range]:
        """What the shelf lacks of this log. Raises Conflict when it goes on where this log does not."""
        self._shelf.ready()
        files, last = self._shelf.files(), last_seq(self._store)
        names = sorted(name for path in files if (name := named(path)) is not None)
        self._packed = None
        self._known &= set(names)
        for name in names:
            if name not in self._known and self._holds(name, files[name.path], last):
                self._known.add(name)
        lacking = list(_holes(sorted(self._known), last))
        for name in names:
            if name not in self._known | self._foreign:
                self._check_foreign(name, last)
        self._seen, self._next = max(self._seen, last), last + 1
        self._snapshot_events = min(newest_snapshot(files), last)
        self._pushed_at = self._pushed_at if lacking else self._now()
        return [piece for hole in lacking for piece in _pieces(hole)]

    def _holds(self, name: Name, size: int, last: int) -> bool:
        """Whether the segment is what this log would make of these events, and all of it arrived."""
        if name.last > last:
            return False
        mine, content = packed(rows_between(self._store, name.first, name.last))
        return mine == name and len(content) == size

    def _check_foreign(self, name: Name, last: int) -> None:
        """Raises Conflict for a sound segment that joins this log and is not of it: another copy wrote it."""
        if name.first > last + 1:
            return  # it may join when this log is longer
        with tempfile.TemporaryDirectory(dir=self._store.parent, prefix=".segment-") as folder:
            self._shelf.fetch(name.path, Path(folder) / "segment")
            try:
                begins = unpacked(name, (Path(folder) / "segment").read_bytes())[0]["prev_hash"]
            except Damaged:
                begins = None
        before = rows_between(self._store, name.first - 1, name.first - 1)
        if begins == (before[0]["hash"] if before else GENESIS):
            raise Conflict(
                f"{self._shelf.name} holds other grades from event {name.first:,} on, and nothing is overwritten: name "
                "an empty place for these, or move store.db away and start again to take those."
            )
        self._foreign.add(name)

    def _snapshot(self) -> None:
        """A verified copy of the log, without names or accounts, when it is longer than the last one."""
        with tempfile.TemporaryDirectory(dir=self._store.parent, prefix=".snapshot-") as folder:
            if last_seq(self._store) > self._snapshot_events:
                made = backup(self._store, Path(folder))
                copy = Path(folder) / made.file
                forget_people(copy)
                with copy.open("rb") as file:
                    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                self._shelf.push(snapshot_path(made.events, sha256), copy)
                self._snapshot_events = made.events
        self._snapshot_at = self._clock()

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _holes(held: list[Name], last: int) -> Iterator[range]:
    """What lies between these segments, and after them."""
    reached = 0
    for name in held:
        if name.first > reached + 1:
            yield range(reached + 1, name.first)
        reached = max(reached, name.last)
    if reached < last:
        yield range(reached + 1, last + 1)


def _pieces(hole: range) -> Iterator[range]:
    for at in range(0, len(hole), MOST_EVENTS):
        yield hole[at : at + MOST_EVENTS]
