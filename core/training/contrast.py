"""The arithmetic of contrastive training: a loss with its exact gradient, and Adam on the rows that were touched."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float32]

_TINY = np.float32(1e-6)


@dataclass(frozen=True, slots=True)
class Block:
    """n pairs of bags over the local `rows` of the table; `masked` [n, n] marks pairs that are no negatives."""

    rows: NDArray[np.int64]
    left: csr_array
    right: csr_array
    masked: NDArray[np.bool_] | None = None


def block_gradient(
    table: Floats, block: Block, *, scale: float, dims: Sequence[tuple[int, float]]
) -> tuple[float, Floats]:
    """The loss of a block and its gradient for the table's `block.rows`.

    InfoNCE both ways at each of dims = (first dimensions, weight); the bags' vectors are sums, made unit length.
    Source: oord2018cpc. Source: kusupati2022matryoshka.
    """
    local = table[block.rows]
    left, right = block.left @ local, block.right @ local
    to_left, to_right = np.zeros_like(left), np.zeros_like(right)
    loss = 0.0
    for dim, weight in dims:
        part, on_left, on_right = info_nce(left[:, :dim], right[:, :dim], scale=scale, masked=block.masked)
        loss += weight * part
        to_left[:, :dim] += np.float32(weight) * on_left
        to_right[:, :dim] += np.float32(weight) * on_right
    return loss, block.left.T @ to_left + block.right.T @ to_right


def info_nce(
    left: Floats, right: Floats, *, scale: float, masked: NDArray[np.bool_] | None = None
) -> tuple[float, Floats, Floats]:
    """Mean cross entropy of finding each row's partner, both ways, and its gradients for left and right [n, dim]."""
    n = len(left)
    a, a_norm = _unit(left)
    b, b_norm = _unit(right)
    likely: Floats = a @ b.T
    right_on = np.einsum("ij,ij->i", a, b)
    likely -= np.float32(1)
    likely *= np.float32(scale)
    np.exp(likely, out=likely)  # cosines are at most 1, so nothing overflows
    if masked is not None:
        likely[masked] = 0
    by_row, by_column = likely.sum(axis=1), likely.sum(axis=0)
    own = np.float32(scale) * (right_on - 1)
    loss = float(np.mean(np.log(by_row) + np.log(by_column) - 2 * own)) / 2
    likely *= (1 / by_row)[:, None] + (1 / by_column)[None, :]
    likely.flat[:: n + 1] -= np.float32(2)
    step = np.float32(scale / (2 * n))
    on_a: Floats = likely @ b
    on_b: Floats = likely.T @ a
    on_a *= step
    on_b *= step
    return loss, _through(on_a, a, a_norm), _through(on_b, b, b_norm)


def _unit(vectors: Floats) -> tuple[Floats, Floats]:
    norms = np.maximum(np.sqrt(np.einsum("ij,ij->i", vectors, vectors)), _TINY)[:, None]
    return vectors / norms, norms


def _through(gradient: Floats, unit: Floats, norm: Floats) -> Floats:
    """A unit vector's gradient as one of the vector before it was made unit length."""
    along = np.einsum("ij,ij->i", gradient, unit)[:, None]
    return np.asarray((gradient - along * unit) / norm, np.float32)


class Adam:
    """Adam whose moments move only for the rows that a step touches. Source: kingma2015adam."""

    def __init__(self, shape: tuple[int, int], *, first: float = 0.9, second: float = 0.99) -> None:
        self.first, self.second = np.float32(first), np.float32(second)
        self.mean, self.square = np.zeros(shape, np.float32), np.zeros(shape, np.float32)

    def step(self, table: Floats, rows: NDArray[np.int64], gradient: Floats, *, rate: float, number: int) -> None:
        """Moves those rows of the table; `number` counts the steps from 1."""
        mean = self.mean[rows]
        mean += (1 - self.first) * (gradient - mean)
        self.mean[rows] = mean
        square = self.square[rows]
        square += (1 - self.second) * (gradient * gradient - square)
        self.square[rows] = square
        np.sqrt(square, out=square)
        square += np.float32(1e-8) * np.sqrt(1 - self.second**number)
        factor = np.float32(rate * np.sqrt(1 - float(self.second) ** number) / (1 - float(self.first) ** number))
        mean /= square
        mean *= factor
        table[rows] -= mean


def merged(parts: Sequence[tuple[NDArray[np.int64], Floats]]) -> tuple[NDArray[np.int64], Floats]:
    """The sum of several rows' gradients, in the order given."""
    rows = np.unique(np.concatenate([own for own, _ in parts]))
    total = np.zeros((len(rows), parts[0][1].shape[1]), np.float32)
    for own, gradient in parts:
        total[np.searchsorted(rows, own)] += gradient
    return rows, total
