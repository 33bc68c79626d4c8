"""Events are checked when they are made; names and texts are cleaned and never crash."""

import json
import subprocess
import sys
import unicodedata
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.records import JudgmentKey
from core.store.chain import GENESIS, Fold, Pair, payload_of, row_hash, shown_of
from core.store.events import Event, Shown, cleaned, cleaned_name, new_event_id

ANNOTATOR = "0b9f3a52-6a7e-4d0c-9c58-1f2d3c4b5a69"
SHOWN = {
    "query_text": "maji",
    "query_language": "sw",
    "system": "bm25",
    "rank": 1,
    "text_sha256": "a" * 64,
    "model": "",
    "documents_checksum": "b" * 64,
}
any_text = st.text(st.characters())  # lone surrogates and NUL included


def event(**changes):
    key = {"annotator": ANNOTATOR, "collection_id": "demo", "query_id": "n07.sw", "doc_id": "tides.sw"}
    key.update({name: changes.pop(name) for name in list(changes) if name in key})
    values = {
        "event_id": new_event_id(),
        "kind": "grade",
        "key": JudgmentKey(**key),
        "grade": 2,
        "shown": Shown(**SHOWN),
        "expected_version": None,
        "client_time": "2026-11-20T09:00:00.000Z",
        "undoes": None,
    }
    return Event(**{**values, **changes})


def test_a_new_event_id_is_a_uuid_of_version_7_in_the_order_of_time():
    ids = [uuid.UUID(new_event_id()) for _ in range(200)]
    assert len(set(ids)) == 200
    assert {(i.version, i.variant) for i in ids} == {(7, uuid.RFC_4122)}
    stamps = [i.int >> 80 for i in ids]
    assert stamps == sorted(stamps)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"event_id": "x"}, "UUIDv7"),
        ({"event_id": str(uuid.uuid4())}, "UUIDv7"),
        ({"event_id": new_event_id().upper()}, "UUIDv7"),
        ({"event_id": None}, "UUIDv7"),
        ({"annotator": "Ama"}, "not a UUID"),
        ({"annotator": ""}, "not a UUID"),
        ({"kind": "like"}, "No kind of event"),
        ({"grade": None}, "carries a grade"),
        ({"kind": "clear"}, "carries none"),
        ({"grade": 101}, "whole number from -100 to 100"),
        ({"grade": True}, "whole number"),
        ({"grade": 2.0}, "whole number"),
        ({"grade": "2"}, "whole number"),
        ({"undoes": new_event_id()}, "names the event"),
        ({"kind": "undo", "grade": None}, "names the event"),
        ({"kind": "undo", "grade": None, "undoes": "x"}, "UUIDv7"),
        ({"expected_version": -1}, "expected version"),
        ({"expected_version": 2**80}, "expected version"),
        ({"expected_version": True}, "expected version"),
        ({"client_time": "yesterday"}, "ISO 8601"),
        ({"client_time": None}, "ISO 8601"),
        ({"doc_id": ""}, "document id"),
        ({"doc_id": "a b"}, "white space"),
        ({"doc_id": "a\0"}, "control character"),
        ({"query_id": "a\ud800"}, "control character"),
        ({"query_id": "q" * 201}, "200 bytes"),
        ({"collection_id": 3}, "collection id"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(changes, told):
    with pytest.raises(BadInput, match=told):
        event(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"rank": 0},
        {"rank": 1.5},
        {"rank": 2**70},
        {"query_text": "x" * 100_001},
        {"system": "x" * 2_001},
        {"model": None},
    ],
)
def test_what_was_shown_is_checked_too(changes):
    with pytest.raises(BadInput):
        Shown(**{**SHOWN, **changes})


@given(any_text)
def test_any_text_is_stored_and_read_back(text):
    shown = Shown(**{**SHOWN, "query_text": text})
    payload = payload_of(shown)
    payload.encode()  # no lone surrogate is left
    assert "\0" not in payload
    assert shown_of(payload) == shown
    assert cleaned(shown.query_text) == shown.query_text


def test_cleaning_changes_what_cannot_be_stored_and_nothing_else():
    assert cleaned("a\ud800b\0c") == "a\ufffdb\u2400c"
    assert cleaned("\ud83c\udf0a") == "🌊"
    assert cleaned("שלום ${x} {{y}} </script>\u202e\u200d") == "שלום ${x} {{y}} </script>\u202e\u200d"


@given(any_text)
def test_any_name_is_cleaned_or_refused(text):
    try:
        name = cleaned_name(text)
    except BadInput:
        return
    assert 1 <= len(name) <= 80
    assert name == name.strip() == unicodedata.normalize("NFC", name)
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in name)
    assert cleaned_name(name) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ama\tMensah\n", "Ama Mensah"),
        ("Ame\u0301lie", "Am\u00e9lie"),
        ("\u202eevil\u202c", "evil"),
        ("a\0b\ud800", "a\u2400b\ufffd"),
        ("क्‍ष", "क्‍ष"),
        ("x" * 500, "x" * 80),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
    ],
)
def test_names(typed, kept):
    assert cleaned_name(typed) == kept


@pytest.mark.parametrize("typed", ["", "  ", "\u200b\u200d", "\u202e", "\n\t", None])
def test_a_name_that_cannot_be_seen_is_refused(typed):
    with pytest.raises(BadInput):
        cleaned_name(typed)


def test_the_hash_covers_every_column_and_leaves_room_for_new_ones():
    row = {"seq": 1, "kind": "grade", "grade": 2, "undoes": None, "prev_hash": GENESIS}
    first = row_hash(row)
    assert first == row_hash({**row, "hash": first, "a_later_column": None})
    for name, value in (("seq", 2), ("kind", "clear"), ("grade", 3), ("undoes", "x"), ("prev_hash", "1" * 64)):
        assert row_hash({**row, name: value}) != first
    assert (
        first == "dcc16147b0a272c84ad946fa8849d3579468a3ecab2087ce6f5230512aa1c250"
    )  # by hand: hashlib and json alone


def test_the_fold_works_grades_out_anew_and_names_what_does_not_fit():
    key, other = JudgmentKey(ANNOTATOR, "demo", "q", "d"), JudgmentKey(ANNOTATOR, "demo", "q", "e")
    fold = Fold()

    def add(seq, kind, grade, version, undoes=None, key=key):
        row = {"seq": seq, "event_id": f"e{seq}", "grade": grade, "version": version, "undoes": undoes}
        return fold.add(row, key, kind)

    assert add(1, "grade", 2, 1) == add(2, "clear", None, 2) == add(3, "undo", 2, 3, "e2") == []
    assert add(4, "undo", None, 4, "e1") == add(5, "redo", 2, 5, "e4") == []
    assert fold.pairs == {key: Pair(2, 5, 5)}
    assert "cannot be reversed" in add(6, "undo", 2, 6, "e2")[0]  # undone before
    assert "cannot be reversed" in add(7, "redo", 2, 7, "e4")[0]  # redone before
    assert "cannot be reversed" in add(8, "undo", None, 1, "e1", key=other)[0]  # another pair's
    assert add(9, "grade", 3, 9) == [
        "event 9 holds grade 3, version 9, but it should be Pair(grade=3, version=8, seq=9)"
    ]


def test_events_and_exports_are_imported_without_sqlalchemy():
    code = "import sys, json, core.store.events, core.store.export; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert not {"sqlalchemy", "alembic", "sqlite3"} & set(loaded)
