"""A file that comes in pieces from a browser, into a folder of its own, until it is taken in or dropped."""

import re
import shutil
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.errors import BadInput, NotWritable, shortened

MAX_BYTES = 2 * 2**30
MAX_PIECE = 512 * 2**10
MAX_OPEN = 4
"""Files that may be on their way, or wait, at once."""

ROOM = 3
"""How many times its size a file needs on the disk: itself, the collection, the index."""

_LEFT_SECONDS = 3600  # a file that nobody has touched since was left behind
_IDLE_SECONDS = 60  # and gives way to another one, where there are too many
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class _Coming:
    path: Path
    size: int


class Incoming:
    """Writes nothing before the first `begin`; safe to use from several threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._files: dict[str, _Coming] = {}
        self._held: set[str] = set()

    def begin(self, name: str, size: int) -> str:
        """A place for a file of that size; its number. Raises BadInput, NotWritable."""
        if not 0 < size <= MAX_BYTES:
            said = "is empty" if size <= 0 else f"has {size:,} bytes; {MAX_BYTES:,} are the most"
            raise BadInput(f"'{shortened(name, 60)}' {said}.")
        with self._lock:
            self._sweep(_LEFT_SECONDS)
            if len(self._files) >= MAX_OPEN:
                self._sweep(_IDLE_SECONDS)
            if len(self._files) >= MAX_OPEN:
                raise BadInput(f"{MAX_OPEN} files are on their way already; wait until one is taken in, or stop one.")
            number = uuid.uuid4().hex
            path = self.root / number / _file_name(name)
            try:
                self.root.mkdir(parents=True, exist_ok=True)
                self._check_room(name, size)
                path.parent.mkdir()
                path.touch()
            except OSError as error:
                raise NotWritable(self.root, error) from error
            self._files[number] = _Coming(path, size)
        return number

    def put(self, number: str, start: int, piece: bytes) -> int:
        """Writes that piece where it belongs; how many bytes are there now. A piece that is there already is none."""
        coming = self._file(number)
        try:
            with self._lock:
                there = coming.path.stat().st_size
                if start + len(piece) <= there:
                    return there
                if start != there or there + len(piece) > coming.size:
                    raise BadInput("The pieces of the file do not fit together; choose the file again.")
                with coming.path.open("ab") as file:
                    file.write(piece)
                return there + len(piece)
        except OSError as error:
            raise NotWritable(self.root, error) from error

    def path(self, number: str) -> Path:
        """The file, once it is whole. Raises BadInput."""
        coming = self._file(number)
        if not coming.path.is_file() or coming.path.stat().st_size != coming.size:
            raise BadInput("The file has not arrived whole; choose it again.")
        coming.path.touch()
        return coming.path

    @contextmanager
    def held(self, number: str) -> Iterator[None]:
        """As long as the file is read it stays, however long that takes."""
        self._held.add(number)
        try:
            yield
        finally:
            self._held.discard(number)

    def drop(self, number: str) -> None:
        """Removes the file; one that is not there is no fault."""
        with self._lock:
            coming = self._files.pop(number, None)
            if coming is not None:
                shutil.rmtree(coming.path.parent, ignore_errors=True)

    def numbers(self) -> list[str]:
        """Of the files that are here or on their way."""
        with self._lock:
            return list(self._files)

    def _file(self, number: str) -> _Coming:
        try:
            return self._files[number]
        except KeyError as error:
            raise BadInput("That file is not here any more; choose it again.") from error

    def _check_room(self, name: str, size: int) -> None:
        free = shutil.disk_usage(self.root).free
        if free < ROOM * size:
            raise BadInput(
                f"'{shortened(name, 60)}' has {size / 1e6:,.0f} MB and needs {ROOM * size / 1e6:,.0f} MB with its "
                f"index; {free / 1e6:,.0f} MB are free. Make room first."
            )

    def _sweep(self, seconds: float) -> None:
        """Removes what nobody touched for so long, in this process or one before it; never what is being taken in."""
        for folder in self.root.glob("*/") if self.root.is_dir() else ():
            if folder.name in self._held:
                continue
            newest = max((path.stat().st_mtime for path in [folder, *folder.iterdir()]), default=0.0)
            if time.time() - newest > seconds:
                shutil.rmtree(folder, ignore_errors=True)
                self._files.pop(folder.name, None)


def _file_name(name: str) -> str:
    """The name without what a file system or a sentence could take for something else; its ending stays."""
    plain = re.sub(r"[^\w. -]+", "_", name.replace("\\", "/").rpartition("/")[2]).strip(". ") or "documents"
    return plain[-_LONGEST_NAME:].encode()[-200:].decode("utf-8", "ignore")
