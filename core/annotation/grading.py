"""A grade given on a page, checked and turned into an event that says everything that was on screen."""

from dataclasses import dataclass

from core.errors import BadInput, UnknownName, shortened
from core.records import Collection, Document, JudgmentKey, Query, checked_id
from core.store.events import Event, Shown


@dataclass(frozen=True, slots=True)
class Gesture:
    """What a person did: `grade` None clears. `event_id` is made where the gesture was, so a resend is one event."""

    event_id: str
    annotator: str
    annotator_name: str
    collection_id: str
    query_text: str
    query_language: str
    doc_id: str
    grade: int | None
    expected_version: int | None
    system: str
    rank: int | None
    client_time: str


def event_of(gesture: Gesture, *, collection: Collection, query: Query, document: Document | None, model: str) -> Event:
    """The event of that gesture. Raises BadInput for a grade that the scale lacks, UnknownName for a document."""
    if document is None:
        raise UnknownName("document", gesture.doc_id)
    allowed = [grade.value for grade in collection.grades]
    if gesture.grade is not None and gesture.grade not in allowed:
        given, there_are = shortened(str(gesture.grade)), ", ".join(map(str, allowed))
        raise BadInput(f"'{collection.collection_id}' has no grade {given}; it has {there_are}.")
    key = JudgmentKey(
        checked_id(gesture.annotator, "annotator"), collection.collection_id, query.query_id, document.doc_id
    )
    return Event(
        event_id=gesture.event_id,
        kind="clear" if gesture.grade is None else "grade",
        key=key,
        grade=gesture.grade,
        shown=Shown(
            query_text=query.text,
            query_language=query.language,
            system=gesture.system,
            rank=gesture.rank,
            text_sha256=document.text_sha256,
            model=model,
            documents_checksum=collection.checksums.documents,
        ),
        expected_version=gesture.expected_version,
        client_time=gesture.client_time,
        undoes=None,
    )
