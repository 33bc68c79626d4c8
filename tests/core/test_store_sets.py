"""Saved sets of systems: whatever a person calls them they come back, nobody sees another's, and damage is found."""

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import BadInput, Conflict, UnknownName
from core.store import passwords
from core.store.events import cleaned_name
from core.store.people import folded
from core.store.replaying import forget_people
from core.store.sets import MOST_SETS
from core.store.store import Store

ADA, BO = "0b9f3a52-6a7e-4d0c-9c58-1f2d3c4b5a69", "7c1d2e3f-4a5b-4c6d-8e9f-0a1b2c3d4e5f"
FUSED = ("rrf(bm25, dense:static-26)", 'bm25[drop="a;b", q=lex]')


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store.db") as store:
        yield store


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with Store.open(tmp_path_factory.mktemp("shared") / "store.db") as store:
        yield store


def names(sets):
    return [one.name for one in sets]


def test_a_set_keeps_its_systems_in_their_order_beyond_the_process(tmp_path):
    with Store.open(tmp_path / "store.db") as store:
        saved = store.sets.save(ADA, " Fusions  ألف ", [" bm25 ", *FUSED, "bm25", ""])
        assert (saved.name, saved.systems) == ("Fusions ألف", ("bm25", *FUSED))
    with Store.open(tmp_path / "store.db") as store:
        assert store.sets.all(ADA) == [saved]


def test_each_person_has_sets_of_their_own(store):
    mine = store.sets.save(ADA, "one", ["bm25"])
    store.sets.save(BO, "one", FUSED)
    store.sets.save("", "shared", ["bm25"])
    assert store.sets.all(ADA) == [mine]
    assert names(store.sets.all("")) == ["shared"]
    for change in (lambda: store.sets.delete(BO, mine.id), lambda: store.sets.rename("", mine.id, "stolen")):
        with pytest.raises(UnknownName, match="No saved set"):
            change()
    assert store.sets.all(ADA) == [mine]


@pytest.mark.parametrize("name", ["straße", "STRASSE", "Stra\u200eße", " straße\n"])
def test_a_name_that_reads_the_same_is_taken_unless_it_is_to_be_replaced(store, name):
    first = store.sets.save(ADA, "Straße", ["bm25"])
    with pytest.raises(Conflict, match="There is a set 'Straße' already"):
        store.sets.save(ADA, name, FUSED)
    again = store.sets.save(ADA, name, FUSED, replace=True)
    assert (again.id, again.systems, again.created) == (first.id, FUSED, first.created)
    assert store.sets.all(ADA) == [again]


def test_a_set_is_renamed_to_what_no_other_has(store):
    one, two = store.sets.save(ADA, "one", ["bm25"]), store.sets.save(ADA, "two", FUSED)
    with pytest.raises(Conflict, match="There is a set 'two' already; give this one another name"):
        store.sets.rename(ADA, one.id, "TWO")
    assert store.sets.rename(ADA, two.id, "Two").name == "Two"
    assert names(store.sets.all(ADA)) == ["one", "Two"]


def test_what_was_deleted_can_be_saved_again(store):
    saved = store.sets.save(ADA, "one", FUSED)
    gone = store.sets.delete(ADA, saved.id)
    assert store.sets.all(ADA) == []
    assert store.sets.save(ADA, gone.name, gone.systems).systems == FUSED


@pytest.mark.parametrize("systems", [[], ["", "  "], [f"bm25@{n}" for n in range(1, 10)], ["b" * 2_001]])
def test_a_set_has_one_to_eight_systems(store, systems):
    with pytest.raises(BadInput):
        store.sets.save(ADA, "one", systems)


def test_there_are_only_so_many_of_one_person(store):
    for n in range(MOST_SETS):
        store.sets.save(ADA, f"set {n}", ["bm25"])
    with pytest.raises(BadInput, match="100 sets are the most"):
        store.sets.save(ADA, "one more", ["bm25"])
    store.sets.save(ADA, "set 7", FUSED, replace=True)
    store.sets.save(BO, "one more", ["bm25"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.text(max_size=90), st.lists(st.text(max_size=30), min_size=1, max_size=8))
def test_any_name_comes_back_once_or_is_refused_in_a_sentence(shared, name, systems):
    try:
        saved = shared.sets.save(ADA, name, systems, replace=True)
    except BadInput as error:
        assert str(error).endswith(".")
        return
    found = [one for one in shared.sets.all(ADA) if folded(one.name) == folded(name)]
    assert found == [saved]
    assert saved.name == cleaned_name(name)
    shared.sets.delete(ADA, saved.id)
    for same in (unicodedata.normalize("NFD", saved.name), saved.name.casefold()):
        again = shared.sets.save(ADA, saved.name, systems)
        if folded(same) == folded(saved.name):
            with pytest.raises(Conflict):
                shared.sets.save(ADA, same, systems)
        shared.sets.delete(ADA, again.id)


def test_who_is_removed_leaves_no_set(store, monkeypatch):
    monkeypatch.setattr(passwords, "COST", (16, 1, 1))
    store.people.add(["Olga"], owner=True, password="tides and moons")
    store.people.add(["Ann"], password="tides and moons")
    ann = next(one for one in store.people.all() if one.name == "Ann").annotator
    store.sets.save(ann, "Ann's", ["bm25"])
    store.people.remove("Ann")
    assert store.sets.all(ann) == []


def test_a_copy_for_the_shelf_has_no_sets(tmp_path):
    with Store.open(tmp_path / "store.db") as store:
        store.sets.save(ADA, "private words", ["bm25"])
    forget_people(tmp_path / "store.db")
    assert b"private words" not in (tmp_path / "store.db").read_bytes()
    with Store.open(tmp_path / "store.db") as store:
        assert (store.sets.all(ADA), store.verify().faults) == ([], ())
