"""The languages: one table, data/languages.tsv. Adding a language is one line there."""

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from core.errors import Damaged, UnknownName

Direction = Literal["ltr", "rtl", "auto"]
Segmentation = Literal["words", "cjk", "sea", "hangul"]

# Not settings.DATA: settings brings pydantic along, and this module is imported by everything that reads text.
_TABLE = Path(__file__).resolve().parent.parent / "data" / "languages.tsv"
_COLUMNS = ("tag", "name", "endonym", "script", "direction", "segmentation", "stemmer", "line_height")
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_RENAMED = {"iw": "he", "in": "id", "ji": "yi"}
_DIRECTIONS: dict[str, Direction] = {"ltr": "ltr", "rtl": "rtl"}
_SEGMENTATIONS: dict[str, Segmentation] = {"words": "words", "cjk": "cjk", "sea": "sea", "hangul": "hangul"}
_TRADITIONAL = ("zh-TW", "zh-HK", "zh-MO")


@dataclass(frozen=True, slots=True)
class Language:
    """`script` is ISO 15924, "Zyyy" when unknown; `stemmer` a PyStemmer algorithm or empty; `line_height` in em."""

    tag: str
    name: str
    endonym: str
    script: str
    direction: Direction
    segmentation: Segmentation
    stemmer: str
    line_height: float


@cache
def languages() -> tuple[Language, ...]:
    """Every row of the table, by tag. Raises Damaged when the file is missing or not as it should be."""
    try:
        head, *lines = _TABLE.read_bytes().decode().removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Damaged(f"The table of languages {_TABLE} cannot be read; install Babelscope again.") from error
    rows = tuple(_row(line, number) for number, line in enumerate(lines, start=2))
    if tuple(head.split("\t")) != _COLUMNS or len({row.tag for row in rows}) != len(rows):
        raise Damaged(f"The table of languages {_TABLE} has other columns, or a tag twice; install Babelscope again.")
    return rows


@lru_cache(maxsize=1024)
def language(tag: str) -> Language:
    """The language of a BCP 47 tag, under the tag as given: `pt-BR` has the row of `pt`.

    Withdrawn tags are renewed (`iw` is `he`). A well-formed tag without a row gets neutral values and the tag as
    its name. Raises UnknownName for anything that is not a tag.
    """
    if not _TAG.fullmatch(tag):
        raise UnknownName("language", tag, (row.tag for row in languages()))
    first, dash, rest = tag.partition("-")
    current = _RENAMED.get(first, first) + dash + rest
    key = "zh-Hant" if current.startswith(_TRADITIONAL) else current
    rows = _by_tag()
    while key:
        if key in rows:
            return replace(rows[key], tag=current)
        key = key.rpartition("-")[0]
    return Language(current, current, current, "Zyyy", "auto", "words", "", 1.5)


@cache
def _by_tag() -> dict[str, Language]:
    return {row.tag: row for row in languages()}


def _row(line: str, number: int) -> Language:
    try:
        tag, name, endonym, script, direction, segmentation, stemmer, height = line.split("\t")
        return Language(
            tag, name, endonym, script, _DIRECTIONS[direction], _SEGMENTATIONS[segmentation], stemmer, float(height)
        )
    except (ValueError, KeyError) as error:
        raise Damaged(f"Line {number} of {_TABLE} is not a language ({error}); install Babelscope again.") from error
