"""The one thread that writes: it takes all that waits, commits it in one transaction, and only then answers.

Many writers on SQLite do not queue but sleep and retry, some for seconds; here each is served in turn, and all who wait
share one flush of the disk.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, ProgrammingError, SQLAlchemyError

from core.errors import AppError

T = TypeVar("T")
MAX_BATCH = 256

# These concern one piece and leave the transaction whole. After others (disk full, I/O) SQLite may have rolled it back.
OF_ONE_PIECE = (
    AppError,
    IntegrityError,
    DataError,
    ProgrammingError,
    InterfaceError,
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RuntimeError,
)


class _Piece(Generic[T]):
    """Work to do inside a transaction, and the promise of its result."""

    def __init__(self, work: Callable[[Connection], T]) -> None:
        self.work = work
        self.future: Future[T] = Future()
        self.error: BaseException | None = None

    def attempt(self, conn: Connection) -> None:
        """Works in a savepoint: what one piece does wrong costs its neighbours nothing."""
        savepoint = conn.begin_nested()
        try:
            self.result = self.work(conn)
        except OF_ONE_PIECE as error:
            savepoint.rollback()
            self.error = error
        else:
            savepoint.commit()

    def answer(self) -> None:
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Writer:
    """Runs work in the order it comes. `told` puts SQLite's refusals into words.

    `engine` is asked before each transaction and gives another one when the file became another; `check` looks before
    each commit. Both raise what all who wait are told.
    """

    def __init__(
        self, engine: Callable[[], Engine], check: Callable[[], None], told: Callable[[SQLAlchemyError], AppError]
    ) -> None:
        self._engine, self._check, self._told = engine, check, told
        self._queue: SimpleQueue[_Piece[Any] | None] = SimpleQueue()
        self._door = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def run(self, work: Callable[[Connection], T]) -> T:
        """What the work gives, once it is committed; raises what it raised, or the sentence for what SQLite refused."""
        piece = _Piece(work)
        with self._door:
            if self._closed:
                raise AppError("The grades are closed; start Babelscope again.")
            self._queue.put(piece)
        return piece.future.result()

    def close(self) -> None:
        """Ends after all that was asked for before is committed."""
        with self._door:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        pieces: list[_Piece[Any]] = []
        try:
            while pieces := self._waiting():
                self._commit(pieces)
        finally:
            self._leave(pieces)

    def _waiting(self) -> list[_Piece[Any]]:
        """All that waits, at least one; nothing once the writer is closed and the queue empty."""
        pieces: list[_Piece[Any]] = []
        while len(pieces) < MAX_BATCH and (not pieces or not self._queue.empty()):
            piece = self._queue.get()
            if piece is None:
                self._queue.put(None)  # found again when what came before it is done
                break
            pieces.append(piece)
        return pieces

    def _commit(self, pieces: list[_Piece[Any]]) -> None:
        try:
            with self._engine().begin() as conn:
                for piece in pieces:
                    piece.attempt(conn)
                self._check()
        except (SQLAlchemyError, AppError) as error:
            refusal = self._told(error) if isinstance(error, SQLAlchemyError) else error
            for piece in pieces:
                piece.error = piece.error or refusal
        for piece in pieces:
            piece.answer()

    def _leave(self, pieces: list[_Piece[Any]]) -> None:
        """Nobody is left waiting, even after a bug ended the thread."""
        with self._door:
            self._closed = True
        while not self._queue.empty():
            piece = self._queue.get()
            if piece is not None:
                pieces.append(piece)
        for piece in pieces:
            if not piece.future.done():
                piece.future.set_exception(
                    AppError("The grade was not saved: the writer ended; start Babelscope again.")
                )
