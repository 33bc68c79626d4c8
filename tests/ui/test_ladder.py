"""What the ladder is told: titles of documents below the cards, and the grades of a judged query."""

import pytest

from core.collections.judgments import judged
from core.errors import BadInput
from ui.ladder import Ladder


def ask(bench, query, docs):
    return Ladder(bench).read({"collection": "tiny", "query": query, "language": "en", "docs": docs})


def test_documents_have_language_and_title_and_unknown_ones_are_left_out(bench):
    answer = ask(bench, "honey", ["honey.en", "long.en", "gone"])
    assert answer["documents"] == {"honey.en": ["en", "How bees make honey"], "long.en": ["en", ""]}


def test_grades_of_a_judged_query_only(bench):
    assert ask(bench, "a query that nobody judged", ["honey.en"])["judged"] is None
    docs = ["tides.en", "honey.ar", "long.en"]
    assert ask(bench, "how do bees make honey", docs)["judged"] == {"tides.en": 0, "honey.ar": 2}


def test_more_documents_than_eight_lists_have_are_refused(bench):
    with pytest.raises(BadInput):
        ask(bench, "honey", [f"d{i}" for i in range(801)])


def test_judgments_of_one_query_are_those_among_all(bench):
    qrels = bench.collection("demo").qrels
    query_id = bench.collection("demo").queries[7].query_id
    assert judged(qrels, query_id) == {one.doc_id: one.grade for one in qrels if one.query_id == query_id}
    assert len(judged(qrels, query_id)) > 1000
    assert judged(qrels, "nobody") == {}
