"""What the panel asks: the document in full, why it came, its translations; whatever a browser may send."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.grammar import parse
from ui.events import answering
from ui.why import Why

SYSTEM = "rrf(bm25[q=lex], dense:static-26) >> maxsim:static-26"


@pytest.fixture
def why(bench):
    return Why(bench)


def asked(**more):
    plain = {"collection": "tiny", "query": "how do bees make honey", "language": "en", "doc": "honey.ar"}
    return plain | {"system": SYSTEM, "documents": []} | more


def joined(pieces):
    return "".join(text for text, *_ in pieces)


def test_tints_of_the_cards_on_screen_join_to_their_texts(why, bench):
    answer = why.match(asked(cards=[["honey.ar", 0, 500], ["nothing", 0, 9], ["long.en", 3300, 3330]]))
    documents = bench.documents("tiny", ["honey.ar", "long.en"])
    (ar, start, _, title, text), (long, *_, middle) = answer["tints"]
    assert (ar, start, joined(title), joined(text)) == (
        "honey.ar",
        0,
        documents["honey.ar"].title,
        documents["honey.ar"].text,
    )
    assert (long, joined(middle)) == ("long.en", documents["long.en"].text[3300:3330])
    assert ("bees" in {piece[2] for piece in title if piece[1]}) or (
        "honey" in {piece[2] for piece in title if piece[1]}
    )


@pytest.mark.parametrize(
    "cards", [None, "x", [["a"]], [["a", 5, 2]], [["a", 0, 10**6]], [[1, 0, 2]], [["a", 0, 1]] * 161]
)
def test_cards_that_are_none_are_refused(why, cards):
    assert answering(why.match, "match_words")(asked(cards=cards))["ok"] is False


def test_a_document_in_full(why):
    sheet = why.read(asked(doc="long.en"))["sheet"]
    assert joined(sheet["text"]).startswith("Nothing is said here.")
    assert joined(sheet["text"]) == joined(sheet["tints"][1])
    assert any(piece[1] == 1 for piece in sheet["text"])


def test_translations_begin_with_the_document_itself(why):
    sheets = why.translations(asked())["sheets"]
    assert [sheet["id"] for sheet in sheets] == ["honey.ar", "honey.en"]


def test_why_says_the_last_stage_first_and_adds_up(why):
    answer = why.explain(asked())
    names = [account["stage"] for account in answer["accounts"]]
    assert names == [">> maxsim:static-26", "rrf(bm25[q=lex], dense:static-26)", "dense:static-26", "bm25[q=lex]"]
    assert all(account["exact"] for account in answer["accounts"])
    fused = answer["accounts"][1]
    assert fused["parts"][0]["how"] == f"1 / (60 + {fused['parts'][0]['rank']})"
    lexical = answer["accounts"][3]["parts"]
    assert {part["what"] for part in lexical} & {"honey", "bees"}
    matrix = answer["matrix"]
    assert len(matrix["cosines"]) == len(matrix["passage"])
    assert all(len(row) == len(matrix["query"]) for row in matrix["cosines"])
    assert [faded for word, faded in matrix["query"] if word == "do"] == [True]


def test_a_word_is_struck_and_taken_back(why):
    name = why.strike({"system": SYSTEM, "word": "عسل", "struck": True})["system"]
    assert name == "rrf(bm25[drop=عسل, q=lex], dense:static-26) >> maxsim:static-26"
    assert why.strike({"system": name, "word": "عسل", "struck": False})["system"] == SYSTEM
    hindi = why.strike({"system": "bm25[q=lex]", "word": "मधुमक्खियाँ", "struck": True})["system"]
    assert parse(hindi).option("drop") == "मधुमक्खियाँ"


@pytest.mark.parametrize("word", ["", "two words", 'a"b', "a\u00a0b", "x" * 201, 5, None])
def test_what_is_not_a_word_is_not_struck(why, word):
    answer = answering(why.strike, "strike_word")({"system": "bm25[q=lex]", "word": word, "struck": True})
    assert answer["ok"] is False
    assert answer["error"].endswith((".", "?"))


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*asked(), "cards", "word"]), inner, max_size=6)
    ),
    max_leaves=10,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(json, st.dictionaries(st.sampled_from([*asked(), "cards", "word", "struck"]), json, max_size=3))
def test_nothing_a_browser_sends_raises(why, data, more):
    for name in ("match", "read", "translations", "explain", "strike"):
        for sent in (data, asked() | more):
            assert isinstance(answering(getattr(why, name), name)(sent)["ok"], bool)
