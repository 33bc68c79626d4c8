"""CSV and TSV. A cell is a string and stays one: `NA`, `007` and `1e5` are what they look like.

TSV has no quotes. CSV is read by the csv module, strictly, and a quote that is not closed costs its own row only.
"""

import csv
from collections import deque
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

from core.collections.columns import is_known
from core.collections.lines import MAX_LINE, Line, Lines
from core.collections.rows import Reason, Refused, Row, Unusable, decoded
from core.errors import BadInput, shortened

MAX_SPAN = 100
"""Lines of one quoted cell."""

_LOOK = 10_000  # lines in which the end of an open quote is looked for
_LONGEST_HEADING = 64
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}

Record = tuple[int, list[str], bytes]


class Delimited:
    """The rows under a heading; columns of a file without one are called 1, 2, 3 …"""

    unit: Literal["bytes"] = "bytes"

    def __init__(self, path: Path, *, comma: bool, asked: Collection[str] = ()) -> None:
        """Raises BadInput."""
        self._lines = Lines(path)
        self._separator = _separator(self._lines) if comma else "\t"
        self._comma = comma
        heading = self._heading(path)
        self._headed = _is_heading(heading, asked)
        names = [cell.strip() if self._headed else "" for cell in heading]
        self.columns = tuple(name or str(place) for place, name in enumerate(names, start=1))
        for name in self.columns:
            if self.columns.count(name) > 1:
                raise BadInput(f"{path} has the column '{shortened(name)}' twice; rename one.")
        how = "under a heading" if self._headed else "without a heading: its columns are called 1, 2 …"
        self.said = f"{'CSV' if comma else 'TSV'}, {_NAMES[self._separator]} between cells, {how}"
        self.size = self._lines.size

    @property
    def done(self) -> int:
        return self._lines.done

    def rows(self, wanted: Collection[str]) -> Iterator[Row | Refused]:  # noqa: ARG002  # a line is read whole
        for record in islice(self._records(), 1 if self._headed else 0, None):
            if isinstance(record, Refused):
                yield record
                continue
            line, cells, raw = record
            if len(cells) != len(self.columns):
                yield Refused(line, "wrong number of cells", raw)
            else:
                yield Row(line, dict(zip(self.columns, cells, strict=True)), raw)

    def _records(self) -> Iterator[Record | Refused]:
        return _csv(iter(self._lines), self._separator) if self._comma else _tsv(iter(self._lines))

    def _heading(self, path: Path) -> list[str]:
        first = next(self._records(), None)
        if first is None:
            raise BadInput(f"{path} holds no row.")
        if isinstance(first, Refused):
            raise BadInput(f"The heading of {path} cannot be read: {first.reason}.")
        return first[1]


def _separator(lines: Lines) -> str:
    """What stands between the cells of the first line: that which makes the most of them."""
    for line in lines:
        text = line.raw.decode("utf-8", "replace")
        if text.strip():
            return max(_NAMES, key=text.count)
    return ","


def _is_heading(cells: Collection[str], asked: Collection[str]) -> bool:
    """Whether the first row names columns, and is no document."""
    names = [cell.strip() for cell in cells]
    if any(name in asked for name in names):
        return True
    if asked and all(name.isdecimal() for name in asked):
        return False
    if any(is_known(name) for name in names):
        return True
    return not any(
        len(name) > _LONGEST_HEADING or (name and not any(char.isalpha() for char in name)) for name in names
    )


def _tsv(lines: Iterator[Line]) -> Iterator[Record | Refused]:
    for line in lines:
        try:
            text = decoded(line).removesuffix("\n").removesuffix("\r")
        except Unusable as error:
            yield Refused(line.number, error.reason, line.raw)
            continue
        if text:
            yield line.number, text.split("\t"), line.raw


def _csv(lines: Iterator[Line], separator: str) -> Iterator[Record | Refused]:
    """Records; where one cannot be read, its first line is refused, and reading goes on at the next."""
    csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE))  # the process's; 131,072 is less than an article
    again: deque[Line] = deque()
    look = _LOOK
    while True:
        taken: list[Line] = []
        try:
            cells = next(csv.reader(_fed(again, lines, taken, look), delimiter=separator, strict=True), None)
        except csv.Error as error:
            yield Refused(taken[0].number, _reason(taken[0], error), taken[0].raw)
            again.extendleft(reversed(taken[1:]))
            if len(taken) > MAX_SPAN:
                look = max(look // 2, MAX_SPAN + 1)  # a file of open quotes is not read 10,000 times
            continue
        if cells is None:
            return
        if cells:
            yield _record(taken, cells)


def _fed(again: deque[Line], lines: Iterator[Line], taken: list[Line], look: int) -> Iterator[str]:
    """The text of the next lines, those to be read again first, as far as one record may reach; `taken` keeps them."""
    held = 0
    while len(taken) < look and held < MAX_LINE:
        line = again.popleft() if again else next(lines, None)
        if line is None:
            return
        taken.append(line)
        held += len(line.raw)
        yield line.raw.decode("utf-8", "replace")


def _record(taken: list[Line], cells: list[str]) -> Record | Refused:
    raw = taken[0].raw if len(taken) == 1 else b"".join(line.raw for line in taken)
    number = taken[0].number
    try:
        for line in taken:
            decoded(line)
    except Unusable as error:
        return Refused(number, error.reason, raw)
    if len(taken) > MAX_SPAN:
        return Refused(number, "a quoted cell of more than 100 lines", raw)
    if raw.count(b'"') % 2:
        return Refused(number, "not CSV: quotes that do not pair", raw)
    return number, cells, raw


def _reason(line: Line, error: csv.Error) -> Reason:
    try:
        decoded(line)
    except Unusable as unusable:
        return unusable.reason
    if "new-line character" in str(error):
        return "not CSV: a carriage return in a cell without quotes"
    return "not CSV: quotes that do not pair"
