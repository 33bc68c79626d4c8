"""Which column holds the id, the title, the text, the language, the group? As asked, else by name, else by content."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, get_args

from core.errors import BadInput, UnknownName, shortened
from core.languages import language, languages
from core.records import checked_id

Role = Literal["id", "title", "text", "language", "group"]
Why = Literal["as asked", "by its name", "by its content"]

_NAMES: dict[Role, tuple[str, ...]] = {
    "id": (
        "id", "docid", "docno", "documentid", "pid", "passageid", "corpusid", "articleid", "uid", "uuid", "guid",
        "identifier", "key", "rowid",
    ),
    "title": ("title", "headline", "heading", "subject", "doctitle", "name"),
    "text": (
        "text", "body", "content", "contents", "passage", "passagetext", "document", "documenttext", "doctext",
        "article", "paragraph", "sentence", "segment", "abstract", "description",
    ),
    "language": ("language", "lang", "languagecode", "langcode", "locale", "lng"),
    "group": ("group", "groupid", "parallelid", "translationof", "translationgroup", "alignmentid"),
}  # fmt: skip
_ORDER: tuple[Role, ...] = ("text", "id", "language", "group", "title")  # what each leaves is the next one's
_MOST = 0.9  # of the values that there are must be what the role needs
_LONGEST_ID = 64  # characters, on the average
_LONG = 20  # characters of a text, on the average


@dataclass(frozen=True, slots=True)
class Choice:
    role: Role
    column: str
    why: Why

    def __str__(self) -> str:
        return f"{self.role} = {shortened(self.column, 40)} ({self.why})"


def is_known(name: str) -> bool:
    """Whether a column of that name has a role by its name."""
    return any(_plain(name) in names for names in _NAMES.values())


def asked_columns(text: str) -> dict[Role, str]:
    """`id=docno,text=body` as role → column; `title=` is none. Raises BadInput."""
    found: dict[Role, str] = {}
    for part in filter(None, text.split(",")):
        name, equals, column = part.partition("=")
        role = next((one for one in get_args(Role) if one == name.strip()), None)
        if role is None or not equals:
            raise BadInput(
                f"'{shortened(part)}' is not role=column with one of the roles {', '.join(get_args(Role))}, "
                "for example --columns id=docno,text=body."
            )
        found[role] = column.strip()
    return found


def chosen(
    columns: Sequence[str], sample: Mapping[str, Sequence[str]], asked: Mapping[Role, str], where: str
) -> tuple[Choice, ...]:
    """The columns to use, at most one a role. `sample` are a column's values in the first rows.

    Raises BadInput where a column that is asked for is not there, or none looks like the text.
    """
    found: dict[Role, Choice] = {}
    for role, column in asked.items():
        if column and column not in columns:
            raise UnknownName(f"column in {where}", column, columns)
        if column:
            found[role] = Choice(role, column, "as asked")
    for role in _ORDER:
        if role not in asked:
            free = [name for name in columns if name not in {choice.column for choice in found.values()}]
            first = free[:1] if free[:1] == list(columns[:1]) else []
            choice = _by_name(role, free, sample) or _by_content(role, first if role == "id" else free, sample)
            if choice is not None:
                found[role] = choice
    if "text" not in found:
        there = ", ".join(f"'{shortened(name, 40)}'" for name in columns[:12]) + (" …" if len(columns) > 12 else "")
        raise BadInput(f"No column of {where} looks like the text; say which with --columns text=…: there is {there}.")
    return tuple(found[role] for role in get_args(Role) if role in found)


@lru_cache(maxsize=4096)
def language_of(value: str) -> str:
    """The tag of `sw`, `pt_BR`, `EN`, `Swahili` or `Kiswahili`. Raises UnknownName."""
    said = value.strip()
    if said.casefold() in _spoken():
        return _spoken()[said.casefold()]
    first, dash, rest = said.replace("_", "-").partition("-")
    return language(first.lower() + dash + rest).tag


@cache
def _spoken() -> dict[str, str]:
    """A language's name, in English and in itself → its tag."""
    return {name.casefold(): row.tag for row in languages() for name in (row.name, row.endonym)}


def _by_name(role: Role, columns: Sequence[str], sample: Mapping[str, Sequence[str]]) -> Choice | None:
    for wanted in _NAMES[role]:
        for column in columns:
            if _plain(column) == wanted and _FITS[role](sample.get(column, ())):
                return Choice(role, column, "by its name")
    return None


def _by_content(role: Role, columns: Sequence[str], sample: Mapping[str, Sequence[str]]) -> Choice | None:
    """The longest column for the text; short words, no two equal, for the id; languages for the language.

    Nothing in a column's content tells a title or a group.
    """
    values = {name: sample[name] for name in columns if not is_known(name) and any(sample.get(name, ()))}
    match role:
        case "text":
            means = {name: _mean(values[name]) for name in values}
            fitting = sorted((name for name in values if means[name] >= _LONG), key=lambda name: -means[name])
        case "id":
            fitting = [name for name in values if _are_new_ids(values[name])]
        case "language":
            fitting = [name for name in values if _are_languages(values[name], known=True)]
        case _:
            fitting = []
    return Choice(role, fitting[0], "by its content") if fitting else None


def _plain(name: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", name).casefold() if char.isalnum())


def _mean(values: Sequence[str]) -> float:
    """Characters of a value that is not empty, on the average."""
    lengths = [len(value) for value in values if value]
    return sum(lengths) / len(lengths) if lengths else 0.0


def _are_new_ids(values: Sequence[str]) -> bool:
    filled = [value for value in values if value]
    return _mostly(filled, _is_id) and len(set(filled)) >= _MOST * len(filled) and _mean(filled) <= _LONGEST_ID


def _are_languages(values: Sequence[str], *, known: bool = False) -> bool:
    """Whether they are tags or names of languages; `known`: of such as the table has."""
    tags = {row.tag for row in languages()} | {"zh"}

    def fits(value: str) -> bool:
        try:
            return language_of(value).partition("-")[0] in tags or not known
        except UnknownName:
            return False

    return _mostly(values, fits)


def _are_groups(values: Sequence[str]) -> bool:
    return _mostly(values, _is_id)


def _are_texts(values: Sequence[str]) -> bool:
    return any(value.strip() for value in values)


def _is_id(value: str) -> bool:
    try:
        return bool(checked_id(value, "id"))
    except BadInput:
        return False


def _mostly(values: Sequence[str], fits: Callable[[str], bool]) -> bool:
    filled = [value for value in values if value]
    return bool(filled) and sum(map(fits, filled)) >= _MOST * len(filled)


_FITS: dict[Role, Callable[[Sequence[str]], bool]] = {
    "id": _are_texts,
    "title": _are_texts,
    "text": _are_texts,
    "language": _are_languages,
    "group": _are_groups,
}
