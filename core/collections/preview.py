"""What a file of documents holds, before it is taken in: its layout, what its columns would be, its first rows."""

from collections.abc import Collection as Some
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from core.collections.columns import Choice, Role, chosen
from core.collections.declaration import declaration
from core.collections.importing import Intake, Wish, collection_id, sampled
from core.collections.jsonlines import JsonLines
from core.collections.rows import Refused, Row, Table, Unusable, is_folder, table
from core.errors import BadInput
from core.languages import language

ROWS = 5

_BEIR: dict[Role, tuple[str, ...]] = {
    "id": ("_id",),
    "title": ("title",),
    "text": ("text",),
    "language": ("language", "lang"),
    "group": ("group",),
}


@dataclass(frozen=True, slots=True)
class Glance:
    """One row as it would come in: the language it would get, or the reason why it cannot be used."""

    line: int
    cells: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Preview:
    """`name` is the id that the collection would get; `fixed`: the layout itself says which column is what.

    `fault`: why the columns cannot be told as they are, "" where they can.
    """

    said: str
    name: str
    columns: tuple[str, ...]
    choices: tuple[Choice, ...]
    rows: tuple[Glance, ...]
    fixed: bool = False
    fault: str = ""


def preview(path: Path, wish: Wish, *, among: Some[str]) -> Preview:
    """What taking this in would start with. Raises BadInput for a file that cannot be used at all."""
    if is_folder(path):
        return _folder(path, wish, among)
    rows = table(path, [name for name in wish.columns.values() if name])
    choices, fault = _choices(rows, wish, path)
    return Preview(
        rows.said,
        collection_id(path, wish.name),
        tuple(rows.columns),
        choices,
        _glances(rows, choices, wish.language, among),
        fault=fault,
    )


def _choices(rows: Table, wish: Wish, path: Path) -> tuple[tuple[Choice, ...], str]:
    """The columns that are asked for or suggested; where there is none for the text, why."""
    sample = sampled(rows)
    if not any(sample.values()):
        return (), "The first rows cannot be read; taking the file in would say of each why."
    try:
        return chosen(rows.columns, sample, wish.columns, path.name), ""
    except BadInput as error:
        return tuple(Choice(role, column, "as asked") for role, column in wish.columns.items() if column), str(error)


def _folder(path: Path, wish: Wish, among: Some[str]) -> Preview:
    if not (path / "corpus.jsonl").is_file():
        raise BadInput(f"{path} is not a BEIR folder: it has no corpus.jsonl.")
    rows = JsonLines(path / "corpus.jsonl")
    names = {role: next((name for name in names if name in rows.columns), "") for role, names in _BEIR.items()}
    choices = tuple(Choice(role, name, "by its name") for role, name in names.items() if name)
    declared = declaration(path / "collection.toml").get("id")
    name = wish.name or (declared if isinstance(declared, str) else "") or path.resolve().name
    return Preview(
        "BEIR folder",
        collection_id(path, name),
        rows.columns,
        choices,
        _glances(rows, choices, None, among),
        fixed=True,
    )


def _glances(rows: Table, choices: tuple[Choice, ...], given: str | None, among: Some[str]) -> tuple[Glance, ...]:
    columns = {choice.role: choice.column for choice in choices}
    intake = Intake(columns, among, language(given).tag if given else None)
    return tuple(_glance(row, intake) for row in islice(rows.rows(()), ROWS))


def _glance(row: Row | Refused, intake: Intake) -> Glance:
    if isinstance(row, Refused):
        return Glance(row.line, reason=row.reason)
    cells = {name: value for name, value in row.cells.items() if isinstance(value, str)}
    intake.rows += 1
    if "text" not in intake.columns:
        return Glance(row.line, cells)
    try:
        return Glance(row.line, cells, intake.take(row).language)
    except Unusable as error:
        return Glance(row.line, cells, reason=error.reason)
