"""The numbers that a text writes with digits, in the marks and words of its language: data/numbers.tsv.

Its kinds: `decimal` is a decimal mark; `after`, a word that multiplies the number before it; `before`, one that does so
with the number behind it; `century`, one beside which a Roman numeral is a number. After `*` any letters go on.
"""

import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import regex  # type: ignore[import-untyped, unused-ignore]

from core.errors import Damaged
from core.languages import language as language_of

_DATA = Path(__file__).resolve().parents[2] / "data"
_MARKS = ".,٬'’\u00a0\u2009\u202f"  # of thousands, unless the language has them for decimals
_MYRIAD = 10_000  # languages that count by it go on without a word: 2万2000
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


@dataclass(frozen=True, slots=True)
class Number:
    """A value and text[start:end] that says it, scale words included, in the text under NFC."""

    value: Decimal
    start: int
    end: int
    factor: int = 1

    @property
    def name(self) -> str:
        return value_name(self.value)


@dataclass(frozen=True, slots=True)
class _Reader:
    pattern: regex.Pattern[str]
    factors: tuple[tuple[regex.Pattern[str], int], ...]
    myriad: bool
    before: bool


def numbers(text: str, language: str) -> list[Number]:
    """The numbers of a text in its order. Digits of any script count; those inside a word of Latin letters do not."""
    text = unicodedata.normalize("NFC", text)
    reader = _reader(language)
    found: list[Number] = []
    for match in reader.pattern.finditer(text):
        number = _number(match, reader)
        if found and _goes_on(found[-1], number, text, reader):
            last = found.pop()
            number = Number(last.value + number.value, last.start, number.end, number.factor)
        found.append(number)
    return found


def counts_before(language: str) -> bool:
    """Whether scale words, and so units, stand before their number: kilomita milioni 147."""
    return _reader(language).before


def value_name(value: Decimal) -> str:
    """The value in ASCII digits without marks: 70000, 23.4."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def table(name: str, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The rows of a table in data/, under NFC. Raises Damaged when it is missing or not as it should be."""
    path = _DATA / name
    try:
        head, *lines = unicodedata.normalize("NFC", path.read_bytes().decode()).removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Damaged(f"The table {path} cannot be read; install Babelscope again.") from error
    rows = [tuple(line.split("\t")) for line in lines]
    if tuple(head.split("\t")) != columns or any(len(row) != len(columns) for row in rows):
        raise Damaged(f"The table {path} has other columns; install Babelscope again.")
    return rows


def form(word: str, language: str) -> str:
    """A pattern for a word of a table: whole where the language parts its words, else only not inside Latin ones."""
    spaced = language != "*" and language_of(language).segmentation == "words"
    edge = r"[\p{L}\p{M}]" if spaced else r"\p{Latin}"
    more = r"[\p{L}\p{M}]*+" if word.endswith("*") else ""
    return rf"(?<!{edge}){regex.escape(word.removesuffix('*'))}{more}(?!{edge})"


def _forms(words: list[str], language: str) -> str:
    """A pattern for the longest of the words at a place; it never matches when there is none."""
    longest_first = sorted(words, key=len, reverse=True)
    return f"(?:{'|'.join(form(word, language) for word in longest_first)})" if words else "(?!)"


@cache
def _reader(language: str) -> _Reader:
    tags = (language, language.partition("-")[0])
    of = [row[1:] for row in table("numbers.tsv", ("language", "kind", "word", "factor")) if row[0] in tags]
    words = {kind: [word for one, word, _ in of if one == kind] for kind in ("decimal", "after", "before", "century")}
    thousands = "".join(mark for mark in _MARKS if mark not in words["decimal"])
    decimals = "".join(words["decimal"]) or ".,"
    grouped = rf"\d{{1,3}}(?P<mark>[{thousands}])\d{{3}}(?:(?P=mark)\d{{3}})*+(?!\d)"
    digits = rf"{grouped}|(?P<indian>\d{{1,2}}(?:,\d\d(?!\d))++,\d{{3}}(?!\d))|\d++"
    after, before, century = (_forms(words[kind], language) for kind in ("after", "before", "century"))
    if not words["century"]:
        roman = r"(?!)(?P<roman>)"
    else:
        numeral = r"[IVXLC]++"
        roman = (
            rf"(?i:{century})\s(?P<roman>{numeral})(?!\p{{L}})"
            rf"|(?<!\p{{L}})(?P<roman>{numeral})(?:er|e|ᵉ|ᵉʳ)?+(?=\s(?i:{century}))"
        )
    pattern = regex.compile(
        rf"(?:(?P<before>(?i:(?:{before}\s)++)))?(?<![\p{{Latin}}\d])(?P<digits>(?:{digits})(?:[{decimals}٫]\d++)?+)"
        rf"(?P<after>(?i:(?:\s?{after})++))?|{roman}"
    )
    scales = sorted(((word, int(factor)) for kind, word, factor in of if kind in ("after", "before")), key=_longest)
    factors = tuple((regex.compile(form(word, language), regex.I), factor) for word, factor in scales)
    return _Reader(pattern, factors, any(factor == _MYRIAD for _, factor in factors), bool(words["before"]))


def _longest(scale: tuple[str, int]) -> int:
    return -len(scale[0])


def _number(match: regex.Match[str], reader: _Reader) -> Number:
    if match["roman"]:
        return Number(Decimal(_roman(match["roman"])), match.start(), match.end())
    digits = match["digits"]
    if match["mark"]:
        digits = digits.replace(match["mark"], "")
    elif match["indian"]:
        digits = digits.replace(",", "")
    factor = _factor((match["before"] or "") + (match["after"] or ""), reader)
    return Number(Decimal(regex.sub(r"[,٫]", ".", digits)) * factor, match.start(), match.end(), factor)


def _factor(words: str, reader: _Reader) -> int:
    """The product of the scale words, the longest first: "mil millones" is one of them."""
    factor = 1
    for pattern, value in reader.factors:
        words, times = pattern.subn(" ", words)
        factor *= value**times
    return factor


def _goes_on(last: Number, number: Number, text: str, reader: _Reader) -> bool:
    """Whether a number is the rest of the one before it: 1億4700万, 3 million 200 thousand."""
    gap = text[last.end : number.start]
    near = not gap or (gap.isspace() and len(gap) == 1)
    return near and last.factor > number.value and (number.factor > 1 or reader.myriad)


def _roman(numeral: str) -> int:
    values = [_ROMAN[letter] for letter in numeral]
    return sum(-value if value < max(values[i:]) else value for i, value in enumerate(values))
