"""What of a text is marked: what was searched is underlined, what answers it in another language is tinted.

Both leave here as pieces that join to the text, so that no place in a text is ever counted twice: a line piece is
[text, 0], [text, 1] where the query's own word stands, [text, 2, query word, cosine] where an added one does; a tint
piece is [text, 0] or [text, step 1 to 5, query word, cosine].
"""

from collections.abc import Iterable, Mapping
from typing import Any

from core.explaining import Matches
from core.lexicon import LEAST
from core.records import Query, SearchTerm, Trace
from core.text import analyse, merged, query_terms

STEPS = 5

Piece = tuple[Any, ...]
Pieces = list[Piece]
Added = Mapping[str, SearchTerm]
"""Terms that were added to the query in one language."""
Marks = list[tuple[int, int, Piece]]
"""Spans that rise and do not overlap, each with what its piece holds behind the text."""


class Wanted:
    """What one query looks for in each document language."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self._exact: dict[str, frozenset[str]] = {}

    def exact(self, language: str) -> frozenset[str]:
        """The query's terms as that language's documents hold them."""
        if language not in self._exact:
            self._exact[language] = frozenset(query_terms(self.query.text, [self.query.language, language]))
        return self._exact[language]


def added(trace: Trace) -> dict[str, dict[str, SearchTerm]]:
    """Language → term → what its lexical sources added, the strongest of each."""
    found: dict[str, dict[str, SearchTerm]] = {}
    for term in (term for step in trace.steps for term in step.terms if term.added):
        terms = found.setdefault(term.language, {})
        if term.term not in terms or terms[term.term].weight < term.weight:
            terms[term.term] = term
    return found


def lines(text: str, language: str, exact: frozenset[str], more: Added) -> Marks:
    """Where the query's own words stand, and where added ones do; what is searched exactly wins, then the nearest."""
    places = analyse(text, language)
    spans = merged((place.start, place.end) for place in places if place.term in exact)
    found: Marks = [(start, end, (1,)) for start, end in spans]
    near = [(place, more[place.term]) for place in places if place.term in more]
    for place, word in sorted(near, key=lambda pair: (-pair[1].weight, pair[0].start)):
        if all(place.end <= low or place.start >= high for low, high in spans):
            spans.append((place.start, place.end))
            found.append((place.start, place.end, (2, word.word, cosine(word.weight), step(word.weight, LEAST))))
    return sorted(found)


def tints(found: Matches, query: str, threshold: float) -> Marks:
    """The words of a passage that answer one of the query's, by strength."""
    marks: Marks = []
    for match in found.found:
        word, asked = found.passage[match.word], found.query[match.answers]
        behind = (step(match.strength, threshold), query[asked.start : asked.end], cosine(match.strength))
        marks.append((word.start, word.end, behind))
    return marks


def cut(text: str, marks: Iterable[tuple[int, int, Piece]], start: int = 0, end: int | None = None) -> Pieces:
    """The pieces of `text[start:end]`; they join to it."""
    end = len(text) if end is None else end
    pieces: Pieces = []
    done = start
    for low, high, behind in marks:
        first, last = max(low, done), min(high, end)
        if first < last:
            if first > done:
                pieces.append((text[done:first], 0))
            pieces.append((text[first:last], *behind))
            done = last
    if done < end:
        pieces.append((text[done:end], 0))
    return pieces


def step(strength: float, least: float) -> int:
    """1 to 5, from the least that counts up to the same word."""
    return 1 + min(STEPS - 1, max(0, int(STEPS * (strength - least) / (1 - least))))


def cosine(value: float) -> str:
    """.61"""
    return f"{value:.2f}".replace("0.", ".", 1)
