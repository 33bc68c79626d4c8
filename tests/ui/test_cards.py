import pytest

from core.grammar import parse
from core.records import Document, Query
from ui.cards import CARDS, Deck, face, part, scale, score_text, whole_text


def joined(pieces):
    return "".join(text for text, _ in pieces)


def test_a_column_holds_everything_its_cards_show(bench):
    query, _ = bench.query("tiny", "how do bees make honey")
    deck = Deck(query, lambda ids: bench.documents("tiny", ids))
    traces = list(bench.search(query, ["bm25", "rrf(bm25, dense:static-26) >> maxsim:static-26"], collection_id="tiny"))
    columns = [deck.answered(trace) for trace in traces]
    first = columns[0]["hits"][0]
    assert first["id"] == "honey.en"
    assert [text for text, strength in first["title"] if strength] == ["How", "bees make honey"] or any(
        s for _, s in first["title"]
    )
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
    assert joined(whole_text(document, Query("q", "en", "honey"))) == text


@pytest.mark.parametrize("text", ["", "x", "a\u202eb\u0000 ${x} {{y}} <b>", "\ud800 lone", "漢字" * 400, "ab " * 5000])
def test_any_text_makes_a_card(text):
    shown = face(Document("d", "ja", text[:50], text), frozenset({"ab"}))
    assert set(shown) == {"id", "language", "title", "before", "text", "led", "cut"}
    (joined(shown["title"]) + joined(shown["before"]) + joined(shown["text"])).encode()


def test_parts_keep_their_marks():
    assert part("abcdef", [(1, 3), (4, 6)], 0, 6) == [("a", 0), ("bc", 1), ("d", 0), ("ef", 1)]
    assert part("abcdef", [(1, 3), (4, 6)], 2, 5) == [("c", 1), ("d", 0), ("e", 1)]
    assert part("abcdef", [(1, 3)], 3, 6) == [("def", 0)]


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
