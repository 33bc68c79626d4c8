"""BM25 that crosses languages: by hand with vectors made for it, and on the demo's languages."""

import math

import numpy as np
import pytest

from core.lexicon import LEAST, NEAREST, Lexicon, entries
from core.records import Query, SearchTerm

TEXTS = [("en", "honey honey bee"), ("en", "bee wax"), ("en", "moon"), ("sw", "asali nyuki"), ("sw", "mwezi")]
IDS = ["a", "b", "c", "d", "e"]
AXES = {"honey": 0, "asali": 0, "bee": 1, "nyuki": 1, "wax": 2, "moon": 3, "mwezi": 3}


def axis(word: str, tilt: float = 0.0) -> np.ndarray:
    """A unit vector along the word's axis, tilted towards a fifth that no word has."""
    vector = np.zeros(5, np.float32)
    vector[AXES[word]], vector[4] = math.sqrt(1 - tilt**2), tilt
    return vector


@pytest.fixture
def lexicon() -> Lexicon:
    found = entries(TEXTS)
    return Lexicon(found, np.stack([axis(entry.surface) for entry in found]), np.array([tag for tag, _ in TEXTS]))


def wanted(lexicon: Lexicon, query: str, languages=("en", "sw"), tilt: float = 0.6, struck=()) -> list[SearchTerm]:
    asked = lexicon.asked(query, languages)
    return lexicon.wanted(asked, {word: axis(word, tilt) for one in asked for word in one.lacking}, struck)


def test_entries_say_where_each_word_stands():
    found = {(e.language, e.term): (e.surface, e.rows.tolist(), e.counts.tolist()) for e in entries(TEXTS)}
    assert found["en", "honey"] == ("honey", [0], [2])
    assert found["en", "bee"] == ("bee", [0, 1], [1, 1])
    assert found["sw", "asali"] == ("asali", [3], [1])
    assert list(found) == sorted(found)


def test_the_commonest_form_stands_for_its_stem():
    (entry,) = entries([("en", "Bees bees bee")])
    assert (entry.term, entry.surface) == ("bee", "bees")


def test_a_known_word_stays_and_a_lacking_one_is_joined(lexicon):
    found = wanted(lexicon, "asali")
    assert [(w.language, w.surface, w.word, round(w.weight, 5)) for w in found] == [
        ("en", "honey", "asali", 0.8),
        ("sw", "asali", "asali", 1.0),
    ]
    assert [w.added for w in found] == [True, False]


def test_scores_are_bm25_of_each_language_times_the_weight(lexicon):
    found = lexicon.search(wanted(lexicon, "asali"), 10, IDS)
    # English: 3 documents, 1 with honey, twice; lengths 3, 2, 1. Swahili: 2 documents, 1 with asali; lengths 2, 1.
    english = 0.8 * math.log(1 + 2.5 / 1.5) * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 3 / 2))
    swahili = math.log(1 + 1.5 / 1.5) * 1 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 1.5))
    assert {hit.doc_id: hit.score for hit in found} == pytest.approx({"a": english, "d": swahili}, rel=1e-5)


def test_parts_add_up_to_the_score(lexicon):
    terms = wanted(lexicon, "asali nyuki")
    summed: dict[str, float] = {}
    for one in terms:
        for row, part in zip(*lexicon.parts(one), strict=True):
            summed[IDS[row]] = summed.get(IDS[row], 0.0) + float(part)
    assert {hit.doc_id: hit.score for hit in lexicon.search(terms, 10, IDS)} == pytest.approx(summed, rel=1e-5)


def test_a_far_word_is_not_joined_and_a_struck_one_neither(lexicon):
    assert wanted(lexicon, "asali", ["en"], tilt=math.sqrt(1 - (LEAST - 0.01) ** 2)) == []
    assert wanted(lexicon, "asali", ["en"], struck=["honey"]) == []
    assert wanted(lexicon, "asali", ["sw"], struck=["asali"]) != []  # the query's own words are not struck


def test_at_most_three_words_join():
    found = entries([("en", " ".join(f"word{c}" for c in "abcdef")), ("sw", "neno")])
    lexicon = Lexicon(found, np.ones((len(found), 1), np.float32), np.array(["en", "sw"]))
    terms = lexicon.wanted(lexicon.asked("kitu", ["en"]), {"kitu": np.ones(1, np.float32)})
    assert len(terms) == NEAREST


def test_numbers_and_words_without_a_vector_are_not_joined(lexicon):
    assert lexicon.asked("1796", ["en"])[0].lacking == ()
    assert lexicon.wanted(lexicon.asked("qqq", ["en"]), {"qqq": np.zeros(5, np.float32)}) == []


def test_a_language_the_index_lacks_is_not_asked(lexicon):
    assert lexicon.asked("asali", ["th"]) == []


def test_without_spaces_the_pieces_stand_for_what_is_lacking():
    found = entries([("zh", "蜂蜜和花"), ("en", "honey")])
    lexicon = Lexicon(found, np.ones((len(found), 1), np.float32), np.array(["zh", "en"]))
    chinese, english = lexicon.asked("蜂蜜 tea", ["zh", "en"], ["蜂蜜", "tea"])
    assert ([t.term for t in chinese.known], chinese.lacking) == (["蜂蜜"], ("tea",))
    assert (english.known, english.lacking) == ((), ("tea", "蜂蜜"))


def test_through_the_pipeline_a_query_finds_other_languages(indexed):
    query = Query("q", "sw", "asali")
    (trace,) = indexed.search(query, ["bm25[q=lex]"], collection_id="small")
    assert {"honey.sw", "honey.en"} <= set(trace.ranking.doc_ids)
    added = {term.language: term.surface for term in trace.steps[0].terms if term.added}
    assert added["en"] in {"honey", "nectar", "bees"}
    surfaces = [term.surface for term in trace.steps[0].terms if term.added and term.language == "en"]
    (struck,) = indexed.search(query, [f'bm25[q=lex, drop="{" ".join(surfaces)}"]'], collection_id="small")
    assert not [term for term in struck.steps[0].terms if term.added and term.language == "en"]
    (only,) = indexed.search(query, ["bm25[q=lex]"], collection_id="small", languages=["ja"])
    assert {term.language for term in only.steps[0].terms} <= {"ja"}
    assert "static-26" in trace.revisions


def test_an_option_it_does_not_have_is_said(indexed):
    assert "no option 'k'" in str(indexed.faults(["bm25[k=3, q=lex]"], "small")["bm25[k=3, q=lex]"])
