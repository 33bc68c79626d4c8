"""Blocks to learn from: pairs of one kind and one pair of languages, drawn from a seed, a step and a number."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.training.contrast import Block
from core.training.pools import Corpora, Numbers

Bag = tuple[Numbers, Numbers]
"""Items and, beside each, a text that belongs to it."""

REACH = 3
"""Rows before and after a part that its window may take in."""


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of the kinds of blocks, and how they are made.

    `same`: share of windows within one language; `cut`: share of windows without their part; `pivot`: share of pairs
    with English; `drop`: share of tokens lost; `power`: a pair of languages is drawn by its size to this power.
    """

    sentences: float = 0.50
    words: float = 0.10
    windows: float = 0.33
    questions: float = 0.07
    pairs: int = 1024
    pivot: float = 0.5
    same: float = 0.5
    cut: float = 0.35
    drop: float = 0.1
    power: float = 0.5


@dataclass(frozen=True)
class Blocks:
    """`block(step, number)` is the same block every time."""

    corpora: Corpora
    mix: Mix
    seed: int
    _chances: dict[str, tuple[list[tuple[str, str]], NDArray[np.float64]]] = field(default_factory=dict)

    def block(self, step: int, number: int) -> Block:
        drawn = np.random.default_rng([self.seed, step, number])
        kind = self._kinds[0][int(np.searchsorted(self._kinds[1], drawn.random() * self._kinds[1][-1], "right"))]
        match kind:
            case "windows":
                return self._windows(drawn)
            case "questions":
                return self._questions(drawn)
            case _:
                return self._translations(kind, drawn)

    @cached_property
    def _kinds(self) -> tuple[list[str], NDArray[np.float64]]:
        """The kinds there is something of, and their summed shares."""
        there = {
            "sentences": bool(self._pairs("sentences")[0]), "words": bool(self._pairs("words")[0]),
            "windows": len(self.corpora.running.cells) > 2 * REACH, "questions": len(self.corpora.questions) > 1,
        }  # fmt: skip
        kinds = [kind for kind, any_of in there.items() if any_of]
        return kinds, np.cumsum([getattr(self.mix, kind) for kind in kinds])

    def _pairs(self, kind: str) -> tuple[list[tuple[str, str]], NDArray[np.float64]]:
        """Pairs of languages and their summed chances: with English by size to a power, the others likewise."""
        if kind not in self._chances:
            sized = {}
            for x, y in combinations(self.corpora.running.languages, 2):
                size = self._size(kind, x, y)
                if size >= 2:
                    sized[x, y] = float(size) ** self.mix.power
            with_english = sum(chance for pair, chance in sized.items() if "en" in pair)
            others = sum(sized.values()) - with_english
            shares = {True: self.mix.pivot / (with_english or 1), False: (1 - self.mix.pivot) / (others or 1)}
            chances = [chance * shares["en" in pair] for pair, chance in sized.items()]
            self._chances[kind] = list(sized), np.cumsum(chances)
        return self._chances[kind]

    def _size(self, kind: str, x: str, y: str) -> int:
        if kind == "windows":
            return len(self.corpora.running.rows(x, y)[0])
        pool = self.corpora.sentences if kind == "sentences" else self.corpora.words
        return pool.size(x, y)

    def _languages(self, kind: str, drawn: np.random.Generator) -> tuple[str, str]:
        pairs, heights = self._pairs(kind)
        return pairs[int(np.searchsorted(heights, drawn.random() * heights[-1], "right"))]

    def _translations(self, kind: str, drawn: np.random.Generator) -> Block:
        pool = self.corpora.sentences if kind == "sentences" else self.corpora.words
        x, y = self._languages(kind, drawn)
        _, left, right = pool.draw(x, y, self.mix.pairs, drawn)
        left, right = _swapped(left, right, drawn)
        items = np.arange(len(left))
        masked = _equal(left) | _equal(right) if kind == "words" else None
        return self._block(len(left), (items, left), (items, right), drawn, masked=masked)

    def _questions(self, drawn: np.random.Generator) -> Block:
        asked = self.corpora.questions[drawn.permutation(len(self.corpora.questions))[: self.mix.pairs]]
        items = np.arange(len(asked))
        return self._block(len(asked), (items, asked[:, 0]), (items, asked[:, 1]), drawn, masked=_equal(asked[:, 1]))

    def _windows(self, drawn: np.random.Generator) -> Block:
        """Parts against the running text around them, across languages or as keywords within one."""
        running = self.corpora.running
        x, y = self._languages("windows", drawn)
        same = drawn.random() < self.mix.same
        x = y = (x, y)[int(drawn.random() < 0.5)] if same else ""
        if not same:
            x, y = self._languages("windows", drawn)
            x, y = (x, y) if drawn.random() < 0.5 else (y, x)
        rows, heights = running.rows(x, y)
        places = np.searchsorted(heights, drawn.random(self.mix.pairs) * heights[-1], "right")
        middle = rows[np.unique(np.minimum(places, len(rows) - 1))]
        around = middle[:, None] + np.arange(-REACH, REACH + 1)
        texts = running.column(y)[np.clip(around, 0, len(running.cells) - 1)]
        before, after = drawn.integers(0, REACH + 1, (2, len(middle), 1))
        offsets = np.arange(-REACH, REACH + 1)[None, :]
        inside = (offsets >= -before) & (offsets <= np.maximum(after, before == 0)) & (around >= 0) & (texts >= 0)
        inside &= around < len(running.cells)
        inside &= running.table[np.clip(around, 0, len(running.cells) - 1)] == running.table[middle][:, None]
        cut = (drawn.random(len(middle)) < (0.5 if same else self.mix.cut)) & (inside.sum(axis=1) > 1)
        inside[cut, REACH] = False
        items, at = np.nonzero(inside)
        part = running.column(x)[middle].astype(np.int64)
        keep = drawn.uniform(0.2, 0.8, len(middle)) if same else None
        near = np.abs(middle[:, None] - middle[None, :]) <= 2 * REACH
        np.fill_diagonal(near, val=False)
        whole = (items, texts[items, at].astype(np.int64))
        return self._block(len(middle), (np.arange(len(middle)), part), whole, drawn, masked=near, keep=keep)

    def _block(
        self, n: int, left: Bag, right: Bag, drawn: np.random.Generator, *,
        masked: NDArray[np.bool_] | None = None, keep: NDArray[np.float64] | None = None,
    ) -> Block:  # fmt: skip
        """The bags of two sides, less the tokens that chance drops; `keep` is the left items' own chance."""
        sides = []
        for (items, texts), chance in ((left, keep), (right, None)):
            owners, ids = self.corpora.texts.tokens(items, texts)
            stays = drawn.random(len(ids)) < (1 - self.mix.drop if chance is None else chance[owners])
            sides.append((owners[stays], ids[stays]))
        rows, local = np.unique(np.concatenate([ids for _, ids in sides]), return_inverse=True)
        ends = len(sides[0][1])
        bags = [
            csr_array((np.ones(len(owners), np.float32), (owners, at)), shape=(n, len(rows)))
            for (owners, _), at in zip(sides, (local[:ends], local[ends:]), strict=True)
        ]
        return Block(rows.astype(np.int64), bags[0], bags[1], masked)


def _swapped(left: Numbers, right: Numbers, drawn: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Half of the pairs the other way round, so that half of the negatives are in the anchor's language."""
    turned = drawn.random(len(left)) < 0.5
    return np.where(turned, right, left), np.where(turned, left, right)


def _equal(texts: Sequence[int] | Numbers) -> NDArray[np.bool_]:
    """Which pairs of different items have the same text."""
    own = np.asarray(texts)
    found = own[:, None] == own[None, :]
    np.fill_diagonal(found, val=False)
    return np.asarray(found)
