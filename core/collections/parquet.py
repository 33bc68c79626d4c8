"""Parquet: only the columns that are wanted are read, a few rows at a time."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from core.collections.lines import unreadable
from core.collections.rows import Refused, Row
from core.errors import BadInput, UnknownName, shortened

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_BATCH = 2**30
"""Bytes that the texts of one batch may have: none is longer than its row group, however often it is repeated."""

_FEWEST, _MOST = 16, 1000  # rows of a batch
_BUFFER = 2**20  # bytes; otherwise a whole row group is held


class ParquetRows:
    """Texts and whole numbers, a number as its digits. Line 1 is the first row."""

    unit: Literal["rows"] = "rows"
    said = "Parquet"

    def __init__(self, path: Path) -> None:
        """Raises BadInput."""
        self._path = path
        self.done = 0
        with _opened(path) as file:
            self._types = {field.name: field.type for field in file.schema_arrow}
            self.size = file.metadata.num_rows
        if not self.size:
            raise BadInput(f"{path} holds no row.")
        self.columns = tuple(name for name, kind in self._types.items() if _is_text(kind) or _is_whole(kind))

    def rows(self, wanted: Collection[str]) -> Iterator[Row | Refused]:
        columns = list(wanted) or list(self.columns)
        for name in columns:
            if name not in self.columns:
                raise self._not_text(name)
        self.done = 0
        with _opened(self._path) as file:
            for batch in file.iter_batches(batch_size=_batch(file), columns=columns, use_threads=False):
                for cells in _cells(batch, columns):
                    self.done += 1
                    yield _row(self.done, cells)

    def _not_text(self, name: str) -> BadInput:
        if name not in self._types:
            return UnknownName("column", name, self.columns)
        return BadInput(
            f"The column '{shortened(name)}' of {self._path} holds {self._types[name]}, not texts; choose another with "
            "--columns."
        )


@contextmanager
def _opened(path: Path) -> "Iterator[pq.ParquetFile]":
    """The file, as long as it is read. Raises BadInput for whatever pyarrow says of a damaged one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=_BUFFER) as file:
            yield file
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise unreadable(path, error) from error
        raise BadInput(f"{path} is no Parquet file, or damaged ({shortened(str(error))}).") from error


def _batch(file: "pq.ParquetFile") -> int:
    """How many rows to read at a time.

    By row groups, because pyarrow 26 ends the process on some damaged column chunks when it is asked about those.
    """
    sizes = [int(file.metadata.row_group(place).total_byte_size) for place in range(file.metadata.num_row_groups)]
    return min(_MOST, max(_FEWEST, _BATCH // max([1, *sizes])))


def _is_text(kind: "pa.DataType") -> bool:
    import pyarrow.types as kinds

    return bool(kinds.is_string(kind) or kinds.is_large_string(kind)) or (
        bool(kinds.is_dictionary(kind)) and _is_text(kind.value_type)
    )


def _is_whole(kind: "pa.DataType") -> bool:
    import pyarrow.types as kinds

    return bool(kinds.is_integer(kind))


def _cells(batch: "pa.RecordBatch", columns: Collection[str]) -> Iterator[dict[str, object]]:
    """Each row's cells; bytes for a text that is not UTF-8."""
    arrays = [batch.column(place) for place in range(batch.num_columns)]
    names = list(columns)
    for place in range(batch.num_rows):
        yield {name: _cell(array[place]) for name, array in zip(names, arrays, strict=True)}


def _cell(scalar: "pa.Scalar") -> object:
    try:
        value = scalar.as_py()
    except UnicodeDecodeError as error:
        return bytes(error.object)
    return str(value) if isinstance(value, int) else value


def _row(number: int, cells: Mapping[str, object]) -> Row | Refused:
    if any(isinstance(value, bytes) for value in cells.values()):
        return Refused(number, "not UTF-8", repr(cells).encode())
    return Row(number, cells)
