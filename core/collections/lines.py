"""The lines of a file, plain or packed with gzip, one at a time: what is read is never held whole."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from core.errors import BadInput, shortened

MAX_LINE = 16 * 2**20
"""Bytes; a line above is not held, and its row not used."""

MAX_UNPACKED = 2 * 2**30
MAX_RATIO = 200
"""How many times its own size a packed file may unpack to: zeros reach 1,029, text about 5."""

_SMALL = 2**20  # bytes that any packed file may unpack to, whatever its ratio
_PACKED = b"\x1f\x8b"
_OTHER = (
    (codecs.BOM_UTF32_LE, "UTF-32; save it as UTF-8"),
    (codecs.BOM_UTF32_BE, "UTF-32; save it as UTF-8"),
    (codecs.BOM_UTF16_LE, "UTF-16; save it as UTF-8"),
    (codecs.BOM_UTF16_BE, "UTF-16; save it as UTF-8"),
    (b"PK\x03\x04", "a zip archive or a spreadsheet; save its table as CSV"),
    (_PACKED, "packed twice; unpack it"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """`raw` ends with its line feed, if it had one; `whole` is False when it is only a line's beginning."""

    number: int
    raw: bytes
    whole: bool = True


class Lines:
    """Iterating reads the file from its start. Raises BadInput for one that is damaged or unpacks to too much.

    A line ends at a line feed, nowhere else; a byte order mark is removed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.size = path.stat().st_size
        except OSError as error:
            raise unreadable(path, error) from error
        self._raw: BinaryIO | None = None

    @property
    def done(self) -> int:
        """How many of the file's `size` bytes are read."""
        return self._raw.tell() if self._raw and not self._raw.closed else 0

    def __iter__(self) -> Iterator[Line]:
        with ExitStack() as stack:
            file, limit = self._opened(stack)
            number = unpacked = 0
            while raw := self._read(file):
                number += 1
                unpacked += len(raw)
                if number == 1:
                    raw = self._first(raw)
                whole = raw.endswith(b"\n") or len(raw) < MAX_LINE - 3
                yield Line(number, raw, whole)
                while not whole and raw and not raw.endswith(b"\n"):
                    raw = self._read(file)
                    unpacked += len(raw)
                    self._check(unpacked, limit)
                self._check(unpacked, limit)

    def _opened(self, stack: ExitStack) -> tuple[BinaryIO, int | None]:
        """The unpacked bytes, and how many there may be."""
        try:
            raw = stack.enter_context(self.path.open("rb"))
            packed = raw.read(2) == _PACKED
            raw.seek(0)
        except OSError as error:
            raise unreadable(self.path, error) from error
        self._raw = raw
        if not packed:
            return raw, None
        file = stack.enter_context(io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=raw)), 2**17))
        return cast(BinaryIO, file), min(MAX_UNPACKED, max(_SMALL, MAX_RATIO * self.size))

    def _read(self, file: BinaryIO) -> bytes:
        try:
            return file.readline(MAX_LINE)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BadInput(f"{self.path} is damaged or cut short; pack it again.") from error
        except OSError as error:
            raise unreadable(self.path, error) from error

    def _first(self, raw: bytes) -> bytes:
        for mark, what in _OTHER:
            if raw.startswith(mark):
                raise BadInput(f"{self.path} is {what}.")
        return raw.removeprefix(codecs.BOM_UTF8)

    def _check(self, unpacked: int, limit: int | None) -> None:
        if limit is not None and unpacked > limit:
            raise BadInput(
                f"{self.path} unpacks to more than {limit:,} bytes ({MAX_RATIO} times its size, or 2 GiB); unpack it "
                "yourself if that is right."
            )


def unreadable(path: Path, error: OSError) -> BadInput:
    return BadInput(f"{path} cannot be read ({shortened(error.strerror or str(error))}).")
