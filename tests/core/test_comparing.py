"""Overlap and rank-biased overlap, by hand and by the definition's own sums."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.comparing import Move, language_share, movement, overlap, rank_biased_overlap
from core.errors import BadInput

LISTS = st.lists(st.integers(0, 12).map(str), unique=True, max_size=10)


def test_overlap_by_hand():
    assert overlap(["a", "b", "c"], ["c", "a", "x"], 3) == pytest.approx(2 / 3)
    assert overlap(["a"], ["a"], 10) == pytest.approx(0.1)
    assert overlap([], [], 10) == 0
    with pytest.raises(BadInput):
        overlap([], [], 0)


def test_rbo_by_hand():
    # a b / b a, p .5: agreements 0 and 1; (1-p)/p (0·p + 1·p²) + 1·p² = .25 + .25
    assert rank_biased_overlap(["a", "b"], ["b", "a"], 0.5) == pytest.approx(0.5)
    # lists of 1 and 2: a / a b, p .5: X = 1, 1; sum = 1·.5 + 1/2·.25 + 1·1/(1·2)·.25 = .75; + (0/2 + 1)·.25
    assert rank_biased_overlap(["a"], ["a", "b"], 0.5) == pytest.approx(1.0)
    # a b c / a x y, p .9: X 1 1 1; (.1/.9)(.9 + .81/2 + .729/3) + (1/3)·.729
    assert rank_biased_overlap(list("abc"), list("axy"), 0.9) == pytest.approx(0.1 / 0.9 * 1.548 + 0.243)


@given(LISTS, LISTS, st.floats(0.05, 0.95))
def test_rbo_is_symmetric_and_between_nothing_and_all(first, second, p):
    value = rank_biased_overlap(first, second, p)
    assert value == pytest.approx(rank_biased_overlap(second, first, p))
    assert -1e-9 <= value <= 1 + 1e-9
    if first:
        assert rank_biased_overlap(first, first, p) == pytest.approx(1)
    if not set(first) & set(second) and (first or second):
        assert value == pytest.approx(0)


@given(LISTS, LISTS, st.floats(0.05, 0.95))
def test_rbo_is_its_definition(first, second, p):
    """Equation 32 with sets, term by term."""
    short, long = sorted((first, second), key=len)
    if not short:
        return
    s, n = len(short), len(long)
    x = [0, *(len(set(short[:d]) & set(long[:d])) for d in range(1, n + 1))]
    summed = sum(x[d] / d * p**d for d in range(1, n + 1)) + sum(
        x[s] * (d - s) / (s * d) * p**d for d in range(s + 1, n + 1)
    )
    assert rank_biased_overlap(first, second, p) == pytest.approx(
        (1 - p) / p * summed + ((x[n] - x[s]) / n + x[s] / s) * p**n
    )


def test_rbo_of_nothing():
    assert rank_biased_overlap([], []) == 1
    assert rank_biased_overlap([], ["a"]) == 0
    with pytest.raises(BadInput):
        rank_biased_overlap(["a"], ["a"], 1.0)


def test_language_share():
    languages = {"a": "sw", "b": "en", "c": "sw"}
    assert language_share(["a", "b", "c"], languages) == pytest.approx({"sw": 2 / 3, "en": 1 / 3})
    assert language_share([], languages) == {}


def test_movement_by_hand():
    # reference a b c d, list c a x b: of its first 3, c rose from 3, a fell from 1, x is new; b is gone, it stands at 4
    assert movement(list("abcd"), list("caxb"), 3) == [
        Move("c", "up", 1, 3),
        Move("a", "down", 2, 1),
        Move("x", "new", 3, None),
        Move("b", "gone", 4, 2),
    ]
    assert [move.by for move in movement(list("abcd"), list("caxb"), 3)] == [2, -1, 0, -2]
    # deeper in the reference than 3 is not new: d rose from 4; c is in no place of the list any more
    assert movement(list("abcd"), list("abd"), 3) == [
        Move("a", "same", 1, 1),
        Move("b", "same", 2, 2),
        Move("d", "up", 3, 4),
        Move("c", "gone", None, 3),
    ]
    assert movement([], [], 5) == []
    with pytest.raises(BadInput):
        movement([], [], 0)


@given(LISTS, LISTS, st.integers(1, 12))
def test_every_document_of_both_firsts_moves_once(reference, ranking, k):
    moves = movement(reference, ranking, k)
    shown = ranking[:k]
    assert [move.doc_id for move in moves[: len(shown)]] == shown
    assert [move.doc_id for move in moves[len(shown) :]] == [doc for doc in reference[:k] if doc not in shown]
    assert all((move.kind == "gone") == (at >= len(shown)) for at, move in enumerate(moves))
    for move in moves:
        assert move.rank == (ranking.index(move.doc_id) + 1 if move.doc_id in ranking else None)
        assert move.before == (reference.index(move.doc_id) + 1 if move.doc_id in reference else None)


@given(LISTS, LISTS, st.integers(1, 12))
def test_what_rises_one_way_falls_the_other(reference, ranking, k):
    back = {move.doc_id: move for move in movement(ranking, reference, k)}
    for move in movement(reference, ranking, k):
        if move.doc_id in back:
            assert move.by == -back[move.doc_id].by
    assert {move.kind for move in movement(ranking, ranking, k)} <= {"same"}
