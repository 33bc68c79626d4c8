"""The units beside the numbers of a text, in the words of its language: data/units.tsv; `*` there are signs for all."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import regex  # type: ignore[import-untyped, unused-ignore]

from core.collections.numbers import Number, counts_before, form, table

_NEAR = 60  # characters between a number and its unit: "about 120 degrees, because tough spores survive 100"
_GAP = regex.compile(r"[\s\-‑–־'‘“\"«「]{0,3}")


@dataclass(frozen=True, slots=True)
class Beside:
    """The units that stand right at the places of one value, and those that are no further than 60 characters away."""

    at: set[str]
    near: set[str]

    def has(self, unit: str) -> bool:
        """Whether the value may be in this unit: it is at it, or it is near and no other is at it."""
        return unit in self.at or (unit in self.near and not self.at - {"degree"})


def units(text: str, language: str, found: Sequence[Number]) -> dict[Decimal, Beside]:
    """The units beside each value of `found`. A degree Celsius is a degree too."""
    text = unicodedata.normalize("NFC", text)
    pattern, names = _pattern(language)
    spans = [(names[match.lastindex - 1], *match.span()) for match in pattern.finditer(text)]
    spans += [("degree", start, end) for unit, start, end in spans if unit == "degree-celsius"]
    before = counts_before(language)
    said: dict[Decimal, Beside] = {}
    for number in found:
        beside = said.setdefault(number.value, Beside(set(), set()))
        for unit, start, end in spans:
            if number.start - _NEAR <= end and start <= number.end + _NEAR:
                beside.near.add(unit)
            gap = (end, number.start) if before and end <= number.start else (number.end, start)
            if gap[0] <= gap[1] and _GAP.fullmatch(text, *gap):
                beside.at.add(unit)
    return said


@cache
def _pattern(language: str) -> tuple[regex.Pattern[str], tuple[str, ...]]:
    """The longest form at a place, and the unit of each group: group 1 is the first."""
    tags = (language, language.partition("-")[0], "*")
    rows = [row for row in table("units.tsv", ("language", "unit", "form")) if row[0] in tags]
    rows.sort(key=lambda row: -len(row[2]))
    said = "|".join(f"({form(word, tag)})" if tag == "*" else f"((?i:{form(word, tag)}))" for tag, _, word in rows)
    return regex.compile(said), tuple(unit for _, unit, _ in rows)
