"""Aligned text for training: tab-separated files with a header of language tags, checked row by row."""

import lzma
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.detection import detect
from core.errors import BadInput, UnknownName
from core.languages import language
from core.training.corpora import Corpus

Kind = Literal["sentences", "words", "questions"]
Row = dict[str, str]
FOLDERS: dict[str, Kind] = {"parallel": "sentences", "lexicon": "words", "qa": "questions"}

LIMIT = 2000
"""Characters; a longer cell is not a sentence."""

RAGGED = 0.2
"""A file with a larger share of unusable rows is refused whole."""

SHORTEST = 12
"""Characters; shorter sentences are anybody's."""

_LETTER = re.compile(r"[^\W\d_]")
_END = re.compile(r"(?<=[.!?。！？؟।])\s*|\n+")
_SAMPLE = 40
_OWN = 0.5


@dataclass(frozen=True, slots=True)
class Table:
    """The usable rows of one file, each a cell by language; of a file of questions by "question" and "passage".

    `counts` says what was left out and why; `remarks` are sentences about whole columns.
    """

    corpus: Corpus
    kind: Kind
    languages: tuple[str, ...]
    rows: list[Row]
    counts: Counter[str]
    remarks: tuple[str, ...] = ()


def tables(
    folder: Path, known: dict[str, Corpus], excluded: Collection[str], quarantine: Path
) -> Iterator[Table | str]:
    """Each file of DIR/parallel, DIR/lexicon and DIR/qa as a table, or a sentence that says why it is left out.

    Rows that cannot be used are appended to the quarantine file with their reason. Raises BadInput without any file.
    """
    paths = [(path, kind) for name, kind in FOLDERS.items() for path in sorted((folder / name).glob("*.tsv*"))]
    if not paths:
        raise BadInput(f"{folder} holds no parallel/*.tsv, lexicon/*.tsv or qa/*.tsv (also .xz).")
    for path, kind in paths:
        name = path.name.split(".")[0]
        if name not in known:
            yield f"{path.name} is left out: corpora.toml names no licence for '{name}'."
            continue
        try:
            yield _table(path, kind, known[name], excluded, quarantine)
        except BadInput as error:
            yield str(error)


def key(text: str) -> str:
    """What two writings of one sentence share: NFKC, case-folded, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def sentences(text: str) -> list[str]:
    """The text and the sentences in it."""
    return [text, *(part for part in _END.split(text) if part)]


def lines(path: Path) -> Iterator[bytes]:
    """The lines of a file, also compressed with xz. Raises BadInput when it cannot be read."""
    try:
        with lzma.open(path) if path.suffix == ".xz" else path.open("rb") as stream:
            for line in stream:
                yield line.rstrip(b"\r\n")
    except (OSError, lzma.LZMAError, EOFError) as error:
        raise BadInput(f"{path} cannot be read ({error}).") from error


def _table(path: Path, kind: Kind, corpus: Corpus, excluded: Collection[str], quarantine: Path) -> Table:
    stream = lines(path)
    tags = _header(path, next(stream, b""), kind)
    counts: Counter[str] = Counter()
    rows: list[Row] = []
    seen: set[bytes] = set()
    with quarantine.open("a", encoding="utf-8") as refused:
        for number, line in enumerate(stream, start=2):
            counts["rows"] += 1
            row = _row(line, tags, seen)
            reason = row if isinstance(row, str) else _unfit(row, kind, tags[0], excluded, counts)
            if not isinstance(row, str) and reason is None:
                rows.append(row)
                continue
            counts[reason or ""] += 1
            if reason in _FAULTY:
                refused.write(f"{path.name}\t{number}\t{reason}\t{line.decode('utf-8', 'replace')}\n")
    faulty = sum(counts[reason] for reason in _FAULTY)
    if faulty > RAGGED * counts["rows"]:
        raise BadInput(f"{path.name} is left out: {faulty:,} of its {counts['rows']:,} rows are ragged or no UTF-8.")
    foreign = _foreign(tags, rows) if kind == "sentences" else {}
    remarks = tuple(
        f"{path.name}: the column '{tag}' is left out: only {share:.0%} of it look like {tag}."
        for tag, share in foreign.items()
    )
    for row in rows if foreign else ():
        for tag in foreign.keys() & row.keys():
            del row[tag]
    return Table(corpus, kind, tags, rows, counts, remarks)


_FAULTY = ("ragged", "no UTF-8")


def _header(path: Path, line: bytes, kind: Kind) -> tuple[str, ...]:
    try:
        tags = tuple(line.decode("utf-8-sig").split("\t"))
        if kind == "questions":
            if tags != ("question", "passage"):
                raise BadInput(f"{path.name} is left out: its header is not 'question', 'passage'.")
            return tags
        for tag in tags:
            language(tag)
    except (UnicodeDecodeError, UnknownName) as error:
        raise BadInput(f"{path.name} is left out: its first line is no header of language tags ({error})") from error
    if len(set(tags)) < max(2, len(tags)):
        raise BadInput(f"{path.name} is left out: its header needs two or more languages, each once.")
    return tags


def _row(line: bytes, tags: Sequence[str], seen: set[bytes]) -> Row | str:
    """The filled cells of a line by language, or why it has none."""
    try:
        cells = line.decode("utf-8").split("\t")
    except UnicodeDecodeError:
        return "no UTF-8"
    if len(cells) != len(tags):
        return "ragged"
    if line in seen:
        return "duplicates"
    seen.add(line)
    return {tag: cell for tag, cell in zip(tags, cells, strict=True) if cell}


def _unfit(row: Row, kind: Kind, first: str, excluded: Collection[str], counts: Counter[str]) -> str | None:
    """Why the row is left out, if it is; takes cells that are noise out of it."""
    original = row.get(first)
    for tag, cell in list(row.items()):
        noise = _noise(cell, kind, untranslated=tag != first and cell == original)
        if noise:
            counts[noise] += 1
            del row[tag]
    if len(row) < 2:
        return "one language"
    for cell in row.values():
        parts = sentences(cell) if kind == "questions" else (cell,)
        if any(len(part) > SHORTEST and key(part) in excluded for part in parts):
            return "in a measured set"
    return None


def _noise(cell: str, kind: Kind, *, untranslated: bool) -> str:
    """What is wrong with a cell, or nothing."""
    if kind == "sentences" and untranslated:
        return "cells not translated"
    if kind != "questions" and len(cell) > LIMIT:
        return "cells too long"
    return "" if _LETTER.search(cell) else "cells without letters"


def _foreign(tags: Sequence[str], rows: Sequence[Row]) -> dict[str, float]:
    """Columns most of whose longer cells are in another of the languages, with the share that is in its own."""
    found: dict[str, float] = {}
    for tag in tags:
        every = [cell for row in rows if len(cell := row.get(tag, "")) >= 20]
        sample = every[:: max(1, len(every) // _SAMPLE)][:_SAMPLE]
        if len(sample) < _SAMPLE:
            continue
        share = sum(detect(text, tags)[0] == tag for text in sample) / len(sample)
        if share < _OWN:
            found[tag] = share
    return found
