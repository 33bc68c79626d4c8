"""Who may sign in: names that cannot be taken for another's, passwords that nobody can read, people who can leave."""

import sqlite3
import time
import unicodedata
from contextlib import closing

import pytest

from core.errors import BadInput, Busy, UnknownName
from core.records import JudgmentKey
from core.store import passwords
from core.store.events import Event, new_event_id
from core.store.people import folded
from core.store.store import Store

PASSWORD = "tides and moons"


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(passwords, "COST", (16, 1, 1))
    with Store.open(tmp_path / "store.db") as store:
        yield store


@pytest.fixture
def people(store):
    store.people.add(["Ada"], owner=True, password=PASSWORD)
    return store.people


def test_several_people_get_a_password_each_that_signs_them_in(people):
    slips = people.add(["Bo", "Ɔboɔ 阿玛"])
    assert list(slips) == ["Bo", "Ɔboɔ 阿玛"]
    assert len(set(slips.values())) == 2
    for name, password in slips.items():
        member = people.signed_in(name, password)
        assert (member.name, member.owner) == (name, False)
        assert people.get(member.annotator) == member
    assert people.signed_in("Bo", slips["Ɔboɔ 阿玛"]) is None
    assert [(one.name, one.owner) for one in people.all()] == [("Ada", True), ("Bo", False), ("Ɔboɔ 阿玛", False)]


def test_a_password_on_a_slip_has_letters_of_every_keyboard():
    slips = {passwords.made() for _ in range(200)}
    assert len(slips) == 200
    assert all(
        len(slip) == 19 and slip.isascii() and slip.islower() and slip.replace("-", "").isalpha() for slip in slips
    )


@pytest.mark.parametrize("name", ["ada", "ADA", " Ada ", "A\u200eda", "Ada\u202e", "A\u0064a"])
def test_a_name_that_reads_the_same_is_taken(people, name):
    with pytest.raises(BadInput, match="There is a 'Ada' already"):
        people.add([name])


def test_names_differ_under_nfc_and_case_folding_and_all_or_none_are_added(people):
    people.add(["José", "Straße"])
    for twin in (unicodedata.normalize("NFD", "José"), "JOSÉ", "STRASSE"):
        with pytest.raises(BadInput, match="already"):
            people.add(["Zoe", twin])
    with pytest.raises(BadInput, match="twice"):
        people.add(["Zoe", "zoe"])
    assert [one.name for one in people.all()] == ["Ada", "José", "Straße"]


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\u202e\u2066"])
def test_a_name_that_cannot_be_seen_is_refused(people, name):
    with pytest.raises(BadInput, match="Type a name"):
        people.add([name])
    assert people.signed_in(name, PASSWORD) is None


def test_hostile_names_are_names(people):
    names = ["<script>alert(1)</script>", "${globalThis.x}", "'; DROP TABLE person; --", "أمل", "x" * 500]
    slips = people.add(names)
    for name, password in slips.items():
        assert people.signed_in(name, password).name == name
    assert max(len(one.name) for one in people.all()) == 80


def test_a_password_is_the_same_in_every_spelling_of_its_accents(people):
    people.add(["Bo"], password=unicodedata.normalize("NFD", "épée à Ω"))
    assert people.signed_in("bo", unicodedata.normalize("NFC", "épée à Ω"))
    assert people.signed_in("bo", "epee a Ω") is None


def test_long_and_short_passwords(people):
    people.add(["Bo"], password="x" * 1000)
    assert people.signed_in("Bo", "x" * 1000)
    assert people.signed_in("Bo", "x" * 999) is None
    begun = time.perf_counter()
    assert people.signed_in("Bo", "x" * 10_000_000) is None
    assert time.perf_counter() - begun < 1
    for wrong in ("x" * 7, "x" * 1001):
        with pytest.raises(BadInput, match="8 to 1,000"):
            people.add(["Chen"], password=wrong)
    assert people.signed_in("Bo", "\ud800 lone") is None


def test_what_is_stored_is_no_password(people, store):
    with closing(sqlite3.connect(store.path)) as raw:
        rows = raw.execute("SELECT password FROM person").fetchall()
    assert rows[0][0].startswith("scrypt$16$1$1$")
    assert PASSWORD not in rows[0][0]
    assert passwords.hashed(PASSWORD) != passwords.hashed(PASSWORD), "each has its own salt"
    assert passwords.fits(PASSWORD, passwords.hashed(PASSWORD))


def test_a_new_password_ends_the_old_one_and_what_was_signed_with_it(people):
    before = people.signed_in("Ada", PASSWORD)
    made = people.renew("ada")
    assert people.signed_in("Ada", PASSWORD) is None
    after = people.signed_in("Ada", made)
    assert (after.annotator, after.name) == (before.annotator, "Ada")
    assert after.stamp != before.stamp
    with pytest.raises(UnknownName, match=r"No person 'Adda'.*Ada"):
        people.renew("Adda")


def test_who_is_removed_leaves_grades_without_a_name(people, store):
    people.add(["Bo"], password=PASSWORD)
    bo = people.signed_in("Bo", PASSWORD)
    key = JudgmentKey(bo.annotator, "demo", "q", "d")
    store.append(Event(new_event_id(), "grade", key, 2, None, None, "2026-11-20T09:00:00Z"))
    assert store.names()[bo.annotator] == "Bo"
    people.remove("bo")
    assert people.signed_in("Bo", PASSWORD) is None
    assert people.get(bo.annotator) is None
    assert "Bo" not in store.names().values()
    assert [(one.annotator, one.grade) for one in store.judgments("demo")] == [(bo.annotator, 2)]
    assert store.verify().ok
    with pytest.raises(UnknownName):
        people.remove("Bo")


def test_an_owner_always_remains_while_anybody_does(people):
    people.add(["Bo"])
    with pytest.raises(BadInput, match="'Ada' is the only owner"):
        people.remove("Ada")
    people.add(["Chen"], owner=True)
    people.remove("Ada")
    people.remove("Bo")
    people.remove("Chen")
    assert people.all() == []


def test_a_proved_name_stays_proved_when_the_same_name_is_typed(people, store):
    ada = people.signed_in("Ada", PASSWORD)
    store.name_annotator(ada.annotator, "Ada")
    with closing(sqlite3.connect(store.path)) as raw:
        assert raw.execute("SELECT verified FROM annotator").fetchone() == (1,)
    store.name_annotator(ada.annotator, "Eve")
    with closing(sqlite3.connect(store.path)) as raw:
        assert raw.execute("SELECT name, verified FROM annotator").fetchone() == ("Eve", 0)


def test_who_typed_a_name_in_private_mode_is_not_the_one_who_signs_in_with_it(people, store):
    typed = "0b9f3a52-6a7e-4d0c-9c58-1f2d3c4b5a69"
    store.name_annotator(typed, "Bo")
    people.add(["Bo"], password=PASSWORD)
    assert people.signed_in("Bo", PASSWORD).annotator != typed
    assert people.get(typed) is None
    people.remove("Bo")
    assert store.names()[typed] == "Bo", "only the account's own name is erased"


def test_a_second_process_adds_nobody(people, store):
    with Store.open(store.path) as second:
        assert second.people.signed_in("Ada", PASSWORD)
        with pytest.raises(Busy):
            second.people.add(["Bo"])


def test_folding_keeps_different_names_apart():
    assert len({folded(name) for name in ("Ada", "Àda", "Ad a", "Аda")}) == 4  # the last begins with a Cyrillic letter
    assert folded("") == ""
