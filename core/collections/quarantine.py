"""The quarantine file: every row that was refused, with its line and the reason, so that it can be mended."""

import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TextIO

from core.collections.rows import Reason, Refused, Row
from core.errors import Damaged, NotWritable

MAX_RAW = 2000
"""Characters of the row that are kept."""

MAX_SHARE, MAX_FEW = 0.01, 10
"""More refused rows than both stop a load."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A row in the quarantine file."""

    line: int
    reason: str
    row: str


def kept_rows(path: Path, most: int) -> tuple[int, list[Kept]]:
    """How many rows that quarantine file has, and the first of them; none where there is no file."""
    try:
        with path.open("rb") as file:
            first = [Kept(**json.loads(line)) for line in islice(file, most)]
            return len(first) + sum(1 for _ in file), first
    except FileNotFoundError:
        return 0, []
    except (OSError, ValueError, TypeError) as error:
        raise Damaged(f"{path} cannot be read; take the file in again to write it anew.") from error


class Quarantine:
    """JSONL with line, reason and row; it replaces the file of the load before when it is told to `keep`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: Counter[Reason] = Counter()
        self._new = path.with_name(f".{path.name}.new")
        self._file: TextIO | None = None

    def __enter__(self) -> "Quarantine":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # of a full disk, which `add` or `keep` have said
            if self._file is not None:
                self._file.close()
        with suppress(OSError):
            self._new.unlink(missing_ok=True)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def add(self, row: Row | Refused, reason: Reason) -> None:
        """Raises NotWritable."""
        raw = row.raw[: 4 * MAX_RAW] or repr(row.cells if isinstance(row, Row) else "").encode("utf-8", "replace")
        text = raw.decode("utf-8", "replace").rstrip("\r\n")[:MAX_RAW]
        self.counts[reason] += 1
        try:
            if self._file is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._new.open("w", encoding="utf-8", newline="\n")
            self._file.write(json.dumps({"line": row.line, "reason": reason, "row": text}, ensure_ascii=False) + "\n")
        except OSError as error:
            raise NotWritable(self.path.parent, error) from error

    def is_too_much(self, rows: int) -> bool:
        return self.total > max(MAX_FEW, MAX_SHARE * rows)

    def keep(self) -> None:
        """Puts the file in its place; without a refused row there is none. Raises NotWritable."""
        try:
            if self._file is None:
                self.path.unlink(missing_ok=True)
            else:
                self._file.close()
                self._new.replace(self.path)
        except OSError as error:
            raise NotWritable(self.path.parent, error) from error
