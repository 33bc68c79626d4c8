"""The store of grades: one process writes it, any number read it, and what is acknowledged is committed."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, Select, select
from sqlalchemy.exc import SQLAlchemyError

from core.errors import BadInput, Busy, Damaged
from core.store import log
from core.store.engines import reading_engine, told, writing_engine
from core.store.events import (
    Event,
    EventKind,
    Judgment,
    Logged,
    Report,
    Saved,
    checked_annotator,
    checked_event_id,
    checked_time,
    cleaned_name,
)
from core.store.inspecting import check_mark, schema_of
from core.store.migrating import create, migrate
from core.store.people import People
from core.store.place import check_place
from core.store.sets import Sets
from core.store.tables import SCHEMA, annotator, label_current, label_event
from core.store.verifying import verify
from core.store.writer import Writer

T = TypeVar("T")
PAGE = 1_000  # rows; no read transaction outlives one, because the -wal file grows as long as one is open
MAX_NAMED = 500  # ids in one query


class Store:
    """Made by `Store.open`. Every method may be called from any thread."""

    def __init__(self, path: Path, lock: FileLock | None) -> None:
        """Of a file that is there and whole; without the lock, of its reading side only."""
        self.path, self._lock = path, lock
        self._readers = reading_engine(path)
        self.people = People(self._write, self._reading)
        self.sets = Sets(self._write, self._reading)
        self._writer: Writer | None = None
        if lock is not None:
            self._file: tuple[int, int] | None = _identity(path)
            self._engine = writing_engine(path)
            self._writer = Writer(self._engine_now, self._check_file, lambda error: told(error, path))

    @classmethod
    def open(cls, path: Path) -> Self:
        """The store at that path, made where there is none and migrated where it is old.

        Read-only while another process has it open. Raises Damaged for a file that is not a whole store of a known
        schema, which is never written to, and BadInput for a network mount.
        """
        path = Path(path).absolute()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            check_place(path)
            lock = _locked(path)
        except OSError as error:
            raise told(error, path) from error
        try:
            _prepare(path, writable=lock is not None)
            return cls(path, lock)
        except BaseException as error:
            if lock is not None:
                lock.release()
            if isinstance(error, SQLAlchemyError | sqlite3.Error | OSError | UnicodeDecodeError):
                raise told(error, path) from error
            raise

    @property
    def read_only(self) -> bool:
        """Another process held the store when it was opened: every write raises Busy."""
        return self._writer is None

    def append(self, event: Event) -> Saved:
        """Keeps a grade or a clear. Returns once it is committed; an event id that is already there changes nothing.

        Raises Conflict when the pair's version is not the expected one, BadInput when another event has the id.
        """
        if event.kind not in ("grade", "clear"):
            raise BadInput(f"An '{event.kind}' is asked for with Store.{event.kind}, which finds what it reverses.")
        return self._write(lambda conn: log.append(conn, event))

    def undo(self, annotator: str, *, event_id: str, client_time: str, collection_id: str | None = None) -> Saved:
        """Takes back this annotator's newest grade or clear that is in force; raises BadInput when there is none."""
        return self._reverse("undo", annotator, event_id, client_time, collection_id)

    def redo(self, annotator: str, *, event_id: str, client_time: str, collection_id: str | None = None) -> Saved:
        """Reverses this annotator's newest undo; raises BadInput when there is none, or something was graded since."""
        return self._reverse("redo", annotator, event_id, client_time, collection_id)

    def name_annotator(self, annotator: str, name: str) -> None:
        """Keeps the name that somebody typed, unverified, outside the log; raises BadInput for an invisible one."""
        identity, text = checked_annotator(annotator), cleaned_name(name)
        self._write(lambda conn: log.name_annotator(conn, identity, text))

    def names(self) -> dict[str, str]:
        """Annotator → name, of all who gave one."""
        with self._reading() as conn:
            return {row.annotator: row.name for row in conn.execute(select(annotator))}

    def grades(
        self, annotator: str, collection_id: str, query_ids: Sequence[str]
    ) -> dict[tuple[str, str], tuple[int | None, int]]:
        """(query id, document id) → grade, None where it was cleared, and version; only pairs that have an event."""
        now, found = label_current.c, {}
        wanted = list(dict.fromkeys(query_ids))
        with self._reading() as conn:
            for start in range(0, len(wanted), MAX_NAMED):
                mine = select(now.query_id, now.doc_id, now.grade, now.version).where(
                    now.annotator == annotator,
                    now.collection_id == collection_id,
                    now.query_id.in_(wanted[start : start + MAX_NAMED]),
                )
                found.update({(row.query_id, row.doc_id): (row.grade, row.version) for row in conn.execute(mine)})
        return found

    def judgments(self, collection_id: str) -> list[Judgment]:
        """Every grade in force, by query, document and annotator; cleared pairs are not among them."""
        now = label_current.c
        graded = (
            select(now.annotator, now.query_id, now.doc_id, now.grade, now.seq)
            .where(now.collection_id == collection_id, now.grade.is_not(None))
            .order_by(now.query_id, now.doc_id, now.annotator)
        )
        with self._reading() as conn:
            return [Judgment(*row) for row in conn.execute(graded)]

    def history(
        self,
        *,
        annotator: str | None = None,
        collection_id: str | None = None,
        query_id: str | None = None,
        doc_id: str | None = None,
        after: int = 0,
    ) -> Iterator[Logged]:
        """Events in the order of seq, of all that the names given fit, from the one after seq `after` on."""
        asked = {"annotator": annotator, "collection_id": collection_id, "query_id": query_id, "doc_id": doc_id}
        fitting = select(label_event).order_by(label_event.c.seq).limit(PAGE)
        for name, value in asked.items():
            if value is not None:
                fitting = fitting.where(label_event.c[name] == value)
        while page := self._page(fitting, after):
            yield from page
            after = page[-1].seq

    def look(self) -> None:
        """Raises Damaged when the file is gone or overwritten, and what can be told when nobody may look."""
        _identity(self.path)
        check_mark(self.path)

    def check(self) -> None:
        """Raises what a grade would meet now: another process has the store, no room on the disk, the file gone."""
        self.look()
        self._write(log.touch)

    def verify(self) -> Report:
        """Reads everything and lists what is wrong."""
        return verify(self.path)

    def close(self) -> None:
        """Commits what was asked for, then lets go of the file."""
        if self._writer is not None:
            self._writer.close()
        self._readers.dispose()
        if self._lock is not None:
            self._engine.dispose()  # the last connection puts the -wal into the file
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _reverse(
        self, kind: EventKind, annotator: str, event_id: str, client_time: str, collection_id: str | None
    ) -> Saved:
        wish = log.Reversal(
            kind, checked_annotator(annotator), checked_event_id(event_id), checked_time(client_time), collection_id
        )
        return self._write(lambda conn: log.reverse(conn, wish))

    def _write(self, work: Callable[[Connection], T]) -> T:
        if self._writer is None:
            raise Busy(
                f"'{self.path}' is open in another Babelscope: grade there, or close it and start this one again."
            )
        return self._writer.run(work)

    def _engine_now(self) -> Engine:
        """The engine to write with: of the file that is at the path now, when that is another whole store of ours."""
        file = _identity(self.path)
        if file != self._file:
            self._file = None  # until all is done; what fails is tried again at the next grade
            self._take_up()
            self._file = file
        return self._engine

    def _take_up(self) -> None:
        """Goes on with what was put where our file was, a backup for example: locked and looked at as at a start.

        SQLite leaves the files of a database that was moved alone, so letting go of the old one costs the new nothing.
        """
        try:
            if self._lock is not None:  # whoever deleted our file may have deleted its lock too
                self._lock.release()
                self._lock.acquire()
            _prepare(self.path, writable=True)
        except Timeout as error:
            raise Busy(f"'{self.path}' was taken by another Babelscope: close it and grade again.") from error
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise told(error, self.path) from error
        for engine in (self._engine, self._readers):
            engine.dispose()
        self._engine, self._readers = writing_engine(self.path), reading_engine(self.path)

    def _check_file(self) -> None:
        """A file that was moved or deleted would take all further grades with it."""
        if _identity(self.path) != self._file:
            raise Damaged(f"'{self.path}' was replaced while it was written to: grade again.")

    def _page(self, fitting: Select[*tuple[object, ...]], after: int) -> list[Logged]:
        with self._reading() as conn:
            return [log.logged_of(row) for row in conn.execute(fitting.where(label_event.c.seq > after))]

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._readers.connect() as conn:
                yield conn
        except (SQLAlchemyError, UnicodeDecodeError) as error:  # SQLite quotes bytes of a damaged page
            raise told(error, self.path) from error
        except UnicodeEncodeError as error:
            raise BadInput("There is half a character in what was asked for; reload the page.") from error


def _locked(path: Path) -> FileLock | None:
    """The lock beside the file, which ends with this process; None while another has it."""
    lock = FileLock(path.with_name(path.name + ".lock"), timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock


def is_open(path: Path) -> bool:
    """Whether a Babelscope, this one included, has the store at that path open to write."""
    lock = _locked(path) if path.with_name(path.name + ".lock").exists() else None
    if lock is not None:
        lock.release()
        return False
    return path.with_name(path.name + ".lock").exists()


def _identity(path: Path) -> tuple[int, int]:
    """Which file is at the path; raises what can be told when there is none, or nobody may look."""
    try:
        there = path.stat()
    except FileNotFoundError as error:
        raise Damaged(
            f"'{path}' was moved or deleted while in use: put it, or a backup, back and grade again. Nothing was saved."
        ) from error
    except OSError as error:
        raise told(error, path) from error
    return there.st_dev, there.st_ino


def _prepare(path: Path, *, writable: bool) -> None:
    if path.exists():
        schema = schema_of(path, SCHEMA)
        if schema < SCHEMA and not writable:
            raise Busy(f"'{path}' is open in an older Babelscope: close that one, then start this one again.")
        if schema < SCHEMA:
            migrate(path, schema)
    elif writable:
        create(path)
    else:
        raise Busy(f"'{path}' is just being made by another Babelscope: start this one again in a moment.")
