"""What a collection's folder declares: collection.toml, near-misses.tsv (a, b, why) and exceptions.tsv.

`checks` in collection.toml name what core.collections.agreement is to look at. A near miss is a pair of groups that may
overlap; an exception is a number that one text rightly has or lacks (doc_id, kind, value, why).
"""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast, get_args

from core.errors import BadInput, UnknownName
from core.records import Check, Collection, Difference, checked_id

_NEAR = ("a", "b", "why")
_EXCEPTIONS = ("doc_id", "kind", "value", "why")


def declaration(path: Path) -> dict[str, Any]:
    """What collection.toml says; nothing when there is none."""
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read: {error}.") from error


def declared_checks(declared: Mapping[str, Any]) -> tuple[Check, ...]:
    """The names of `checks`, each once. Raises UnknownName for another name."""
    names = declared.get("checks", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadInput(f"`checks` of collection.toml is a list of names out of {', '.join(get_args(Check))}.")
    for name in names:
        if name not in get_args(Check):
            raise UnknownName("check", name, get_args(Check))
    return cast(tuple[Check, ...], tuple(dict.fromkeys(names)))


def near_misses(path: Path) -> tuple[tuple[str, str], ...]:
    return tuple((checked_id(a, "group"), checked_id(b, "group")) for (a, b, _), _ in _rows(path, _NEAR))


def number_exceptions(path: Path) -> tuple[Difference, ...]:
    found = []
    for (doc_id, kind, value, why), where in _rows(path, _EXCEPTIONS):
        if kind not in ("missing", "extra"):
            raise BadInput(f"{where}: the kind is missing or extra.")
        found.append(Difference(checked_id(doc_id, "doc_id"), "missing" if kind == "missing" else "extra", value, why))
    return tuple(found)


def declaration_toml(collection: Collection) -> str:
    """The text of collection.toml."""
    head = {
        "id": collection.collection_id,
        "name": collection.name,
        "licence": collection.licence,
        "provenance": collection.provenance,
        "description": collection.description,
    }
    lines = [f"{key} = {_quoted(value)}" for key, value in head.items()]
    if collection.checks:
        lines.append(f"checks = [{', '.join(map(_quoted, collection.checks))}]")
    for grade in collection.grades:
        lines += ["", "[[grades]]", f"value = {grade.value}"]
        lines += [f"name = {_quoted(grade.name)}", f"meaning = {_quoted(grade.meaning)}"]
    return "\n".join(lines) + "\n"


def write_checks(collection: Collection, folder: Path) -> None:
    """near-misses.tsv and exceptions.tsv, where there are any. Why two groups are near is not kept."""
    if collection.near:
        (folder / "near-misses.tsv").write_text(_tsv(_NEAR, [(a, b, "") for a, b in collection.near]), "utf-8")
    if collection.exceptions:
        rows = [(one.doc_id, one.kind, one.value, one.why) for one in collection.exceptions]
        (folder / "exceptions.tsv").write_text(_tsv(_EXCEPTIONS, rows), "utf-8")


def _rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[list[str], str]]:
    """The cells of each line under the heading, and where it stands."""
    if not path.is_file():
        return
    try:
        lines = path.read_bytes().decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not UTF-8; save the file as UTF-8.") from error
    for number, line in enumerate(lines, start=1):
        cells = line.rstrip("\r").split("\t")
        where = f"{path}, line {number}"
        if number == 1 and cells != list(columns):
            raise BadInput(f"{where} is not the heading {', '.join(columns)}, tab between them.")
        if number == 1 or cells == [""]:
            continue
        if len(cells) != len(columns):
            raise BadInput(f"{where} is not {', '.join(columns)}, tab between them.")
        yield cells, where


def _tsv(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "".join("\t".join(" ".join(cell.split()) for cell in cells) + "\n" for cells in [columns, *rows])


def _quoted(text: str) -> str:
    """A TOML string: JSON's, with the one more character that TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
