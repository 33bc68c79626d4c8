"""Reliability 21, the labels' part: any text in any field of a grade is refused in a sentence or read back."""

from dataclasses import fields, replace

import pytest

from core.annotation.grading import Gesture
from core.errors import AppError
from core.records import JudgmentKey
from core.store.events import Event, Shown, cleaned, cleaned_name, new_event_id
from core.store.store import Store
from tests.faults.figures import record

AMA, TIME = "0b9f3a52-6a7e-4d0c-9c58-1f2d3c4b5a69", "2026-11-20T09:00:00Z"
PIECES = (
    "\ud800",
    "\udfff",
    "\udc00\ud800",
    "\0",
    "\u2028",
    "\u2029",
    "\x0b",
    "\x85",
    "\ufeff",
    "\ufffe",
    "\u202e",
    "\u200b",
    "\U000e0041",
    "\x1b[31m",
    "\n",
    "'",
    '"',
    "{{x}}",
    "${x}",
    "</script>",
    "\ud83c\udf0a",
)
SHOWN = Shown("maji", "sw", "bm25", 1, "a" * 64, "", "b" * 64)
EVENT = Event(new_event_id(), "grade", JudgmentKey(AMA, "demo", "q", "d"), 1, SHOWN, None, TIME)
TEXTS = [field.name for field in fields(Shown) if field.name != "rank"]
KEYS = [field.name for field in fields(JudgmentKey)]


def placed(value: str, piece: str) -> list[str]:
    """The piece alone, before, within and after, and where a time has its T."""
    return [
        piece,
        piece + value,
        value[: len(value) // 2] + piece + value[len(value) // 2 :],
        value + piece,
        value.replace("T", piece),
    ]


def tried(make) -> str:
    """What came of it; anything but a sentence is a fault."""
    try:
        make()
    except AppError as error:
        assert str(error).isprintable()
        return "refused"
    return "stored"


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store.db") as opened:
        yield opened
        assert opened.verify().faults == ()


@pytest.mark.parametrize("name", [*KEYS, *TEXTS, "event_id", "kind", "client_time", "undoes"])
def test_any_text_in_any_field_of_an_event(store, name):
    seen = []
    for piece in PIECES:
        for value in placed(
            getattr(EVENT.key if name in KEYS else SHOWN if name in TEXTS else EVENT, name) or "x", piece
        ):

            def grade(value=value):
                key = replace(EVENT.key, **{name: value}) if name in KEYS else EVENT.key
                shown = replace(SHOWN, **{name: value}) if name in TEXTS else SHOWN
                own = {name: value} if name not in (*KEYS, *TEXTS) else {}
                event = replace(EVENT, **{"event_id": new_event_id(), "key": key, "shown": shown, **own})
                saved = store.append(event)
                (logged,) = store.history(after=saved.seq - 1)
                assert logged.event == event
                got = logged.event.key if name in KEYS else logged.event.shown if name in TEXTS else logged.event
                assert getattr(got, name) == (cleaned(value) if name in TEXTS else value)

            seen.append(tried(grade))
    record("21", "fields of a grade in the store", "14, every text refused in a sentence or read back as stored")
    record("21", "hostile strings tried", str(len(seen)))


def test_any_text_in_what_is_asked_for(store):
    store.append(EVENT)
    for piece in PIECES:
        for value in placed("x", piece):
            for ask in (
                lambda value=value: list(store.history(query_id=value)),
                lambda value=value: list(store.grades(AMA, "demo", [value])),
                lambda value=value: store.judgments(value),
            ):
                found: list[object] = []
                tried(lambda ask=ask, found=found: found.extend(ask()))
                assert found == []


def test_any_text_in_a_name(store):
    for piece in PIECES:
        for value in placed("Ama", piece):
            if tried(lambda value=value: store.name_annotator(AMA, value)) == "stored":
                assert store.names() == {AMA: cleaned_name(value)}


@pytest.mark.slow
def test_any_text_in_any_field_that_a_page_sends(indexed):
    """A grade whose sender was told that it was refused is not stored; that of an odd name, for example."""
    gesture = Gesture(new_event_id(), AMA, "Ama", "small", "nyuki", "sw", "honey.en", 1, None, "bm25", 1, TIME)
    store = indexed.store
    for name in [field.name for field in fields(Gesture)]:
        before, seen = store.verify().events, []
        for piece in PIECES:
            for value in placed(str(getattr(gesture, name) or ""), piece):
                sent = replace(gesture, **{"event_id": new_event_id(), name: value})
                seen.append(tried(lambda sent=sent: indexed.grade(sent)))
        resent = name == "event_id"  # an id without the place that is replaced is that of the grade before
        assert store.verify().events - before == (min(seen.count("stored"), 1) if resent else seen.count("stored")), (
            name
        )
        record("21", "hostile strings tried", str(len(seen)))
    record("21", "fields of a grade that a page sends", f"{len(fields(Gesture))}, what was refused is not stored")
    for logged in store.history():
        shown = logged.event.shown
        for text in (shown.query_text, shown.query_language, shown.system, shown.model, logged.event.client_time):
            assert text == cleaned(text)
    assert store.verify().ok
