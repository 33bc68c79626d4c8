"""The words of an index, language by language: where each stands, and how near to a word the documents do not have.

A query word that a language's documents lack is joined by their nearest words, by the vectors of an encoder; so BM25
crosses languages. Document frequencies and lengths are each language's own.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.analysis import analyse
from core.protocols import Matrix
from core.records import Hit, Ranking, SearchTerm
from core.scoring import ranking

K1, B = 1.2, 0.75

NEAREST, LEAST = 3, 0.3
"""A word that is lacking is joined by at most so many others, of at least this cosine."""

MOST_TERMS = 50_000
"""Words of one language that are kept, the most frequent first."""

Rows = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Entry:
    """A term of one language, the form it mostly has, its documents' rows (rising) and how often it is in each."""

    language: str
    term: str
    surface: str
    rows: Rows
    counts: Rows


def entries(texts: Iterable[tuple[str, str]]) -> list[Entry]:
    """The entries of (language, text) in row order, sorted by language and term."""
    postings: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    forms: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row, (language, text) in enumerate(texts):
        found: Counter[tuple[str, str]] = Counter()
        for term in analyse(text, language):
            key = (language, term.term)
            found[key] += 1
            forms[key][text[term.start : term.end].lower()] += 1
        for key, count in found.items():
            postings[key].append((row, count))
    return [_entry(key, postings[key], forms[key]) for key in sorted(_kept(postings))]


class Lexicon:
    """The entries of one index, and the vectors [n, dim] of their surfaces by one encoder, in the same order."""

    def __init__(self, found: Sequence[Entry], vectors: Matrix, languages: NDArray[np.str_]) -> None:
        """`languages` [documents] are those of the index's rows."""
        self.entries, self.vectors = found, vectors
        self.lengths = np.zeros(len(languages), np.float32)
        for entry in found:
            self.lengths[entry.rows] += entry.counts
        self._places = {(entry.language, entry.term): place for place, entry in enumerate(found)}
        tags = np.array([entry.language for entry in found])
        self._ranges = {
            tag: slice(int(np.searchsorted(tags, tag)), int(np.searchsorted(tags, tag, "right")))
            for tag in sorted(set(tags.tolist()))
        }
        self._documents = {tag: int((languages == tag).sum()) for tag in self._ranges}
        self._average = {tag: float(self.lengths[languages == tag].mean()) for tag in self._ranges}

    def words(self, query: str, languages: Collection[str]) -> dict[str, list[tuple[str, str]]]:
        """For each of these languages that the index has, the query's (word, term), each term once."""
        return {tag: list(_words(query, tag)) for tag in languages if tag in self._ranges}

    def lacking(self, query: str, languages: Collection[str]) -> list[str]:
        """The query's words that some of these languages lack, each once: what must be encoded."""
        found = self.words(query, languages)
        return list(dict.fromkeys(w for tag in found for w, term in found[tag] if (tag, term) not in self._places))

    def wanted(
        self, query: str, languages: Collection[str], vectors: Mapping[str, Matrix], struck: Collection[str] = ()
    ) -> list[SearchTerm]:
        """What to look for: the words a language has as they are, its nearest words for those it lacks.

        `vectors` are those of `lacking`, [dim] each, of unit length or zero; `struck` surfaces are not added.
        """
        found: dict[tuple[str, str], SearchTerm] = {}
        for tag, words in self.words(query, languages).items():
            for word, term in words:
                for one in self._for_word(tag, word, term, vectors):
                    before = found.get((tag, one.term))
                    if (before is None or before.weight < one.weight) and not (one.added and one.surface in struck):
                        found[tag, one.term] = one
        return list(found.values())

    def search(self, wanted: Sequence[SearchTerm], depth: int, doc_ids: Sequence[str]) -> Ranking:
        """BM25 (k1 1.2, b .75) over each language's own statistics, each term times its weight."""
        scores = np.zeros(len(self.lengths), np.float32)
        for one in wanted:
            rows, parts = self.parts(one)
            scores[rows] += parts
        found = np.flatnonzero(scores)
        if len(found) > depth:
            edge = np.partition(scores[found], len(found) - depth)[len(found) - depth]
            found = found[scores[found] >= edge]
        return ranking((Hit(doc_ids[row], float(scores[row])) for row in found.tolist()), depth)

    def parts(self, one: SearchTerm) -> tuple[Rows, NDArray[np.float32]]:
        """The rows that term is in and what it gives to the score of each. Source: robertson2009bm25."""
        entry = self.entries[self._places[one.language, one.term]]
        df = len(entry.rows)
        idf = np.log(1 + (self._documents[one.language] - df + 0.5) / (df + 0.5))
        normal = K1 * (1 - B + B * self.lengths[entry.rows] / self._average[one.language])
        parts = one.weight * idf * entry.counts * (K1 + 1) / (entry.counts + normal)
        return entry.rows, parts.astype(np.float32)

    def _for_word(self, tag: str, word: str, term: str, vectors: Mapping[str, Matrix]) -> list[SearchTerm]:
        place = self._places.get((tag, term))
        if place is not None:
            return [SearchTerm(tag, term, self.entries[place].surface, word, 1.0)]
        if not any(character.isalpha() for character in word) or not vectors[word].any():
            return []
        reach = self._ranges[tag]
        cosines = self.vectors[reach] @ vectors[word]
        best = sorted(np.flatnonzero(cosines >= LEAST).tolist(), key=lambda at: (-cosines[at], at))[:NEAREST]
        near = [(self.entries[reach.start + at], float(cosines[at])) for at in best]
        return [SearchTerm(tag, entry.term, entry.surface, word, min(cosine, 0.999)) for entry, cosine in near]


def _words(query: str, language: str) -> Iterable[tuple[str, str]]:
    seen = set()
    for term in analyse(query, language):
        if term.term not in seen:
            seen.add(term.term)
            yield query[term.start : term.end].lower(), term.term


def _kept(postings: Mapping[tuple[str, str], Sequence[object]]) -> Iterable[tuple[str, str]]:
    """The keys without the rarest terms of languages that have very many."""
    terms: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key in postings:
        terms[key[0]].append(key)
    for keys in terms.values():
        keys.sort(key=lambda key: (-len(postings[key]), key))
        yield from keys[:MOST_TERMS]


def _entry(key: tuple[str, str], postings: Sequence[tuple[int, int]], forms: Counter[str]) -> Entry:
    rows, counts = np.array(postings, np.int32).T
    surface = min(forms.items(), key=lambda item: (-item[1], item[0]))[0]
    return Entry(key[0], key[1], surface, rows, counts)
