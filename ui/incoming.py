"""What a browser sends, as checked values: nothing is taken on trust, everything has a type and a length."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.annotation.grading import Gesture
from core.errors import BadInput
from core.text import cleaned
from ui import links
from ui.links import Link

MOST_QUERY = 200_000  # longer than any query that is taken, so that the sentence about its length is core's
MOST_LANGUAGES = 500

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Wish:
    """One search that a page asks for. `run` is its own number, so that late answers of another are not mixed in."""

    kind: str
    run: str
    annotator: str
    link: Link
    notes: tuple[str, ...] = ()


def wish_of(kind: str, data: object) -> Wish:
    """`search`: what stands in the boxes; `follow`: a link, pasted, shared or gone back to."""
    values = _values(data)
    run, annotator = text(values, "run", 64), text(values, "annotator", 64)
    if kind == "follow":
        link, notes = links.read(text(values, "link", 1_000_000))
        return Wish(kind, run, annotator, link, tuple(notes))
    link = Link(
        collection=text(values, "collection", 200),
        query=text(values, "query", MOST_QUERY),
        language=text(values, "language", 35),
        documents=texts(values, "documents", MOST_LANGUAGES, 35),
        systems=texts(values, "systems", links.MOST_SYSTEMS, 2_000),
    )
    return Wish(kind, run, annotator, link)


def gesture_of(data: object) -> Gesture:
    """A grade that somebody gave, or cleared."""
    values = _values(data)
    return Gesture(
        event_id=text(values, "event_id", 64),
        annotator=text(values, "annotator", 64),
        annotator_name=text(values, "annotator_name", 80),
        collection_id=text(values, "collection", 200),
        query_text=text(values, "query", MOST_QUERY),
        query_language=text(values, "language", 35),
        doc_id=text(values, "doc", 200),
        grade=whole(values, "grade", least=-100, most=100),
        expected_version=whole(values, "expected_version", least=0, most=2**53 - 1),
        system=text(values, "system", 2_000),
        rank=whole(values, "rank", least=1, most=1_000_000),
        client_time=text(values, "client_time", 64),
    )


def reversal_of(data: object) -> tuple[str, dict[str, str]]:
    """The annotator, and the rest of what `Workbench.undo` and `redo` take."""
    values = _values(data)
    return text(values, "annotator", 64), {
        "event_id": text(values, "event_id", 64),
        "client_time": text(values, "client_time", 64),
        "collection_id": text(values, "collection", 200),
    }


def text(data: object, name: str, most: int) -> str:
    """Raises BadInput for what is not text, or longer than `most` characters."""
    value = _values(data).get(name)
    if not isinstance(value, str):
        raise BadInput(f"The page sent no '{name}'; reload it.")
    if len(value) > most:
        raise BadInput(f"The '{name}' has {len(value):,} characters; {most:,} are the most.")
    return cleaned(value)


def texts(data: object, name: str, most: int, length: int) -> tuple[str, ...]:
    """A list of texts, each once."""
    value = _values(data).get(name)
    if not isinstance(value, list) or len(value) > most:
        raise BadInput(f"The page sent no '{name}', or more than {most}; reload it.")
    return tuple(dict.fromkeys(text({name: item}, name, length) for item in value))


def whole(data: object, name: str, *, least: int, most: int) -> int | None:
    """A whole number or None; a missing one is None."""
    value = _values(data).get(name)
    if value is None:
        return None
    if type(value) is not int or not least <= value <= most:
        raise BadInput(f"The '{name}' must be a whole number from {least:,} to {most:,}.")
    return value


def flag(data: object, name: str) -> bool:
    """True or False; a missing one is False."""
    return _values(data).get(name) is True


def _values(data: object) -> Values:
    if not isinstance(data, Mapping):
        raise BadInput("The page sent something this version does not read; reload it.")
    return data
