"""Parallel text as a tab-separated table: a language tag over each column, a cell empty where a text is missing."""

import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from core.errors import BadInput, Damaged

SUFFIXES = (".tsv", ".tsv.xz")

Row = tuple[str, ...]


def aligned_files(folder: Path) -> list[Path]:
    """The tables of a folder, by name. Raises BadInput where there are none."""
    found = sorted(path for path in folder.glob("*") if path.name.endswith(SUFFIXES))
    if not found:
        raise BadInput(f"There is no .tsv or .tsv.xz in '{folder}'.")
    return found


@contextmanager
def aligned(path: Path) -> Iterator[tuple[Row, Iterator[tuple[int, Row | None]]]]:
    """The tags of its columns, and its rows with their line; None where a row has another number of cells.

    Raises Damaged for a file that cannot be read, or is not UTF-8.
    """
    try:
        with _opened(path) as file:
            tags = _cells(file.readline())
            yield tags, _rows(file, len(tags))
    except FileNotFoundError as error:
        raise BadInput(f"There is no file '{path}'.") from error
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError) as error:
        raise Damaged(f"'{path}' cannot be read ({error}); get it again, as UTF-8.") from error


def _opened(path: Path) -> IO[bytes]:
    return lzma.open(path) if path.name.endswith(".xz") else path.open("rb")


def _rows(file: IO[bytes], width: int) -> Iterator[tuple[int, Row | None]]:
    for number, line in enumerate(file, start=2):
        cells = _cells(line)
        yield number, cells if len(cells) == width else None


def _cells(line: bytes) -> Row:
    return tuple(line.rstrip(b"\r\n").decode("utf-8").split("\t"))
