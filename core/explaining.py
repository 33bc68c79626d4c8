"""Which words of a document answer which words of a query, in any two languages."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import regex  # type: ignore[import-untyped, unused-ignore]

from core.lexicon import UNSPACED
from core.protocols import EncoderCard, Matrix, Service, TokenVectors
from core.scoring import unit_rows

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’\u200c][\p{L}\p{M}\p{N}]+)*")
_GRAPHEME = regex.compile(r"\X")
_DELICATE = regex.compile(
    r"[^\x20-\x7e\p{L}\p{N}\p{P}\p{Zs}]|[\u0E33\u0EB3\uFF9E\uFF9F]|\p{Hangul}|\p{GCB=Prepend}|\p{GCB=SpacingMark}"
)
"""What may be one grapheme with the character beside it; without any, each character is one."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, [start, end) in characters on grapheme edges; `weight` ≥ 0 is small where it says little."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Match:
    """Passage word `word` answers query word `answers` (places in their lists) with that cosine."""

    word: int
    answers: int
    strength: float


@dataclass(frozen=True, slots=True)
class Matches:
    query: tuple[Word, ...]
    passage: tuple[Word, ...]
    cosines: Matrix
    found: tuple[Match, ...]


def matches(query: str, passages: Sequence[str], *, model: str, service: Service) -> list[Matches]:
    """For each word of each passage the query word it is nearest to, where that says more than a random pair would.

    cosines [query words, passage words] float32. Words that say little, and cosines that unrelated texts reach too
    (`EncoderCard.match_threshold`), give no Match. Works on scripts without spaces by the encoder's own tokens.
    """
    card = service.card(model)
    asked, *given = service.tokens(model, [query, *passages], "query", offsets=True)
    query_words, query_vectors = words(query, asked)
    found = []
    for passage, tokens in zip(passages, given, strict=True):
        passage_words, vectors = words(passage, tokens)
        cosines: Matrix = query_vectors @ vectors.T
        found.append(Matches(query_words, passage_words, cosines, _found(query_words, passage_words, cosines, card)))
    return found


def words(text: str, tokens: TokenVectors) -> tuple[tuple[Word, ...], Matrix]:
    """The words of a text and their vectors [n, dim], each the sum of its tokens' vectors, made unit length."""
    spans = _spans(text, [span for span in tokens.offsets if span[0] < span[1]])
    sums = np.zeros((len(spans), tokens.vectors.shape[1]), np.float32)
    starts = [start for start, _ in spans]
    rows, places = [], []
    for row, (start, end) in enumerate(tokens.offsets):
        place = bisect_right(starts, start) - 1
        if start < end and place >= 0 and start < spans[place][1]:
            rows.append(row)
            places.append(place)
    if rows:  # offsets rise, so the tokens of a word are neighbours
        first = [at for at, place in enumerate(places) if at == 0 or places[at - 1] != place]
        weighted = tokens.vectors[rows] * tokens.weights[rows, None]
        sums[[places[at] for at in first]] = np.add.reduceat(weighted, first, axis=0)
    norms = np.linalg.norm(sums, axis=1)
    found = tuple(Word(start, end, norm) for (start, end), norm in zip(spans, norms.tolist(), strict=True))
    return found, unit_rows(sums)


def _found(asked: Sequence[Word], given: Sequence[Word], cosines: Matrix, card: EncoderCard) -> tuple[Match, ...]:
    if not asked or not given:
        return ()
    telling = np.array([word.weight >= card.word_weight for word in asked])
    cosines = np.where(telling[:, None], cosines, -1.0)
    best = cosines.argmax(axis=0)
    return tuple(
        Match(place, int(best[place]), min(1.0, float(cosines[best[place], place])))
        for place, word in enumerate(given)
        if word.weight >= card.word_weight and cosines[best[place], place] >= card.match_threshold
    )


def _spans(text: str, tokens: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Words by spaces; where a script has none, the encoder's tokens, widened to whole graphemes."""
    edges = [found.start() for found in _GRAPHEME.finditer(text)] if _DELICATE.search(text) else range(len(text))
    edges = [*edges, len(text)]
    cuts = sorted({_widened(edges, cut, cut)[0] for cut, _ in tokens}) if UNSPACED.search(text) else []
    spans: list[tuple[int, int]] = []
    for found in _WORD.finditer(text):
        start, end = _widened(edges, found.start(), found.end())
        if spans and start < spans[-1][1]:  # an invisible character parts what is one grapheme
            start = spans.pop()[0]
        if cuts and UNSPACED.search(found.group()):
            inside = cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]
            spans += pairwise([start, *inside, end])
        else:
            spans.append((start, end))
    return spans


def _widened(edges: Sequence[int], start: int, end: int) -> tuple[int, int]:
    return edges[bisect_right(edges, start) - 1], edges[bisect_left(edges, end)]
