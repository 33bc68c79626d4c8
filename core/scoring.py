"""The arithmetic of rankings: arrays and lists in, arrays and lists out; no models, files or clocks."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.records import Hit, Ranking

Floats = NDArray[np.float32]


def ranking(hits: Iterable[Hit], depth: int | None = None) -> Ranking:
    """The one order there is: score falling, then doc_id rising; the first `depth` of it."""
    ordered = sorted(hits, key=lambda hit: (-hit.score, hit.doc_id))
    return Ranking(tuple(ordered[:depth]))


def reciprocal_rank_fusion(rankings: Sequence[Ranking], k: int, depth: int) -> Ranking:
    """Each list gives a document 1 / (k + rank). Source: cormack2009rrf."""
    scores: dict[str, float] = {}
    for listed in rankings:
        for rank, hit in enumerate(listed, start=1):
            scores[hit.doc_id] = scores.get(hit.doc_id, 0.0) + 1.0 / (k + rank)
    return ranking((Hit(doc_id, score) for doc_id, score in scores.items()), depth)


def weighted_sum(rankings: Sequence[Ranking], weights: Sequence[float], depth: int) -> Ranking:
    """Each list gives a document its weight × the score put between 0 (the list's last) and 1 (its first)."""
    scores: dict[str, float] = {}
    for listed, weight in zip(rankings, weights, strict=True):
        for hit, value in zip(listed, min_max([hit.score for hit in listed]), strict=True):
            scores[hit.doc_id] = scores.get(hit.doc_id, 0.0) + weight * value
    return ranking((Hit(doc_id, score) for doc_id, score in scores.items()), depth)


def mean_rank(rankings: Sequence[Ranking], depth: int) -> Ranking:
    """Minus the mean of a document's ranks; a list without it counts as one rank past its end."""
    documents = {hit.doc_id for listed in rankings for hit in listed}
    places = [{hit.doc_id: rank for rank, hit in enumerate(listed, start=1)} for listed in rankings]
    return ranking(
        (
            Hit(doc_id, -sum(place.get(doc_id, len(place) + 1) for place in places) / len(places))
            for doc_id in documents
        ),
        depth,
    )


def min_max(scores: Sequence[float]) -> list[float]:
    """Scores between 0 and 1; all equal: all 1."""
    if not scores:
        return []
    low, high = min(scores), max(scores)
    if high == low:
        return [1.0] * len(scores)
    return [(score - low) / (high - low) for score in scores]


def maxsim(query: Floats, weights: Floats, documents: Sequence[Floats]) -> Floats:
    """For each document the weighted mean over query tokens of the best-matching document token.

    query [q, dim] and each document [t, dim] of unit rows, weights [q] ≥ 0 -> [n] float32 in -1..1; nothing to
    compare gives 0. Source: khattab2020colbert.
    """
    scores = np.zeros(len(documents), np.float32)
    total = float(weights.sum())
    filled = [place for place, tokens in enumerate(documents) if len(tokens)]
    if total <= 0.0 or not filled:
        return scores
    similarity = query @ np.concatenate([documents[place] for place in filled]).T
    starts = np.cumsum([0, *(len(documents[place]) for place in filled[:-1])])
    best = np.maximum.reduceat(similarity, starts, axis=1)
    scores[filled] = (weights @ best) / total
    return scores


def unit_rows(vectors: Floats) -> Floats:
    """Rows of length 1; a row of zeros stays."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Floats = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return unit
