"""Rows of documents in a file, whatever its format: each is given with its line, or refused with line and reason."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from core.collections.lines import MAX_LINE, Line, unreadable
from core.errors import BadInput

MAX_CELL = 1_000_000
"""Characters."""

Reason = Literal[
    "not UTF-8",
    "not CSV: quotes that do not pair",
    "not CSV: a carriage return in a cell without quotes",
    "a quoted cell of more than 100 lines",
    "a line over 16 MiB",
    "wrong number of cells",
    "not JSON",
    "not a JSON object",
    "a key twice",
    "NaN or Infinity",
    "nested too deep",
    "a value that is not a text",
    "a cell over 1,000,000 characters",
    "no text",
    "no id",
    "an id that cannot be used",
    "an id twice (under NFC)",
    "a group that cannot be used",
    "a language that is none",
]


class Unusable(Exception):
    """A row cannot be used. Never leaves core.collections."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` are column → value, a text, None or neither; `raw` is empty where the file is no text."""

    line: int
    cells: Mapping[str, object]
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Refused:
    line: int
    reason: Reason
    raw: bytes


class Table(Protocol):
    """A file of rows. `rows` reads it from its start; `done` of `size` units (bytes, rows) are read by now."""

    @property
    def columns(self) -> tuple[str, ...]: ...

    @property
    def said(self) -> str:
        """What the file was found to be."""
        ...

    @property
    def size(self) -> int: ...

    @property
    def done(self) -> int: ...

    @property
    def unit(self) -> Literal["bytes", "rows"]: ...

    def rows(self, wanted: Collection[str]) -> Iterator[Row | Refused]:
        """Every row that is not blank; of `wanted` columns at least. Raises BadInput."""
        ...


def is_folder(path: Path) -> bool:
    """Whether it is a folder, and not a file. Raises BadInput for what is neither: nothing, a pipe, a device."""
    try:
        if path.is_dir():
            return True
        if path.is_file():
            return False
        there = path.exists()
    except OSError as error:  # no right to look, a name that is too long
        raise unreadable(path, error) from error
    raise BadInput(f"{path} is no file and no folder." if there else f"There is no file or folder {path}.")


def table(path: Path, asked: Collection[str] = ()) -> Table:
    """The rows of that file, its format told by its name. `asked` are columns that somebody named."""
    name = path.name.lower()
    match name.removesuffix(".gz").rpartition(".")[2]:
        case "csv" | "tsv" | "tab" as kind:
            from core.collections.delimited import Delimited

            return Delimited(path, comma=kind == "csv", asked=asked)
        case "jsonl" | "ndjson" | "json":
            from core.collections.jsonlines import JsonLines

            return JsonLines(path)
        case "parquet" if not name.endswith(".gz"):
            from core.collections.parquet import ParquetRows

            return ParquetRows(path)
        case "parquet":
            raise BadInput(f"{path} is packed, which Parquet is already; unpack it first.")
        case _:
            raise BadInput(f"{path} is no .csv, .tsv, .jsonl (each also .gz) or .parquet; save it as one of them.")


def text_of(value: object) -> str:
    """The value as a text, "" for none. Raises Unusable."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unusable("a value that is not a text")
    if len(value) > MAX_CELL:
        raise Unusable("a cell over 1,000,000 characters")
    return value


def decoded(line: Line) -> str:
    """The line's text. Raises Unusable."""
    if not line.whole or len(line.raw) > MAX_LINE:
        raise Unusable("a line over 16 MiB")
    try:
        return line.raw.decode()
    except UnicodeDecodeError as error:
        raise Unusable("not UTF-8") from error
