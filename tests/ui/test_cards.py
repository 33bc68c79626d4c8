import pytest

from core.grammar import parse
from core.records import Document
from core.systems import with_dropped
from ui.cards import CARDS, DEPTH, Deck, agreement, face, scale, score_text


def joined(pieces):
    return "".join(text for text, *_ in pieces)


def test_a_column_holds_everything_its_cards_show(bench):
    query, _ = bench.query("tiny", "how do bees make honey")
    deck = Deck(query, lambda ids: bench.documents("tiny", ids))
    traces = list(bench.search(query, ["bm25", "rrf(bm25, dense:static-26) >> maxsim:static-26"], collection_id="tiny"))
    columns = [deck.answered(trace) for trace in traces]
    first = columns[0]["hits"][0]
    assert first["id"] == "honey.en"
    assert [text for text, line in first["title"] if line] == ["How", "bees", "make", "honey"]
    assert (
        joined(first["before"]) + joined(first["text"]) == "Worker bees suck nectar. The honey is kept in cells of wax."
    )
    assert [hit["rank"] for hit in columns[1]["hits"]] == list(range(1, len(columns[1]["hits"]) + 1))
    assert columns[1]["stages"][-1]["name"] == ">> maxsim:static-26"
    assert columns[0]["seconds"] > 0
    assert all(len(column["hits"]) <= CARDS for column in columns)


def test_a_document_of_several_columns_is_read_once(bench):
    query, _ = bench.query("tiny", "honey")
    asked = []
    deck = Deck(query, lambda ids: asked.extend(ids) or bench.documents("tiny", ids))
    for trace in bench.search(query, ["bm25", "dense:static-26"], collection_id="tiny"):
        deck.answered(trace)
    assert len(asked) == len(set(asked))


def test_a_long_text_is_an_excerpt_around_the_match_and_opens_whole():
    text = "Nothing is said here. " * 150 + "The honey is here. " + "And no more. " * 20
    document = Document("long", "en", "", text)
    shown = face(document, frozenset({"honey"}))
    assert shown["cut"]
    assert shown["led"]
    assert ["honey", 1] in [list(piece) for piece in shown["text"]]
    assert len(joined(shown["text"])) <= 600
    begin, stop = shown["span"]
    assert text[begin:stop] == joined(shown["before"]) + joined(shown["text"])


@pytest.mark.parametrize("text", ["", "x", "a\u202eb\u0000 ${x} {{y}} <b>", "\ud800 lone", "漢字" * 400, "ab " * 5000])
def test_any_text_makes_a_card(text):
    shown = face(Document("d", "ja", text[:50], text), frozenset({"ab"}))
    assert set(shown) == {"id", "group", "language", "title", "before", "text", "led", "cut", "span"}
    (joined(shown["title"]) + joined(shown["before"]) + joined(shown["text"])).encode()


def test_exact_marks_are_what_was_searched_in_the_language_of_the_document(bench):
    query, _ = bench.query("tiny", "العسل bees", "ar")
    deck = Deck(query, lambda ids: bench.documents("tiny", ids))
    (trace,) = bench.search(query, ["bm25"], collection_id="tiny")
    marked = {
        hit["id"]: [text for text, line in [*hit["title"], *hit["text"]] if line]
        for hit in deck.answered(trace)["hits"]
    }
    assert "bees" in marked["honey.en"]
    assert any("العسل" in text for text in marked["honey.ar"])


def test_a_column_says_which_words_were_added_and_marks_them_only_there(bench):
    query, _ = bench.query("tiny", "العسل")
    deck = Deck(query, lambda ids: bench.documents("tiny", ids))
    names = ["dense:static-26", "bm25[q=lex]"]
    plain, crossing = (deck.answered(t, i) for i, t in enumerate(bench.search(query, names, collection_id="tiny")))
    assert plain["words"] is None
    (english,) = crossing["words"]["languages"]
    assert english["language"] == "en"
    assert ["العسل", "honey"] in [words[:2] for words in english["words"]]
    hits = {
        name: next(hit for hit in column["hits"] if hit["id"] == "honey.en")
        for name, column in [("plain", plain), ("crossing", crossing)]
    }
    assert all(line == 0 for _, line in hits["plain"]["title"])
    assert [piece[:3] for piece in hits["crossing"]["title"] if piece[1] == 2][-1] == ("honey", 2, "العسل")
    assert crossing["beside"].keys() == {"overlap", "rbo", "shared"}
    assert sum(crossing["shares"].values()) == pytest.approx(1)


def test_a_word_that_is_struck_out_is_not_added(bench):
    query, _ = bench.query("tiny", "العسل")
    name = str(with_dropped(parse("wsum(bm25[q=lex] .5, dense:static-26 .5)"), "honey"))
    (trace,) = bench.search(query, [name], collection_id="tiny")
    words = Deck(query, lambda ids: bench.documents("tiny", ids)).answered(trace)["words"]
    assert words["struck"] == ["honey"]
    assert "honey" not in [surface for one in words["languages"] for _, surface, _ in one["words"]]


def test_columns_are_compared_with_the_one_before():
    assert agreement(None, ["a"]) is None
    assert agreement(["a", "b"], ["a", "b"]) == {"overlap": ".20", "rbo": "1.00", "shared": 2}


@pytest.mark.parametrize(
    ("system", "score", "shown"),
    [
        ("bm25", 21.4773, "21.5"),
        ("dense:static-26", 0.4884, ".488"),
        ("dense:static-26", -0.02, "-.020"),
        ("rrf(bm25, dense:static-26)", 0.03278, ".0328"),
        ("wsum(bm25 .5, dense:static-26 .5)", 1.0, "1.000"),
    ],
)
def test_scores_are_written_in_the_system_s_own_scale(system, score, shown):
    assert score_text(parse(system), score) == shown
    assert " · " in scale(parse(system), score)


def test_a_column_says_its_order_deeper_than_its_cards(bench):
    query, _ = bench.query("tiny", "how do bees make honey")
    deck = Deck(query, lambda ids: bench.documents("tiny", ids))
    (trace,) = bench.search(query, ["dense:static-26"], collection_id="tiny")
    column = deck.answered(trace)
    assert column["order"] == trace.ranking.doc_ids[:DEPTH]
    assert [hit["id"] for hit in column["hits"]] == column["order"][:CARDS]
