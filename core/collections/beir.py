"""Reads and writes collections as BEIR folders: corpus.jsonl, queries.jsonl, qrels/test.tsv and collection.toml.

`language` (or `lang`) stands on every document and query; `group` and `need` are optional. collection.toml is optional
too and says id, name, licence, provenance, description and what the grades mean. So is needs.jsonl, with title,
description and narrative of each need in each language, and judgments.tsv, grades of needs and groups, which then are
the qrels. The files of checks are in core.collections.declaration.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast, get_args

from core.collections.declaration import (
    declaration,
    declaration_toml,
    declared_checks,
    near_misses,
    number_exceptions,
    write_checks,
)
from core.collections.judgments import GroupedQrels, judgments_tsv
from core.errors import BadInput, shortened
from core.languages import language
from core.records import (
    Checksums,
    Collection,
    Document,
    Grade,
    Need,
    Provenance,
    Qrel,
    Query,
    Variant,
    checked_id,
    same_under_nfc,
)
from core.store.export import qrels_text
from core.text import cleaned

GRADES_BINARY = (Grade(0, "not relevant", "Does not answer the need."), Grade(1, "relevant", "Answers the need."))
GRADES_GRADED = (
    Grade(0, "not relevant", "Another topic, or nothing of use."),
    Grade(1, "related", "The same topic, but it does not answer the need."),
    Grade(2, "partly", "Answers an important part of the need."),
    Grade(3, "fully", "Answers the need."),
)


def read_beir(folder: Path, collection_id: str | None = None) -> Collection:
    """The collection of that folder. Raises BadInput with file and line for the first row that cannot be used."""
    if not (folder / "corpus.jsonl").is_file():
        raise BadInput(f"{folder} is not a BEIR folder: it has no corpus.jsonl.")
    declared = declaration(folder / "collection.toml")
    documents = tuple(_document(row, where) for row, where in _rows(folder / "corpus.jsonl"))
    queries_path = folder / "queries.jsonl"
    queries = tuple(_query(row, where) for row, where in _rows_of(queries_path))
    needs = tuple(_need(row, where) for row, where in _rows_of(folder / "needs.jsonl"))
    qrels = _judged(folder, documents, queries)
    _check_ids("doc_id", [document.doc_id for document in documents], folder / "corpus.jsonl")
    _check_ids("query_id", [query.query_id for query in queries], queries_path)
    if not documents:
        raise BadInput(f"{folder / 'corpus.jsonl'} holds no document.")
    return Collection(
        collection_id=checked_id(collection_id or declared.get("id") or folder.resolve().name, "collection id"),
        name=str(declared.get("name") or collection_id or folder.resolve().name),
        documents=documents,
        queries=queries,
        qrels=qrels,
        grades=_grades(declared, qrels),
        licence=str(declared.get("licence", "unknown")),
        provenance=_provenance(declared),
        description=str(declared.get("description", "")),
        checksums=checksums(documents, queries, qrels),
        needs=needs,
        variants=tuple(_variant(row, where) for row, where in _rows_of(folder / "variants.jsonl")),
        checks=declared_checks(declared),
        near=near_misses(folder / "near-misses.tsv"),
        exceptions=number_exceptions(folder / "exceptions.tsv"),
    )


def write_beir(collection: Collection, folder: Path) -> None:
    """The collection as a BEIR folder that `read_beir` gives back equal."""
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    (folder / "corpus.jsonl").write_text("".join(map(_line, map(_document_row, collection.documents))), "utf-8")
    (folder / "queries.jsonl").write_text("".join(map(_line, map(_query_row, collection.queries))), "utf-8")
    if collection.needs:
        (folder / "needs.jsonl").write_text("".join(_line(asdict(need)) for need in collection.needs), "utf-8")
    if isinstance(collection.qrels, GroupedQrels):
        (folder / "judgments.tsv").write_text(judgments_tsv(collection.qrels.judgments), "utf-8")
    if collection.variants:
        (folder / "variants.jsonl").write_text("".join(map(_line, map(_variant_row, collection.variants))), "utf-8")
    (folder / "qrels" / "test.tsv").write_text(qrels_text(collection.qrels, "beir"), "utf-8")
    (folder / "collection.toml").write_text(declaration_toml(collection), "utf-8")
    write_checks(collection, folder)


def checksums(documents: Iterable[Document], queries: Iterable[Query], qrels: Iterable[Qrel]) -> Checksums:
    """sha256 over the content, in the order given, independent of the files' layout."""
    judged = qrels.judgments if isinstance(qrels, GroupedQrels) else qrels
    return Checksums(
        _sha256(_document_row(document) for document in documents),
        _sha256(_query_row(query) for query in queries),
        _sha256([qrel.query_id, qrel.doc_id, qrel.grade] for qrel in judged),
    )


def _rows(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Each line's object and where it stands. Lines end at line feeds only: U+2028 and its like are text."""
    with path.open("rb") as lines:
        for number, raw in enumerate(lines, start=1):
            where = f"{path}, line {number}"
            try:
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
                row = json.loads(text) if text.strip() else None
            except UnicodeDecodeError as error:
                raise BadInput(f"{where} is not UTF-8; save the file as UTF-8.") from error
            except (json.JSONDecodeError, RecursionError, ValueError) as error:
                raise BadInput(f"{where} is not JSON ({error}).") from error
            if row is None:
                continue
            if not isinstance(row, dict):
                raise BadInput(f"{where} is not a JSON object.")
            yield row, where


def _rows_of(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """The rows of a file that need not be there."""
    return _rows(path) if path.is_file() else iter(())


def _document(row: Mapping[str, Any], where: str) -> Document:
    group = _text(row, "group", where)
    return Document(
        doc_id=_id(row, where, "doc_id"),
        language=_language(row, where),
        title=_text(row, "title", where),
        text=_text(row, "text", where),
        group=checked_id(group, "group") if group else None,
    )


def _query(row: Mapping[str, Any], where: str) -> Query:
    need = _text(row, "need", where)
    return Query(
        query_id=_id(row, where, "query_id"),
        language=_language(row, where),
        text=_text(row, "text", where),
        need=checked_id(need, "need") if need else None,
    )


def _need(row: Mapping[str, Any], where: str) -> Need:
    need = _text(row, "need", where)
    if not need:
        raise BadInput(f"{where} has no need.")
    parts = (_text(row, name, where) for name in ("title", "description", "narrative"))
    return Need(checked_id(need, "need"), _language(row, where), *parts)


def _variant(row: Mapping[str, Any], where: str) -> Variant:
    query, kind = _query(row, where), _text(row, "variant", where)
    if not query.need or not kind:
        raise BadInput(f"{where} needs a need and a variant, the manner in which it is asked.")
    return Variant(query.query_id, query.language, query.text, query.need, kind)


def _judged(folder: Path, documents: Sequence[Document], queries: Sequence[Query]) -> Sequence[Qrel]:
    """judgments.tsv spread over the documents of each group, where there is one, else the qrels."""
    judgments = folder / "judgments.tsv"
    if judgments.is_file():
        return GroupedQrels(tuple(_qrels(judgments)), documents, queries)
    return tuple(_qrels(folder / "qrels" / "test.tsv"))


def _id(row: Mapping[str, Any], where: str, kind: str) -> str:
    value = row.get("_id")
    if not isinstance(value, str):
        raise BadInput(f"{where} has no _id that is a text.")
    try:
        return checked_id(value, kind)
    except BadInput as error:
        raise BadInput(f"{where}: {error}") from error


def _language(row: Mapping[str, Any], where: str) -> str:
    value = row.get("language", row.get("lang"))
    if not isinstance(value, str) or not value:
        raise BadInput(f"{where} has no language; give each row a `language` like sw or zh-Hant.")
    try:
        return language(value).tag
    except BadInput as error:
        raise BadInput(f"{where}: {error}") from error


def _text(row: Mapping[str, Any], name: str, where: str) -> str:
    value = row.get(name, "")
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadInput(f"{where}: {name} is not a text.")
    return cleaned(value)


def _qrels(path: Path) -> Iterator[Qrel]:
    if not path.is_file():
        return
    for number, raw in enumerate(path.read_bytes().split(b"\n"), start=1):
        line = raw.decode("utf-8-sig" if number == 1 else "utf-8", "replace").rstrip("\r")
        cells = line.split("\t")
        if not line or (number == 1 and cells[0] in ("query-id", "need")):
            continue
        if len(cells) != 3 or not cells[2].lstrip("-").isascii() or not cells[2].lstrip("-").isdigit():
            raise BadInput(f"{path}, line {number} is not query, document and a whole-number grade, tab between them.")
        yield Qrel(checked_id(cells[0], "query_id"), checked_id(cells[1], "doc_id"), int(cells[2]))


def _check_ids(kind: str, ids: list[str], path: Path) -> None:
    same = same_under_nfc(ids)
    if same:
        raise BadInput(f"{path} has the {kind} '{shortened(same[1])}' twice (compared under NFC).")


def _provenance(declared: Mapping[str, Any]) -> Provenance:
    value = declared.get("provenance", "unknown")
    if value not in get_args(Provenance):
        raise BadInput(f"The provenance '{shortened(str(value))}' is none of {', '.join(get_args(Provenance))}.")
    return cast(Provenance, value)


def _grades(declared: Mapping[str, Any], qrels: Sequence[Qrel]) -> tuple[Grade, ...]:
    rows = declared.get("grades", ())
    if rows:
        try:
            return tuple(Grade(int(row["value"]), str(row["name"]), str(row["meaning"])) for row in rows)
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput("Each [[grades]] of collection.toml has value, name and meaning.") from error
    return GRADES_BINARY if qrels and max(qrel.grade for qrel in qrels) <= 1 else GRADES_GRADED


def _document_row(document: Document) -> dict[str, Any]:
    row = {"_id": document.doc_id, "title": document.title, "text": document.text, "language": document.language}
    return row | ({"group": document.group} if document.group else {})


def _query_row(query: Query) -> dict[str, Any]:
    row = {"_id": query.query_id, "text": query.text, "language": query.language}
    return row | ({"need": query.need} if query.need else {})


def _variant_row(one: Variant) -> dict[str, Any]:
    return {"_id": one.query_id, "text": one.text, "language": one.language, "need": one.need, "variant": one.kind}


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _sha256(rows: Iterable[Any]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row, ensure_ascii=False, sort_keys=True).encode() + b"\n")
    return digest.hexdigest()
