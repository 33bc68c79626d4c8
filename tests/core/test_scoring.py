"""Fusion and late interaction against numbers worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.records import Hit, Ranking
from core.scoring import maxsim, mean_rank, min_max, ranking, reciprocal_rank_fusion, unit_rows, weighted_sum


def listed(*pairs: tuple[str, float]) -> Ranking:
    return Ranking(tuple(Hit(doc_id, score) for doc_id, score in pairs))


def test_ties_are_broken_by_doc_id():
    assert ranking([Hit("b", 1.0), Hit("c", 2.0), Hit("a", 1.0)]).doc_ids == ["c", "a", "b"]


@given(st.lists(st.tuples(st.text(min_size=1, max_size=3), st.floats(-5, 5)), unique_by=lambda pair: pair[0]))
def test_the_order_never_depends_on_the_order_given(pairs):
    hits = [Hit(doc_id, score) for doc_id, score in pairs]
    assert ranking(hits) == ranking(hits[::-1])
    assert ranking(hits, 2) == ranking(hits).first(2)


def test_reciprocal_rank_fusion_by_hand():
    fused = reciprocal_rank_fusion([listed(("a", 9.0), ("b", 8.0)), listed(("b", 0.7), ("c", 0.6))], 60, 10)
    assert fused.doc_ids == ["b", "a", "c"]
    assert [hit.score for hit in fused] == pytest.approx([1 / 62 + 1 / 61, 1 / 61, 1 / 62])


def test_weighted_sum_by_hand():
    # first list: a 1, b .5, c 0 after min–max; second: b 1, d 0
    fused = weighted_sum([listed(("a", 6.0), ("b", 4.0), ("c", 2.0)), listed(("b", 0.9), ("d", 0.1))], [0.5, 0.25], 10)
    assert {hit.doc_id: hit.score for hit in fused} == pytest.approx({"a": 0.5, "b": 0.5, "c": 0.0, "d": 0.0})
    assert fused.doc_ids == ["a", "b", "c", "d"]


def test_min_max_of_equal_scores_is_one():
    assert min_max([3.0, 3.0]) == [1.0, 1.0]
    assert min_max([]) == []


def test_mean_rank_counts_a_missing_document_one_past_the_end():
    fused = mean_rank([listed(("a", 2.0), ("b", 1.0)), listed(("b", 5.0))], 10)
    assert {hit.doc_id: hit.score for hit in fused} == {"b": -1.5, "a": -1.5}
    assert fused.doc_ids == ["a", "b"]


def test_maxsim_by_hand():
    query = np.array([[1, 0], [0, 1]], np.float32)
    weights = np.array([3, 1], np.float32)
    documents = [
        np.array([[1, 0], [0.6, 0.8]], np.float32),  # best: 1 and .8
        np.array([[-1, 0]], np.float32),  # best: -1 and 0
        np.zeros((0, 2), np.float32),
    ]
    assert maxsim(query, weights, documents) == pytest.approx([(3 + 0.8) / 4, -3 / 4, 0])
    assert maxsim(query, np.zeros(2, np.float32), documents) == pytest.approx([0, 0, 0])


def test_maxsim_of_a_document_does_not_depend_on_its_neighbours():
    rng = np.random.default_rng(1)
    query = unit_rows(rng.normal(size=(4, 8)).astype(np.float32))
    documents = [unit_rows(rng.normal(size=(n, 8)).astype(np.float32)) for n in (3, 0, 7, 1)]
    together = maxsim(query, np.ones(4, np.float32), documents)
    for place, document in enumerate(documents):
        assert together[place] == pytest.approx(maxsim(query, np.ones(4, np.float32), [document])[0], abs=1e-6)


def test_unit_rows_keep_zero():
    assert unit_rows(np.array([[3, 4], [0, 0]], np.float32)) == pytest.approx(np.array([[0.6, 0.8], [0, 0]]))
