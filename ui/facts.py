"""What a page knows before anybody asks: the collection, its languages and scale, the systems on offer."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from core.errors import AppError, UnknownName, shortened
from core.grammar import parse
from core.languages import language
from core.records import Collection
from core.workbench import Workbench, spoken
from ui.links import Link
from ui.words import say

EXAMPLES = 12
_UNBUILT = {"missing": "unbuilt.missing", "changed": "unbuilt.changed", "begun": "unbuilt.begun"}

Json = dict[str, Any]


def resolved(bench: Workbench, link: Link) -> tuple[Link, Collection, list[str]]:
    """The link with defaults filled in and without names that this collection lacks, with a note for each of those."""
    notes: list[str] = []
    collection_id = link.collection or bench.settings.collection
    try:
        collection = bench.collection(collection_id)
    except UnknownName:
        collection = bench.collection(bench.settings.collection)
        notes.append(say("link.collection", name=shortened(collection_id), shown=collection.collection_id))
    unknown = [tag for tag in link.documents if tag not in collection.languages]
    if link.language and link.language not in spoken(collection):
        unknown.insert(0, link.language)
    notes += [say("link.language", name=shortened(tag), collection=collection.collection_id) for tag in unknown]
    known = replace(
        link,
        collection=collection.collection_id,
        language="" if link.language in unknown else link.language,
        documents=tuple(tag for tag in link.documents if tag not in unknown),
        systems=canonical(link.systems) or canonical(bench.default),
    )
    return known, collection, notes


def canonical(names: Iterable[str]) -> tuple[str, ...]:
    """Each system once, as it prints; a name that does not parse stays as it is, for its column to say why."""
    return tuple(dict.fromkeys(_printed(name) for name in names))


def _printed(name: str) -> str:
    try:
        return str(parse(name))
    except AppError:
        return name


def collection_json(collection: Collection) -> Json:
    """What the page shows of a collection before a search."""
    return {
        "id": collection.collection_id,
        "name": collection.name,
        "description": collection.description,
        "licence": collection.licence,
        "provenance": collection.provenance,
        "size": len(collection.documents),
        "languages": collection.languages,
        "grades": [asdict(grade) for grade in collection.grades],
        "examples": examples(collection),
    }


def unbuilt(bench: Workbench, collection_id: str) -> str:
    """What the index lacks, "" where it is ready or damaged (which a search says itself)."""
    try:
        state = bench.standing(collection_id).state
    except AppError:
        return ""
    return "" if state == "ready" else say(_UNBUILT[state], name=collection_id)


def examples(collection: Collection) -> list[Json]:
    """One query of each language, each from another need where there are enough."""
    by_language: dict[str, list[str]] = {}
    for query in collection.queries:
        by_language.setdefault(query.language, []).append(query.text)
    chosen = sorted(by_language.items())[:EXAMPLES]
    return [{"language": tag, "text": texts[at % len(texts)]} for at, (tag, texts) in enumerate(chosen)]


def backed_json(bench: Workbench) -> Json | None:
    """What the page says of the copy of the grades off this machine; None where none is kept.

    Why it stopped goes to the log, and to the page only of somebody's own machine: it names the shelf.
    """
    if bench.store.read_only:
        return {"kind": "reader"}
    state = bench.offsite.state()
    if state is None:
        return {"kind": "machine"} if bench.offsite.ephemeral else None
    return {
        "kind": "shelf",
        "at": state.at.isoformat() if state.at else "",
        "waiting": state.waiting,
        "error": state.error if bench.settings.mode == "private" else bool(state.error),
        "again": bench.settings.labels_every + 5,
    }


def languages_json(tags: Iterable[str]) -> dict[str, Json]:
    """What the page needs to set text in these languages."""
    return {tag: _language_json(tag) for tag in dict.fromkeys(tags)}


def _language_json(tag: str) -> Json:
    found = language(tag)
    return {
        "name": found.name,
        "endonym": found.endonym,
        "script": found.script,
        "direction": found.direction,
        "line_height": max(found.line_height, 1.5),
    }


def query_languages(collection: Collection) -> list[str]:
    """The languages a query may be in, by their English name."""
    return sorted(spoken(collection), key=lambda tag: language(tag).name)
