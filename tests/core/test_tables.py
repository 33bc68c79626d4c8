"""Systems × languages on the small collection, against the same means taken by hand."""

import math

import pytest

from core.evaluation.tables import markdown, table


@pytest.fixture
def found(indexed):
    return table(
        ["bm25", "dense:static-26"], indexed.collection("small"), index=indexed.index("small"), service=indexed.service
    )


def test_languages_and_counts(found):
    assert (found.systems, found.languages) == (("bm25", "dense:static-26"), ("en", "sw"))
    assert found.queries == {"en": 2, "sw": 1}


def test_pool_is_ndcg_over_all_documents(indexed, found):
    """bm25 finds for n1.en only the one document that shares words with it: gain 1 of the ideal 1 + 1/log₂3 + …"""
    query, _ = indexed.query("small", "how do bees make honey")
    (trace,) = indexed.search(query, ["bm25"], collection_id="small")
    gains = [1.0 if doc_id.startswith("honey") else 0.0 for doc_id in trace.ranking.doc_ids[:10]]
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, 5))
    first = sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1)) / ideal
    query, _ = indexed.query("small", "why does dough rise")
    (trace,) = indexed.search(query, ["bm25"], collection_id="small")
    gains = [1.0 if doc_id.startswith("bread") else 0.0 for doc_id in trace.ranking.doc_ids[:10]]
    second = sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1)) / ideal
    assert found.pool["bm25"]["en"] == pytest.approx((first + second) / 2)


def test_others_leaves_out_the_querys_own_language(indexed, found):
    query, _ = indexed.query("small", "nyuki hutengenezaje asali")
    (trace,) = indexed.search(query, ["dense:static-26"], collection_id="small")
    foreign = [doc_id for doc_id in trace.ranking.doc_ids if not doc_id.endswith(".sw")]
    rank = next(rank for rank, doc_id in enumerate(foreign, start=1) if doc_id.startswith("honey"))
    assert found.others["dense:static-26"]["sw"] == pytest.approx(1 / rank)
    assert found.others["bm25"]["sw"] == 0


def test_it_prints_as_markdown(found):
    said = markdown(found)
    assert "| system | en | sw | all |" in said
    assert said.count("`bm25`") == 2
