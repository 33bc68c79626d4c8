"""How one encoder lines up a collection's parallel documents, language by language, with a control at the floor."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.alignment.measures import margin_error, matched_cosine, random_cosine, retrieval_at_1
from core.errors import BadInput
from core.index import Index
from core.projection import principal_components
from core.protocols import EncoderCard, Matrix
from core.records import Document
from core.scoring import unit_rows

VERSION = "1"
LEAST = 2
"""Parallel documents that two languages must share to be compared."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One language asked, another answering, over the `n` documents that both have; shares, and cosines."""

    asked: str
    answering: str
    n: int
    retrieval: float
    margin_error: float
    matched: float
    random: float


@dataclass(frozen=True, slots=True)
class Point:
    doc_id: str
    group: str
    language: str
    x: float
    y: float


@dataclass(frozen=True)
class Study:
    """Everything that the alignment page shows, and what it was computed from."""

    collection_id: str
    checksum: str
    model: str
    identity: str
    seed: int
    languages: tuple[str, ...]
    pairs: tuple[Pair, ...]
    control: tuple[Pair, ...]
    neighbours: dict[str, dict[str, float]]
    share: float
    low: float
    high: float
    n: int
    points: tuple[Point, ...]
    variance: tuple[float, float]

    @property
    def worst(self) -> Pair:
        """The pair with the lowest retrieval@1; of equal ones the first by language."""
        return min(self.pairs, key=lambda pair: (pair.retrieval, pair.asked, pair.answering))


def study(
    documents: Sequence[Document], index: Index, card: EncoderCard, *, collection_id: str, seed: int = 0
) -> Study:
    """Raises BadInput when no two languages have LEAST documents of the same groups."""
    parallel = [document for document in documents if document.group]
    vectors = index.vectors(card)[[index.positions[document.doc_id] for document in parallel]]
    places = _places(parallel)
    pairs = _pairs(places, vectors)
    if not pairs:
        raise BadInput(
            f"'{collection_id}' has no parallel documents: give translations of one text the same `group` to compare "
            "languages."
        )
    plane, variance = principal_components(vectors)
    share, low, high, n = _interval(places, vectors, seed)
    return Study(
        collection_id=collection_id,
        checksum=index.info.documents,
        model=card.model,
        identity=card.identity,
        seed=seed,
        languages=tuple(sorted(places)),
        pairs=pairs,
        control=_pairs(places, _noise(parallel, card.dim, seed)),
        neighbours=_neighbours(parallel, vectors),
        share=share,
        low=low,
        high=high,
        n=n,
        points=tuple(
            Point(document.doc_id, document.group or "", document.language, float(x), float(y))
            for document, (x, y) in zip(parallel, plane, strict=True)
        ),
        variance=variance,
    )


def sentence(found: Study) -> str:
    """What the numbers say, in one sentence."""
    worst = found.worst
    random = float(np.mean([pair.random for pair in found.pairs]))
    matched = float(np.mean([pair.matched for pair in found.pairs]))
    return (
        f"A text's translation is its nearest neighbour in {_percent(found.share)} of {found.n:,} cases (95 % interval "
        f"{_percent(found.low)} to {_percent(found.high)}); the worst pair is {worst.asked} → {worst.answering} "
        f"with {_percent(worst.retrieval)} of {worst.n}. Translations have a mean cosine of {_unled(matched)}, "
        f"other pairs {_unled(random)}."
    )


def _places(documents: Sequence[Document]) -> dict[str, dict[str, int]]:
    """Language → group → row; of a group that is in a language twice the first."""
    places: dict[str, dict[str, int]] = defaultdict(dict)
    for row, document in enumerate(documents):
        places[document.language].setdefault(document.group or "", row)
    return dict(places)


def _shared(places: dict[str, dict[str, int]], asked: str, answering: str) -> tuple[list[int], list[int]]:
    groups = sorted(places[asked].keys() & places[answering].keys())
    return [places[asked][group] for group in groups], [places[answering][group] for group in groups]


def _pairs(places: dict[str, dict[str, int]], vectors: Matrix) -> tuple[Pair, ...]:
    found = []
    for asked in sorted(places):
        for answering in sorted(places):
            rows, columns = _shared(places, asked, answering)
            if asked == answering or len(rows) < LEAST:
                continue
            x, y = vectors[rows], vectors[columns]
            found.append(
                Pair(
                    asked, answering, len(rows), retrieval_at_1(x, y), margin_error(x, y), matched_cosine(x, y),
                    random_cosine(x, y),
                )
            )  # fmt: skip
    return tuple(found)


def _interval(places: dict[str, dict[str, int]], vectors: Matrix, seed: int) -> tuple[float, float, float, int]:
    """Share of texts whose translation is nearest, over all pairs of languages; its interval by resampling groups."""
    right: dict[str, list[bool]] = defaultdict(list)
    for asked in sorted(places):
        for answering in sorted(places):
            groups = sorted(places[asked].keys() & places[answering].keys())
            if asked == answering or len(groups) < LEAST:
                continue
            similarity = vectors[[places[asked][g] for g in groups]] @ vectors[[places[answering][g] for g in groups]].T
            for at, group in enumerate(groups):
                others = np.delete(similarity[at], at)
                right[group].append(bool(similarity[at, at] > others.max()))
    sums = np.array([[sum(hits), len(hits)] for _, hits in sorted(right.items())], float)
    drawn = np.random.default_rng(seed).integers(0, len(sums), (1000, len(sums)))
    shares = sums[drawn, 0].sum(axis=1) / sums[drawn, 1].sum(axis=1)
    low, high = np.percentile(shares, [2.5, 97.5])
    return float(sums[:, 0].sum() / sums[:, 1].sum()), float(low), float(high), int(sums[:, 1].sum())


def _neighbours(documents: Sequence[Document], vectors: Matrix) -> dict[str, dict[str, float]]:
    """Language → language → share of its documents whose nearest other document is in that language."""
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -np.inf)
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for document, nearest in zip(documents, similarity.argmax(axis=1).tolist(), strict=True):
        counts[document.language][documents[nearest].language] += 1
    return {
        tag: {other: count / sum(row.values()) for other, count in sorted(row.items())}
        for tag, row in sorted(counts.items())
    }


def _noise(documents: Sequence[Document], dim: int, seed: int) -> Matrix:
    """The control: for each text a random direction that depends on nothing but the text and the seed."""
    rows = []
    for document in documents:
        key = hashlib.sha256(f"{seed}\n{document.doc_id}\n{document.text_sha256}".encode()).digest()
        rows.append(np.random.default_rng(np.frombuffer(key, np.uint32)).standard_normal(dim, np.float32))
    return unit_rows(np.array(rows, np.float32).reshape(-1, dim))


def _unled(value: float) -> str:
    return f"{value:.2f}".replace("0.", ".", 1)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
