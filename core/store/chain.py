"""The log as arithmetic: the hash that joins each row to the one before, and the state that the events add up to.

Written apart from the SQL that appends, so that `verify` checks one against the other.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from core.records import JudgmentKey
from core.store.events import EventKind, Shown

GENESIS = "0" * 64
Value = str | int | None


def canonical(value: object) -> str:
    """JSON with one spelling: keys sorted, no spaces, characters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def payload_of(shown: Shown | None) -> str:
    """What was shown, as the text that the log keeps."""
    return canonical(asdict(shown) if shown else {})


def shown_of(payload: str) -> Shown | None:
    """The other way: nothing was shown with an undo or a redo."""
    value = json.loads(payload)
    return Shown(**value) if value else None


def row_hash(row: Mapping[str, Value]) -> str:
    """sha256 over prev_hash and the rest of the row, its own hash apart.

    An absent column counts like an empty one, so a column that a later schema adds leaves the old hashes valid.
    """
    rest = {name: value for name, value in row.items() if name not in ("hash", "prev_hash") and value is not None}
    return hashlib.sha256(f"{row['prev_hash']}\n{canonical(rest)}".encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Pair:
    """Where one pair stands after an event: `grade` None is cleared or never graded."""

    grade: int | None
    version: int
    seq: int


@dataclass
class Fold:
    """The state that events add up to, one `add` per row in the order of seq; an undo's grade is worked out anew."""

    pairs: dict[JudgmentKey, Pair] = field(default_factory=dict)
    _grades: dict[JudgmentKey, dict[str, int | None]] = field(default_factory=dict)
    _undone: dict[str, tuple[JudgmentKey, str, int | None]] = field(default_factory=dict)
    _undos: dict[str, str] = field(default_factory=dict)

    def add(self, row: Mapping[str, Value], key: JudgmentKey, kind: EventKind) -> list[str]:
        """What is wrong with this row in the light of those before; nothing when it fits."""
        seq, event_id, undoes = int(row["seq"] or 0), str(row["event_id"]), str(row["undoes"])
        grades = self._grades.setdefault(key, {})
        faults = []
        if kind in ("grade", "clear"):
            grades[event_id] = grade = None if row["grade"] is None else int(row["grade"])
        else:
            fits = self._take_back(key, event_id, undoes) if kind == "undo" else self._bring_back(key, undoes)
            if not fits:
                faults.append(f"event {seq} is the {kind} of an event that cannot be reversed")
            grade = next(reversed(grades.values()), None)
        before = self.pairs.get(key)
        pair = Pair(grade, before.version + 1 if before else 1, seq)
        if (row["grade"], row["version"]) != (pair.grade, pair.version):
            faults.append(f"event {seq} holds grade {row['grade']}, version {row['version']}, but it should be {pair}")
        self.pairs[key] = pair
        return faults

    def _take_back(self, key: JudgmentKey, event_id: str, undoes: str) -> bool:
        if undoes not in self._grades[key]:
            return False
        self._undone[event_id] = key, undoes, self._grades[key].pop(undoes)
        return True

    def _bring_back(self, key: JudgmentKey, undo: str) -> bool:
        where, event_id, grade = self._undone.pop(undo, (None, "", None))
        if where != key:
            return False
        self._grades[key][event_id] = grade
        return True
