"""Measures by hand, and that ties and missing documents count as they should."""

import math

import pytest

from core.errors import BadInput
from core.evaluation.measuring import mean, measured
from core.records import Hit, Qrel, Ranking

QRELS = [Qrel("q", "a", 3), Qrel("q", "b", 1), Qrel("q", "c", 0), Qrel("r", "a", 1)]


def listed(*doc_ids: str) -> Ranking:
    return Ranking(tuple(Hit(doc_id, 1.0) for doc_id in doc_ids))  # equal scores: the order is what counts


def test_ndcg_by_hand():
    values = measured("nDCG@10", {"q": listed("c", "b", "a"), "r": listed()}, QRELS)
    gained = 1 / math.log2(3) + 3 / math.log2(4)
    ideal = 3 / math.log2(2) + 1 / math.log2(3)
    assert values == pytest.approx({"q": gained / ideal, "r": 0.0})


def test_reciprocal_rank_follows_the_order_shown():
    assert measured("RR@10", {"q": listed("c", "x", "b")}, QRELS) == pytest.approx({"q": 1 / 3})


def test_only_judged_queries_count():
    assert measured("RR@10", {"q": listed("a"), "unjudged": listed("a")}, QRELS) == {"q": 1.0}


def test_an_unknown_measure_is_said():
    with pytest.raises(BadInput, match="no measure 'nCDG@10'"):
        measured("nCDG@10", {}, QRELS)


def test_mean_of_nothing_is_nan():
    assert math.isnan(mean([]))
