"""Takes a file of documents in: what can be used becomes a Collection, the rest stands in the quarantine file."""

import re
import unicodedata
from collections.abc import Collection as Some
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from core.collections.beir import GRADES_GRADED, checksums
from core.collections.columns import Choice, Role, chosen, language_of
from core.collections.quarantine import Quarantine
from core.collections.rows import Reason, Refused, Row, Table, Unusable, table, text_of
from core.detection import detect
from core.errors import BadInput, UnknownName, shortened
from core.languages import language
from core.protocols import Control, Progress
from core.records import Collection, Document, checked_id
from core.text import cleaned

SAMPLE = 1000
"""Rows that tell what the columns hold."""

SURE = 0.8
"""Confidence of a language; below, a document is counted as unsure."""

MAX_CHARACTERS = 2**30
"""Of all texts of a file: what a small Parquet file unpacks to has no other bound."""

MAX_SAMPLE = 8_000_000
"""Characters of the rows that tell what the columns hold."""

_START = 80  # characters that most languages are told by: 0.1 ms a text, where 1,000 take 0.6
_CLEAR = 0.95
_EVERY = 1000  # rows between two reports
_UNKNOWN = "und"


@dataclass(frozen=True)
class Wish:
    """What somebody asked for: the collection's id, columns by role ("" for none), one language for all documents."""

    name: str | None = None
    columns: Mapping[Role, str] = field(default_factory=dict)
    language: str | None = None


@dataclass(frozen=True)
class Summary:
    """What came in. `detected`: documents whose language nobody said; `unsure`: of them, below SURE.

    `unused` are columns without a role; `surrogates` and `nuls` are characters that were replaced.
    """

    said: str
    choices: tuple[Choice, ...] = ()
    unused: tuple[str, ...] = ()
    rows: int = 0
    refused: Mapping[Reason, int] = field(default_factory=dict)
    quarantine: Path | None = None
    detected: int = 0
    unsure: int = 0
    surrogates: int = 0
    nuls: int = 0


def collection_id(path: Path, name: str | None = None) -> str:
    """The id that was asked for, else the file's name without its endings. Raises BadInput for one that is a path."""
    if name is None:
        stem = re.sub(r"(\.(csv|tsv|tab|jsonl|ndjson|json|parquet|gz))+$", "", path.name, flags=re.IGNORECASE)
        name = re.sub(r"[^\w.]+", "-", stem).strip("-.") or "documents"
    if not re.fullmatch(r"\w[\w.-]*", checked_id(name, "collection id")):
        raise BadInput(
            f"The collection id '{shortened(name)}' may hold letters, digits, '.', '-' and '_', and starts with a "
            "letter, a digit or '_'; choose another."
        )
    return name


def imported(
    path: Path,
    wish: Wish,
    quarantine: Quarantine,
    *,
    among: Some[str],
    progress: Progress | None = None,
    control: Control | None = None,
) -> tuple[Collection, Summary]:
    """The documents of that file; a language that nobody says is detected `among` these.

    Raises BadInput for a file or a column that cannot be used, or when too many rows are refused.
    """
    given = language(wish.language).tag if wish.language else None
    rows = table(path, [name for name in wish.columns.values() if name])
    sample = sampled(rows)
    choices = chosen(rows.columns, sample, wish.columns, str(path)) if any(sample.values()) else ()
    if given:
        choices = tuple(choice for choice in choices if choice.role != "language")
    intake = Intake({choice.role: choice.column for choice in choices}, among, given)
    _take(rows, intake, quarantine, progress, control or Control())
    _check(path, intake, quarantine)
    used = {choice.column for choice in choices}
    summary = Summary(
        rows.said,
        choices,
        tuple(name for name in rows.columns if name not in used),
        intake.rows,
        dict(quarantine.counts.most_common()),
        quarantine.path if quarantine.total else None,
        intake.detected,
        intake.unsure,
        intake.surrogates,
        intake.nuls,
    )
    return _collection(path, collection_id(path, wish.name), tuple(intake.documents)), summary


class Intake:
    """Rows become documents; what was seen is counted. Where there are no ids, the row's number makes one."""

    def __init__(self, columns: Mapping[Role, str], among: Some[str], given: str | None) -> None:
        self.columns = columns
        self.documents: list[Document] = []
        self.rows = self.detected = self.unsure = self.surrogates = self.nuls = self.characters = 0
        self._among, self._given = list(among), given
        self._ids: set[str] = set()

    def take(self, row: Row) -> Document:
        """Raises Unusable."""
        cells = {role: text_of(row.cells.get(column)) for role, column in self.columns.items()}
        text = cells.get("text", "")
        if not text.strip() or not cleaned(text).strip("\u2400\ufffd \t\r\n"):
            raise Unusable("no text")
        doc_id = self._id(cells)
        key = unicodedata.normalize("NFC", doc_id)
        if key in self._ids:
            raise Unusable("an id twice (under NFC)")
        group = _group(cells.get("group", ""))
        said = _language(cells.get("language", ""))
        title = self._cleaned(cells.get("title", ""))
        text = self._cleaned(text)
        tag = self._given or said or self._detected(title, text)
        self._ids.add(key)
        self.characters += len(title) + len(text)
        if self.characters > MAX_CHARACTERS:
            raise BadInput(f"The texts are longer than {MAX_CHARACTERS:,} characters; split the file.")
        self.documents.append(Document(doc_id, tag, title, text, group))
        return self.documents[-1]

    def _id(self, cells: Mapping[Role, str]) -> str:
        if "id" not in self.columns:
            return f"d{self.rows}"
        if not cells["id"]:
            raise Unusable("no id")
        try:
            return checked_id(cells["id"], "id")
        except BadInput as error:
            raise Unusable("an id that cannot be used") from error

    def _cleaned(self, text: str) -> str:
        stored = cleaned(text)
        if stored is not text and stored != text:
            nuls = text.count("\0")
            self.nuls += nuls
            self.surrogates += sum("\ud800" <= char <= "\udfff" for char in text)
        return stored

    def _detected(self, title: str, text: str) -> str:
        """By the text's beginning where that is clear, else by title and text."""
        tag, confidence = detect(text[:_START], self._among)
        if confidence < _CLEAR:
            tag, confidence = detect(f"{title}\n{text}", self._among)
        self.detected += 1
        self.unsure += confidence < SURE
        return tag if confidence else _UNKNOWN


def _take(rows: Table, intake: Intake, quarantine: Quarantine, progress: Progress | None, control: Control) -> None:
    """Every row of the table into the intake, or into quarantine."""
    for row in rows.rows(set(intake.columns.values())):
        intake.rows += 1
        try:
            if isinstance(row, Refused):
                quarantine.add(row, row.reason)
            else:
                intake.take(row)
        except Unusable as error:
            quarantine.add(row, error.reason)
        if intake.rows % _EVERY == 0:
            control.check()
            if progress is not None:
                progress(rows.done, rows.size, f"{rows.unit} read")
    if progress is not None:
        progress(rows.size, rows.size, f"{rows.unit} read")


def sampled(rows: Table) -> dict[str, Sequence[str]]:
    """Each column's values in the first rows; "" for what is no text."""
    found: dict[str, list[str]] = {name: [] for name in rows.columns}
    held = 0
    for row in islice(rows.rows(()), SAMPLE):
        if isinstance(row, Row):
            for name, values in found.items():
                value = row.cells.get(name)
                values.append(value if isinstance(value, str) else "")
                held += len(values[-1])
        if held > MAX_SAMPLE:
            break
    return dict(found)


def _check(path: Path, intake: Intake, quarantine: Quarantine) -> None:
    if intake.documents and not quarantine.is_too_much(intake.rows):
        return
    if not quarantine.total:
        raise BadInput(f"{path} holds no row.")
    quarantine.keep()
    reason, _ = quarantine.counts.most_common(1)[0]
    raise BadInput(
        f"{quarantine.total:,} of {intake.rows:,} rows of {path} cannot be used (mostly: {reason}), more than 1 in 100,"
        f" so nothing was taken in; {quarantine.path} has them with line and reason."
    )


def _collection(path: Path, name: str, documents: tuple[Document, ...]) -> Collection:
    return Collection(
        name, name, documents, (), (), GRADES_GRADED, "unknown", "unknown", f"From {path.name}.",
        checksums(documents, (), ()),
    )  # fmt: skip


def _group(value: str) -> str | None:
    try:
        return checked_id(value, "group") if value else None
    except BadInput as error:
        raise Unusable("a group that cannot be used") from error


def _language(value: str) -> str | None:
    try:
        return language_of(value) if value.strip() else None
    except UnknownName as error:
        raise Unusable("a language that is none") from error
