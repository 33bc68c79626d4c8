"""Choosing systems: what is on offer, what is wrong with a name, and sets that each person has for themselves."""

import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from modes import Browser, served

from core.settings import Settings
from core.store import passwords
from core.workbench import Workbench
from ui.building import BuildingDesk, building_functions
from ui.events import answering

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # gradio.queueing, with pandas 3

ANN = str(uuid.UUID(int=1, version=4))
PASSWORD = "tides and moons"


@pytest.fixture
def desk(bench):
    desk = BuildingDesk(bench)
    yield desk
    for one in desk.listed({"annotator": ""})["sets"]:
        desk.delete({"annotator": "", "id": one["id"]})


def checked(desk, names):
    return desk.check({"names": names, "collection": "tiny"})


def test_what_can_be_built_comes_from_what_runs(desk):
    found = desk.offers({"collection": "tiny"})
    assert [one["name"] for one in found["offers"]["sources"]] == ["bm25", "bm25[q=lex]", "dense:static-26"]
    assert [one["name"] for one in found["offers"]["rerankers"]] == ["maxsim:static-26"]
    assert (found["faults"], found["error"]) == ({}, "")
    assert found["defaults"] == {"source": 100, "rerank": 50, "k": 60}


def test_without_an_index_every_suggestion_says_what_it_lacks(tmp_path, bench):
    other = Workbench(Settings(home=tmp_path, collection="demo"))
    found = BuildingDesk(other).offers({"collection": "demo"})
    assert found["offers"] is None
    assert "babelscope index demo" in found["error"]
    assert set(found["faults"].values()) == {found["error"]}
    assert len(found["faults"]) == len(other.suggested)
    other.close()


def test_a_name_is_told_as_it_prints_with_its_parts(desk):
    (one,) = checked(desk, "rrf( bm25@100,dense:static-26 ) >>maxsim:static-26@20")["systems"]
    assert (one["system"], one["error"]) == ("rrf(bm25, dense:static-26) >> maxsim:static-26@20", "")
    assert [part["name"] for part in one["recipe"]["parts"]] == ["bm25", "dense:static-26"]
    assert one["recipe"]["rerankers"] == ({"name": "maxsim:static-26", "depth": 20, "weight": None},)


@pytest.mark.parametrize(
    ("name", "sentence", "parses"),
    [
        ("bm52", "there is no 'bm52'", False),
        ("rrf(bm25", "a bracket of rrf", False),
        ("dense:nowhere/model", "No encoder 'nowhere/model'", True),
        ("sparse:x", "this version cannot run it yet", True),
        ("bm25 >> rerank:x/y", "this version cannot run it yet", True),
    ],
)
def test_what_is_wrong_with_a_name_is_one_sentence(desk, name, sentence, parses):
    (one,) = checked(desk, name)["systems"]
    assert sentence in one["error"]
    assert one["error"].endswith((".", "?"))
    assert (one["recipe"] is not None) == parses


def test_several_are_pasted_each_once_and_no_more_than_fit(desk):
    found = checked(desk, "bm25; bm25@100\nbm52\n" + ";".join(f"bm25@{n}" for n in range(1, 9)))
    assert [one["system"] for one in found["systems"]] == ["bm25", "bm52", *(f"bm25@{n}" for n in range(1, 6))]
    assert found["more"] == 3
    assert checked(desk, " ;\n")["systems"] == []


def test_a_set_is_saved_loaded_renamed_replaced_deleted_and_put_back(desk):
    saved = desk.save({"annotator": ANN, "name": "Two", "systems": ["bm25", "sparse:gone"], "replace": False})
    assert (saved["saved"]["name"], saved["saved"]["systems"]) == ("Two", ["bm25", "sparse:gone"])
    taken = answering(desk.save, "save_set")({"annotator": ANN, "name": "TWO", "systems": ["bm25"]})
    assert (taken["ok"], taken["taken"]) == (False, True)
    assert "There is a set 'Two' already" in taken["error"]
    desk.save({"annotator": ANN, "name": "TWO", "systems": ["bm25"], "replace": True})
    (one,) = desk.rename({"annotator": ANN, "id": saved["saved"]["id"], "name": "Three"})["sets"]
    assert (one["name"], one["systems"]) == ("Three", ["bm25"])
    gone = desk.delete({"annotator": ANN, "id": one["id"]})
    assert (gone["gone"]["systems"], gone["sets"]) == (["bm25"], [])
    back = desk.save({"annotator": ANN, "name": gone["gone"]["name"], "systems": gone["gone"]["systems"]})
    assert [one["name"] for one in back["sets"]] == ["Three"]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.dictionaries(
    st.sampled_from(["annotator", "name", "names", "systems", "replace", "id", "collection"]), JUNK, max_size=7
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(JUNK | FIELDS)
def test_whatever_a_browser_sends_is_answered(bench, data):
    for name, (handler, _) in building_functions(bench).items():
        answer = answering(handler, name)(data)
        assert answer["ok"] or (answer["error"] and "in the log" not in answer["error"]), (name, answer)


@pytest.fixture
def browsers():
    made = []

    def one(app, name=None):
        made.append(Browser(app))
        if name:
            assert made[-1].sign_in(name, PASSWORD).status_code == 303
        return made[-1]

    yield one
    for browser in made:
        browser.close()


def names(browser):
    return [one["name"] for one in browser.call("list_sets", {"annotator": ""}).json()["sets"]]


def saved(browser, name):
    return browser.call("save_set", {"annotator": "", "name": name, "systems": ["bm25"], "replace": False}).json()


@pytest.mark.parametrize("mode", ["session", "public"])
def test_where_several_people_come_each_sees_their_own_sets(tmp_path, bench, browsers, mode, monkeypatch):
    monkeypatch.setattr(passwords, "COST", (16, 1, 1))
    with served(tmp_path / "home", bench.settings.home, mode=mode) as app:
        if mode == "session":
            app.bench.store.people.add(["Olga"], owner=True, password=PASSWORD)
            app.bench.store.people.add(["Ann"], password=PASSWORD)
        one, two = (browsers(app, name if mode == "session" else None) for name in ("Olga", "Ann"))
        for browser in (one, two):
            browser.page()
        assert saved(one, "mine")["ok"]
        assert saved(two, "theirs")["ok"]
        assert (names(one), names(two)) == (["mine"], ["theirs"])
        identity = one.call("list_sets", {"annotator": ""}).json()["sets"][0]["id"]
        for name, data in (("delete_set", {}), ("rename_set", {"name": "stolen"})):
            assert two.call(name, {"annotator": "", "id": identity, **data}).json()["ok"] is False
        assert names(one) == ["mine"]


def test_a_visitor_without_a_cookie_keeps_no_set(tmp_path, bench, browsers):
    with served(tmp_path / "home", bench.settings.home, mode="public") as app:
        answer = saved(browsers(app), "mine")
        assert answer["ok"] is False
        assert "cookie" in answer["error"]
