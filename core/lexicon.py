"""The words of an index, language by language: where each stands, and how near to a word the documents do not have.

A query word that a language's documents lack is joined by their nearest words, by the vectors of an encoder; so BM25
crosses languages. Document frequencies and lengths are each language's own.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import regex  # type: ignore[import-untyped, unused-ignore]
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

UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
"""Scripts without spaces between words."""

Rows = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Entry:
    """A term of one language, the form it mostly has, its documents' rows (rising) and how often it is in each."""

    language: str
    term: str
    surface: str
    rows: Rows
    counts: Rows


@dataclass(frozen=True, slots=True)
class Asked:
    """A query's words in one language: those its documents have, and those they lack."""

    language: str
    known: tuple[SearchTerm, ...]
    lacking: tuple[str, ...]


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

    def asked(self, query: str, languages: Collection[str], pieces: Sequence[str] = ()) -> list[Asked]:
        """What the query asks of each of these languages that the index has.

        Where a script has no spaces its terms are overlapping pairs of characters, which mean little alone; so if a
        language lacks some, the encoder's `pieces` of the query stand for them.
        """
        return [self._asked(query, tag, pieces) for tag in languages if tag in self._ranges]

    def wanted(
        self, asked: Sequence[Asked], vectors: Mapping[str, Matrix], struck: Collection[str] = ()
    ) -> list[SearchTerm]:
        """What to look for: the words a language has as they are, its nearest words for those it lacks.

        `vectors` of every lacking word, [dim] each, of unit length or zero; `struck` surfaces are not added.
        """
        cosines = self._cosines(vectors)
        found: dict[tuple[str, str], SearchTerm] = {}
        for one in asked:
            near = (added for word in one.lacking for added in self._near(one.language, word, cosines[word]))
            for term in (*one.known, *(added for added in near if added.surface not in struck)):
                before = found.get((one.language, term.term))
                if before is None or before.weight < term.weight:
                    found[one.language, term.term] = term
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

    def whole(self, term: str, row: int) -> float:
        """What that term gives to the document in that row by BM25 over all languages at once."""
        found = [self.entries[place] for tag in self._ranges if (place := self._places.get((tag, term))) is not None]
        count = sum(int(entry.counts[entry.rows == row].sum()) for entry in found)
        df = sum(len(entry.rows) for entry in found)
        idf = np.log(1 + (len(self.lengths) - df + 0.5) / (df + 0.5))
        normal = K1 * (1 - B + B * self.lengths[row] / self.lengths.mean())
        return float(idf * count * (K1 + 1) / (count + normal)) if count else 0.0

    def _asked(self, query: str, tag: str, pieces: Sequence[str]) -> Asked:
        words = {term.term: query[term.start : term.end].lower() for term in analyse(query, tag)}
        known = {term: word for term, word in words.items() if (tag, term) in self._places}
        lacking = [word for term, word in words.items() if term not in known]
        spaced = [word for word in lacking if not UNSPACED.search(word)]
        if len(spaced) < len(lacking):
            spaced += [piece.lower() for piece in pieces if UNSPACED.search(piece)]
        return Asked(
            tag,
            tuple(SearchTerm(tag, t, self.entries[self._places[tag, t]].surface, w, 1.0) for t, w in known.items()),
            tuple(dict.fromkeys(word for word in spaced if any(map(str.isalpha, word)))),
        )

    def _cosines(self, vectors: Mapping[str, Matrix]) -> dict[str, Matrix]:
        """Word → its cosine with every entry, all words in one pass over the entries' vectors."""
        words = [word for word, vector in vectors.items() if vector.any()]
        found = dict.fromkeys(vectors, np.zeros(len(self.entries), np.float32))
        if words:
            found |= dict(zip(words, np.stack([vectors[word] for word in words]) @ self.vectors.T, strict=True))
        return found

    def _near(self, tag: str, word: str, cosines: Matrix) -> list[SearchTerm]:
        """The language's words nearest to that one."""
        reach = self._ranges[tag]
        own = cosines[reach]
        best = sorted(np.flatnonzero(own >= LEAST).tolist(), key=lambda at: (-own[at], at))[:NEAREST]
        near = [(self.entries[reach.start + at], float(own[at])) for at in best]
        return [SearchTerm(tag, entry.term, entry.surface, word, min(cosine, 0.999)) for entry, cosine in near]


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
