"""JSONL: one JSON object a line. A number is taken as the text it is written as: 1e5 stays 1e5."""

import json
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Literal, NoReturn

from core.collections.lines import Line, Lines
from core.collections.rows import Refused, Row, Unusable, decoded
from core.errors import BadInput

MAX_DEPTH = 64
SAMPLE = 1000
"""Rows whose keys are the columns."""


class JsonLines:
    unit: Literal["bytes"] = "bytes"
    said = "JSONL"

    def __init__(self, path: Path) -> None:
        """Raises BadInput."""
        self._lines = Lines(path)
        self.size = self._lines.size
        first = next((line.raw.lstrip() for line in self._lines if line.raw.strip()), b"")
        if not first:
            raise BadInput(f"{path} holds no row.")
        if first.startswith(b"["):
            raise BadInput(f"{path} is one JSON list; write one object on each line (JSONL).")
        sample = islice(self.rows(()), SAMPLE)
        self.columns = tuple(dict.fromkeys(key for row in sample if isinstance(row, Row) for key in row.cells))

    @property
    def done(self) -> int:
        return self._lines.done

    def rows(self, wanted: Collection[str]) -> Iterator[Row | Refused]:  # noqa: ARG002  # a line is read whole
        for line in self._lines:
            if not line.raw.strip():
                continue
            try:
                yield Row(line.number, _object(line), line.raw)
            except Unusable as error:
                yield Refused(line.number, error.reason, line.raw)


def _object(line: Line) -> dict[str, object]:
    text = decoded(line)
    if text.count("[") + text.count("{") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        raise Unusable("nested too deep")
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_refused, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise Unusable("not JSON") from error
    if not isinstance(found, dict):
        raise Unusable("not a JSON object")
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unusable("a key twice")
    return found


def _refused(name: str) -> NoReturn:  # noqa: ARG001
    raise Unusable("NaN or Infinity")


def _depth(text: str) -> int:
    """How deep brackets nest, those inside strings apart."""
    depth = deepest = 0
    quoted = escaped = False
    for char in text:
        if escaped:
            escaped = False
        elif quoted:
            escaped, quoted = char == "\\", char != '"'
        elif char == '"':
            quoted = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest
