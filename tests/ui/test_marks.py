"""Marks: pieces join to their text, lie on grapheme edges, and say what was searched, added and answered."""

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from core.explaining import matches
from core.records import Query, SearchTerm
from core.service import LocalService
from core.settings import DATA, EMBEDDED
from ui.marks import Wanted, cut, lines, step, tints

SERVICE = LocalService(DATA / "models")
TEXTS = [
    "Worker bees suck nectar.",
    "働きバチは花から蜜を吸い",
    "ผึ้งทำน้ำผึ้งอย่างไร",
    "कीट फल लगने में",
    "يصنع النحل العسل",
    "e\u0301\u200d👩‍🌾가",
]


def joined(pieces):
    return "".join(text for text, *_ in pieces)


def edges(pieces):
    at, found = 0, set()
    for text, *_ in pieces:
        at += len(text)
        found.add(at)
    return found


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from(TEXTS) | st.text(max_size=8), max_size=4).map(" ".join), st.sampled_from(TEXTS), st.data()
)
def test_pieces_join_to_the_text_and_never_split_a_grapheme(text, query, data):
    language = data.draw(st.sampled_from(["en", "ja", "th", "hi", "ar"]))
    more = {
        term: SearchTerm(language, term, term, "asali", 0.6)
        for term in Wanted(Query("q", "th", text[:30])).exact(language)
    }
    marks = lines(text, language, Wanted(Query("q", "en", query)).exact(language), more)
    (found,) = matches(query, [text], model=EMBEDDED, service=SERVICE)
    whole = {match.end() for match in regex.finditer(r"\X", text)}
    for pieces in (cut(text, marks), cut(text, tints(found, query, 0.35))):
        assert joined(pieces) == text
        assert all(text for text, *_ in pieces)
        assert edges(pieces) <= whole


def test_a_part_of_a_text_keeps_its_marks():
    marks = [(1, 3, (1,)), (4, 6, (2, "w", ".60", 3))]
    assert cut("abcdef", marks) == [("a", 0), ("bc", 1), ("d", 0), ("ef", 2, "w", ".60", 3)]
    assert cut("abcdef", marks, 2, 5) == [("c", 1), ("d", 0), ("e", 2, "w", ".60", 3)]
    assert cut("abcdef", marks[:1], 3) == [("def", 0)]
    assert cut("", []) == []


def test_what_was_searched_wins_over_what_was_added():
    more = {term: SearchTerm("ja", term, term, "asali", 0.5) for term in ("蜜蜂", "蜂蜜")}
    assert cut("蜜蜂蜜", lines("蜜蜂蜜", "ja", frozenset({"蜂蜜"}), more)) == [("蜜", 0), ("蜂蜜", 1)]


@pytest.mark.parametrize(
    ("strength", "steps"), [(0.35, 1), (0.5, 2), (0.61, 3), (0.7, 3), (0.99, 5), (1.0, 5), (0.1, 1)]
)
def test_strength_has_five_steps(strength, steps):
    assert step(strength, 0.35) == steps
