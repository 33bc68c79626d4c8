"""The handlers of the Search page on a real, small workbench; whatever a browser may send."""

import logging
import threading
import uuid

import gradio as gr
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Stopped
from ui.events import answering
from ui.views.search import Search
from ui.words import say

ANNOTATOR = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"


@pytest.fixture
def search(bench):
    return Search(bench)


def wish(**more):
    plain = {
        "run": "r1",
        "annotator": ANNOTATOR,
        "collection": "tiny",
        "query": "how do bees make honey",
        "language": "",
        "documents": [],
        "systems": ["bm25", "dense:static-26"],
    }
    return plain | more


def merged(updates):
    return {name: value for update in updates for name, value in update.items()}


def gesture(**more):
    digits = uuid.uuid4().hex
    event = f"0190{digits[:4]}-{digits[4:8]}-7{digits[9:12]}-8{digits[13:16]}-{digits[16:28]}"
    plain = {
        "event_id": event,
        "annotator": ANNOTATOR,
        "annotator_name": "Ada",
        "collection": "tiny",
        "query": f"honey {uuid.uuid4().hex[:8]}",
        "language": "en",
        "doc": "honey.en",
        "grade": 3,
        "expected_version": 0,
        "system": "bm25",
        "rank": 1,
        "client_time": "2026-01-02T03:04:05.678Z",
    }
    return plain | more


def test_first_the_page_then_a_column_for_each_system(search):
    updates = list(search.updates("search", wish()))
    page = updates[0]["page"]
    assert page["query"]["id"] == "q1.en"
    assert page["query"]["language"] == "en"
    assert page["link"] == "?v=1&c=tiny&q=how%20do%20bees%20make%20honey&s=bm25;dense:static-26"
    assert page["collection"]["languages"] == {"en": 3, "ar": 1}
    assert page["languages"]["ar"]["direction"] == "rtl"
    assert [name for update in updates[1:] for name in update] == ["column0", "column1"]
    assert all(
        update[name]["state"] == "done" and update[name]["run"] == "r1" for update in updates[1:] for name in update
    )
    assert search.controls == {}


def test_an_opened_page_without_a_query_shows_what_there_is(search):
    (update,) = search.updates("follow", {"run": "r", "annotator": ANNOTATOR, "link": ""})
    page = update["page"]
    assert (page["query"], page["error"], page["notes"]) == (None, "", [])
    assert {example["language"] for example in page["collection"]["examples"]} == {"en", "ar"}
    assert "rrf(bm25, dense:static-26) >> maxsim:static-26" in page["suggested"]


def test_a_link_says_what_it_could_not_use(search):
    link = "?c=nowhere&q=honey&ql=xx&dl=en,zz&s=bm25&later=1"
    page = merged(search.updates("follow", {"run": "r", "annotator": ANNOTATOR, "link": link}))["page"]
    assert page["state"] == {
        "query": "honey",
        "language": "",
        "documents": ["en"],
        "systems": ["bm25"],
        "folded": [],
    } | dict.fromkeys(("open", "panel", "column", "pinned", "reference", "view", "top"), "")
    assert len(page["notes"]) == 4


@pytest.mark.parametrize("query", ["", "  ", "?!", "🐝", "x" * 100_000])
def test_a_query_that_cannot_be_asked_is_one_sentence(search, query):
    (update,) = search.updates("search", wish(query=query))
    assert update["page"]["error"].endswith(".")
    assert update["page"]["query"] is None


def test_systems_that_cannot_run_are_columns_that_say_why(search):
    columns = merged(search.updates("search", wish(systems=["bm52", "bm25", "dense:unknown/model", "rrf(bm25)"])))
    assert [columns[f"column{i}"]["state"] for i in range(4)] == ["error", "done", "error", "error"]
    assert all(columns[f"column{i}"]["error"] for i in (0, 2, 3))


def test_a_name_is_shown_as_it_prints_and_once(search):
    names = ["rrf(bm25,dense:static-26) >> maxsim:static-26@50", "rrf(bm25, dense:static-26) >> maxsim:static-26"]
    page = merged(search.updates("search", wish(systems=names)))["page"]
    assert page["state"]["systems"] == ["rrf(bm25, dense:static-26) >> maxsim:static-26"]


def test_document_languages_are_kept_to(search):
    columns = merged(search.updates("search", wish(documents=["ar"])))
    assert {hit["language"] for hit in columns["column1"]["hits"]} == {"ar"}


def test_stopping_ends_the_columns_that_still_run(search, bench, monkeypatch):
    def slow(*_, control, **__):
        control.stop()
        control.check()
        yield

    monkeypatch.setattr(bench, "search", slow)
    columns = merged(search.updates("search", wish()))
    assert {columns["column0"]["state"], columns["column1"]["state"]} == {"stopped"}


def test_stop_reaches_the_run_it_names(search):
    with search._control("r7") as control:
        search.stop({"run": "other"})
        assert not control.stopped
        thread = threading.Thread(target=search.stop, args=({"run": "r7"},))
        thread.start()
        thread.join()
        with pytest.raises(Stopped):
            control.check()


def test_a_bug_is_logged_and_the_page_gets_a_neutral_sentence(search, bench, monkeypatch, caplog):
    monkeypatch.setattr(bench, "documents", lambda *_: 1 / 0)
    with caplog.at_level(logging.ERROR):
        columns = merged(search.updates("search", wish()))
    assert columns["column0"]["error"] == say("error.bug")
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.setattr(bench, "grades", lambda *_: 1 / 0)
    assert merged(search.updates("search", wish()))["page"]["error"] == say("error.bug")


def test_a_grade_is_saved_shown_undone_and_redone(search):
    given = gesture()
    answer = search.grade(given)
    assert (answer["doc"], answer["grade"], answer["version"]) == ("honey.en", 3, 1)
    assert search.grade(given) == answer
    page = merged(search.updates("search", wish(query=given["query"], language="en")))["page"]
    assert page["grades"] == {"honey.en": (3, 1)}
    assert answer["query"] == page["query"]["id"]
    back = {name: gesture()[name] for name in ("event_id", "annotator", "client_time", "collection")}
    assert search.undo(back)["grade"] is None
    again = back | {"event_id": gesture()["event_id"]}
    assert search.redo(again)["grade"] == 3


def test_a_grade_from_another_tab_is_a_conflict_with_what_stands(search):
    given = gesture()
    search.grade(given)
    late = gesture(query=given["query"], grade=1)
    answer = answering(search.grade, "save_grade")(late)
    assert not answer["ok"]
    assert answer["final"]
    assert (answer["grade"], answer["version"]) == (3, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"doc": "nothing"},
        {"doc": 5},
        {"doc": "x" * 201},
        {"grade": 7},
        {"grade": "3"},
        {"grade": True},
        {"grade": 1.5},
        {"annotator": "me"},
        {"event_id": ""},
        {"query": ""},
        {"query": None},
        {"collection": "nowhere"},
        {"rank": -1},
        {"expected_version": -1},
        {"client_time": "yesterday"},
        {"language": "!!"},
        {"system": ["bm25"]},
        {"annotator_name": "x" * 81},
    ],
)
def test_a_grade_that_is_not_one_is_refused_with_a_sentence(search, wrong):
    answer = answering(search.grade, "save_grade")(gesture(**wrong))
    assert answer["ok"] is False
    assert answer["final"] is True
    assert answer["error"].endswith((".", "?"))


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["run", "link", "query", "doc", "systems", "annotator", "x"]), inner, max_size=6
        )
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(json)
def test_nothing_a_browser_sends_raises(search, data):
    for name in ("grade", "undo", "redo", "stop"):
        assert isinstance(answering(getattr(search, name), name)(data)["ok"], bool)
    for kind in ("search", "follow"):
        assert all(list(update) for update in search.updates(kind, data))


def test_the_page_builds_with_constant_templates(bench):
    with gr.Blocks(analytics_enabled=False) as blocks:
        Search(bench).build([])
    config = next(part for part in blocks.config["components"] if part["type"] == "html")["props"]
    assert config["html_template"] == config["css_template"] == ""
    assert all(config["props"][f"column{i}"] is None for i in range(4))
    assert {dependency["api_visibility"] for dependency in blocks.config["dependencies"]} == {"private"}
