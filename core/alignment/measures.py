"""How well two languages are lined up by one encoder: arithmetic on parallel vectors, row i of one translating row i.

All take x, y [n, dim] of unit rows.
"""

import numpy as np
from numpy.typing import NDArray

from core.protocols import Matrix

NEIGHBOURS = 4
"""Neighbours of the margin, as LASER's xsim has it."""


def nearest_is_own(x: Matrix, y: Matrix) -> NDArray[np.bool_]:
    """[n]: whether the nearest row of y, strictly, is the translation."""
    similarity = x @ y.T
    own = np.diagonal(similarity).copy()
    np.fill_diagonal(similarity, -np.inf)
    return np.asarray(own > similarity.max(axis=1, initial=-np.inf))


def retrieval_at_1(x: Matrix, y: Matrix) -> float:
    """Share of rows of x whose nearest row of y, strictly, is their translation."""
    return float(np.mean(nearest_is_own(x, y)))


def margin_error(x: Matrix, y: Matrix, neighbours: int = NEIGHBOURS) -> float:
    """xsim: share of rows of x whose best row of y by ratio margin is not their translation."""
    return float(np.mean(margin_errs(x, y, neighbours)))


def margin_errs(x: Matrix, y: Matrix, neighbours: int = NEIGHBOURS) -> NDArray[np.bool_]:
    """[n]: whether the best row of y by ratio margin is not the translation. Source: artetxe2019margin.

    The margin divides the cosine by the mean cosine of both to their nearest `neighbours` on the other side, so a row
    that is near to everything gains nothing from it.
    """
    similarity = x @ y.T
    k = min(neighbours, len(y))
    nearest = np.argpartition(-similarity, k - 1, axis=1)[:, :k]
    forward = np.take_along_axis(similarity, nearest, axis=1).mean(axis=1)
    backward = -np.partition(-similarity, k - 1, axis=0)[:k].mean(axis=0)
    candidates = np.take_along_axis(similarity, nearest, axis=1)
    margins = candidates / np.maximum((forward[:, None] + backward[nearest]) / 2, 1e-9)
    best = nearest[np.arange(len(x)), margins.argmax(axis=1)]
    return np.asarray(best != np.arange(len(x)))


def matched_cosine(x: Matrix, y: Matrix) -> float:
    """Mean cosine of translations."""
    return float(np.mean(np.einsum("nd,nd->n", x, y)))


def random_cosine(x: Matrix, y: Matrix) -> float:
    """Mean cosine of all pairs that are not translations; 0 where there is only one."""
    n = len(x)
    if n < 2:
        return 0.0
    total = float(x.sum(axis=0) @ y.sum(axis=0))
    return (total - n * matched_cosine(x, y)) / (n * (n - 1))
