"""What is kept of a grade: the Event a person's gesture makes, and the Saved that exists only after COMMIT.

Everything here is checked when it is made, so whatever reaches the database already fits it. No SQL: pages import this.
"""

import secrets
import time
import unicodedata
import uuid
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal, get_args

from core.errors import BadInput, shortened
from core.records import JudgmentKey, checked_id

EventKind = Literal["grade", "clear", "undo", "redo"]
KINDS: tuple[EventKind, ...] = get_args(EventKind)

GRADES = range(-100, 101)  # TREC has negative grades; a collection's own scale is checked where the collection is known
MAX_NAME, MAX_QUERY, MAX_FIELD = 80, 100_000, 2_000  # characters
MAX_NUMBER = 2**53 - 1  # what JavaScript, JSON and SQLite all count to
BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Shown:
    """What was on screen when the grade was given. `model`: the encoder's identity, or "" where none took part."""

    query_text: str
    query_language: str
    system: str
    rank: int | None
    text_sha256: str
    model: str
    documents_checksum: str

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "rank":
                _whole(value, "rank", least=1)
                continue
            if not isinstance(value, str):
                raise BadInput(f"The {field.name} of a grade must be text.")
            limit = MAX_QUERY if field.name == "query_text" else MAX_FIELD
            if len(value) > limit:
                raise BadInput(f"The {field.name} of a grade is longer than {limit:,} characters; shorten it.")
            object.__setattr__(self, field.name, cleaned(value))


@dataclass(frozen=True, slots=True)
class Event:
    """One gesture, made by the client, which also makes its id: a resend is the same event. `undoes` names an event."""

    event_id: str
    kind: EventKind
    key: JudgmentKey
    grade: int | None
    shown: Shown | None
    expected_version: int | None
    client_time: str
    undoes: str | None = None

    def __post_init__(self) -> None:
        checked_event_id(self.event_id)
        if self.kind not in KINDS:
            raise BadInput(f"No kind of event '{shortened(str(self.kind))}'; there is {', '.join(KINDS)}.")
        checked_annotator(self.key.annotator)
        for value, kind in (
            (self.key.collection_id, "collection id"),
            (self.key.query_id, "query id"),
            (self.key.doc_id, "document id"),
        ):
            _checked_text_id(value, kind)
        self._check_grade()
        _whole(self.expected_version, "expected version", least=0)
        checked_time(self.client_time)

    def _check_grade(self) -> None:
        if (self.kind == "grade" and self.grade is None) or (self.kind == "clear" and self.grade is not None):
            raise BadInput("A 'grade' carries a grade and a 'clear' carries none.")
        if self.grade is not None and (type(self.grade) is not int or self.grade not in GRADES):
            raise BadInput(f"A grade is a whole number from {GRADES[0]} to {GRADES[-1]}.")
        if (self.kind in ("undo", "redo")) != (self.undoes is not None):
            raise BadInput("An 'undo' or 'redo' names the event it reverses, and nothing else does.")
        if self.undoes is not None:
            checked_event_id(self.undoes)


@dataclass(frozen=True, slots=True)
class Saved:
    """An event is in the database; `repeated`: it already was, nothing was written. `version` counts pair by pair."""

    event_id: str
    seq: int
    key: JudgmentKey
    grade: int | None
    version: int
    repeated: bool


@dataclass(frozen=True, slots=True)
class Logged:
    """An event as the log has it. For an undo or a redo, `event.grade` is the grade that the pair has after it."""

    event: Event
    seq: int
    version: int
    server_time: str
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Judgment:
    """One person's grade of one pair that is in force; `seq` is the event that made it so."""

    annotator: str
    query_id: str
    doc_id: str
    grade: int
    seq: int


@dataclass(frozen=True, slots=True)
class Report:
    """What verify found. `head` is the hash of the last event: two logs with the same head are the same log."""

    events: int
    pairs: int
    head: str
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.faults


def new_event_id() -> str:
    """A UUIDv7: 48 bits of milliseconds, then chance. The browser makes its own."""
    milliseconds = time.time_ns() // 1_000_000
    number = (milliseconds & (2**48 - 1)) << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=number))


def checked_event_id(value: str) -> str:
    """The id as given; raises BadInput unless it is a UUIDv7 in lower case with hyphens."""
    if _uuid_version(value) != 7:
        raise BadInput(f"The event id '{shortened(str(value))}' is not a UUIDv7; reload the page and grade again.")
    return value


def checked_annotator(value: str) -> str:
    """The id as given; raises BadInput unless it is a UUID in lower case with hyphens."""
    if _uuid_version(value) is None:
        raise BadInput(f"The annotator '{shortened(str(value))}' is not a UUID; reload the page to get one.")
    return value


def checked_time(value: str) -> str:
    """The time as given; raises BadInput unless it is ISO 8601."""
    try:
        plain = value.isascii() and value.isprintable()  # fromisoformat takes any character for the T
        datetime.fromisoformat(value if plain else "")
    except (AttributeError, TypeError, ValueError) as error:
        raise BadInput(f"The time '{shortened(str(value))}' is not an ISO 8601 time.") from error
    return value


def cleaned(text: str) -> str:
    """The text as it can be stored: a lone surrogate becomes U+FFFD, NUL becomes U+2400, pairs of surrogates join."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\0", "\u2400")


def cleaned_name(name: str) -> str:
    """A person's name for a table and a page: NFC, one line, no control or direction characters, at most 80 characters.

    Raises BadInput when nothing that can be seen is left.
    """
    if not isinstance(name, str):
        raise BadInput("A name must be text.")
    text = unicodedata.normalize("NFC", cleaned(name[: MAX_NAME * 50]))
    spaced = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text if c not in BIDI_CONTROLS
    )
    short = unicodedata.normalize("NFC", " ".join(spaced.split()))[:MAX_NAME].rstrip()
    if not any(unicodedata.category(c)[0] in "LNPS" for c in short):
        raise BadInput("Type a name with at least one letter or digit.")
    return short


def _checked_text_id(value: str, kind: str) -> None:
    if not isinstance(value, str):
        raise BadInput(f"The {kind} must be text.")
    checked_id(value, kind)


def _uuid_version(value: str) -> int | None:
    """The version of a UUID in its one canonical spelling, 0 for one of no version, or None for anything else."""
    try:
        parsed = uuid.UUID(value)
    except (AttributeError, TypeError, ValueError):
        return None
    return (parsed.version or 0) if str(parsed) == value else None


def _whole(value: int | None, name: str, *, least: int) -> None:
    if value is not None and (type(value) is not int or not least <= value <= MAX_NUMBER):
        raise BadInput(f"The {name} must be a whole number of at least {least}.")
