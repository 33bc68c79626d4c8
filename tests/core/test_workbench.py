"""What pages and commands ask of a workbench."""

import pytest

from core.annotation.grading import Gesture
from core.errors import BadInput, Faults, NotIndexed, NotWritable, UnknownName
from core.records import adhoc_query_id
from core.settings import Settings
from core.store.events import new_event_id
from core.workbench import Workbench

ADA = "3b7c1f0e-58b1-4c39-9f0b-6a2d5a9d1c11"


def gesture(**changes) -> Gesture:
    values = {
        "event_id": new_event_id(), "annotator": ADA, "annotator_name": "Ada", "collection_id": "small",
        "query_text": "nyuki", "query_language": "sw", "doc_id": "honey.sw", "grade": 1, "expected_version": 0,
        "system": "rrf(bm25, dense:static-26)", "rank": 1, "client_time": "2026-01-02T03:04:05Z",
    }  # fmt: skip
    return Gesture(**(values | changes))


def test_a_typed_query_is_detected_and_named(indexed):
    query, confidence = indexed.query("small", "  ミツバチの蜜  ")
    assert (query.language, query.text, query.query_id) == (
        "ja",
        "ミツバチの蜜",
        adhoc_query_id("small", "ミツバチの蜜"),
    )
    assert confidence > 0.9
    assert indexed.query("small", "nyuki", "en") == (indexed.query("small", "nyuki", "en")[0], 1.0)


def test_a_query_of_the_collection_keeps_its_id(indexed):
    assert indexed.query("small", "nyuki hutengenezaje asali")[0].query_id == "n1.sw"
    assert indexed.query("small", "nyuki hutengenezaje asali", "en")[0].query_id.startswith("adhoc-")


@pytest.mark.parametrize("text", ["", "   ", "\n", "?!…", "🙂🙂", "x" * 100_000, "\u202e", "\0"])
def test_nothing_to_search_for_is_said_in_one_sentence(indexed, text):
    with pytest.raises(BadInput) as found:
        indexed.query("small", text)
    assert len(str(found.value)) < 150
    assert str(found.value).endswith(".")


def test_unknown_names_are_said(indexed):
    with pytest.raises(UnknownName, match="Did you mean 'small'"):
        indexed.query("smal", "x")
    with pytest.raises(UnknownName, match="language"):
        indexed.query("small", "bees", "not a tag")
    query, _ = indexed.query("small", "bees")
    with pytest.raises(UnknownName, match="document language"):
        indexed.search(query, ["bm25"], collection_id="small", languages=["th"])
    with pytest.raises(Faults, match="bm52"):
        indexed.search(query, ["bm25", "bm52"], collection_id="small")
    with pytest.raises(BadInput, match="Choose at least one system"):
        indexed.search(query, [], collection_id="small")


def test_faults_names_each_system_that_cannot_run(indexed):
    names = ["bm25", "bm52", "dense:gone", "bm25 >> first:x"]
    assert list(indexed.faults(names, "small")) == ["bm52", "dense:gone", "bm25 >> first:x"]


def test_a_collection_that_is_not_indexed_says_how(bench, folder):
    bench.add(folder)
    with pytest.raises(NotIndexed, match="babelscope index small"):
        bench.index("small")
    assert set(bench.faults(["bm25"], "small")) == {"bm25"}


def test_another_collection_does_not_take_a_name_that_is_taken(bench, folder):
    bench.add(folder)
    bench.add(folder)  # the same one again is no fault
    (folder / "corpus.jsonl").write_text('{"_id": "a", "text": "x", "language": "en"}\n', "utf-8")
    with pytest.raises(BadInput, match="another collection 'small'"):
        bench.add(folder)
    assert bench.add(folder, "mine").collection_id == "mine"
    assert bench.collections() == ["demo", "mine", "small"]


def test_a_home_that_takes_nothing_is_named(tmp_path, folder):
    (tmp_path / "file").write_text("in the way")
    bench = Workbench(Settings(home=tmp_path / "file" / "home"))
    for action in (lambda: bench.build("demo"), lambda: bench.add(folder)):
        with pytest.raises(NotWritable, match="set BABELSCOPE_HOME"):
            action()


def test_a_grade_is_kept_with_everything_that_was_on_screen(indexed):
    saved = indexed.grade(gesture())
    assert (saved.grade, saved.version, saved.repeated) == (1, 1, False)
    query, _ = indexed.query("small", "nyuki", "sw")
    assert indexed.grades(ADA, "small", query.query_id) == {"honey.sw": (1, 1)}
    (event,) = indexed.store.history()
    assert event.event.key.query_id == query.query_id
    shown = event.event.shown
    assert (shown.system, shown.rank, shown.query_text) == ("rrf(bm25, dense:static-26)", 1, "nyuki")
    assert shown.text_sha256 == indexed.documents("small", ["honey.sw"])["honey.sw"].text_sha256
    assert shown.documents_checksum == indexed.collection("small").checksums.documents
    assert "static-26:" in shown.model


def test_undo_takes_back_and_redo_brings_again(indexed):
    indexed.grade(gesture())
    query, _ = indexed.query("small", "nyuki", "sw")
    more = {"client_time": "2026-01-02T03:04:05Z", "collection_id": "small"}
    assert indexed.undo(ADA, event_id=new_event_id(), **more).grade is None
    assert indexed.grades(ADA, "small", query.query_id)["honey.sw"][0] is None
    assert indexed.redo(ADA, event_id=new_event_id(), **more).grade == 1


@pytest.mark.parametrize(
    "changes",
    [{"grade": 7}, {"doc_id": "gone"}, {"annotator": "not a uuid"}, {"event_id": "x"}, {"collection_id": "gone"},
     {"query_text": ""}, {"client_time": "yesterday"}],
)  # fmt: skip
def test_a_grade_that_cannot_be_is_refused(indexed, changes):
    with pytest.raises(BadInput):
        indexed.grade(gesture(**changes))


def test_grades_are_there_after_a_restart(indexed):
    indexed.grade(gesture())
    indexed.close()
    again = Workbench(Settings(home=indexed.settings.home))
    query, _ = again.query("small", "nyuki", "sw")
    assert again.grades(ADA, "small", query.query_id) == {"honey.sw": (1, 1)}
    again.close()
