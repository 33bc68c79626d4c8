"""How a score came about: the parts of it, stage by stage, that add up to it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.analysis import analyse
from core.explaining import words
from core.index import Index
from core.lexicon import Lexicon
from core.protocols import Service, TokenVectors
from core.records import Document, Query, Ranking, SearchTerm, Trace
from core.scoring import min_max
from core.settings import EMBEDDED
from core.systems import Fuse, Rerank, Source, Stage, crosses


@dataclass(frozen=True, slots=True)
class Part:
    """A summand of a score: what `what` (a word of the query, a list) gives, through `answer` where that is another.

    `weight` of an added word or of a list; `rank` in that list, None where the list lacks the document.
    """

    what: str
    value: float
    answer: str = ""
    weight: float = 1.0
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """How one stage came to its score of one document; `rank` from 1, None where its list lacks the document."""

    stage: Stage
    rank: int | None
    score: float
    parts: tuple[Part, ...]

    @property
    def exact(self) -> bool:
        """Whether the parts add up to the score, to a thousandth of it."""
        return abs(sum(part.value for part in self.parts) - self.score) <= 1e-3 * max(abs(self.score), 1e-6)


def accounts(
    trace: Trace, document: Document, *, index: Index, service: Service, languages: Sequence[str] = ()
) -> list[Account]:
    """How each stage of a system came to its score of that document, sources first; `languages` as in the search."""
    rankings = {step.stage: step.ranking for step in trace.steps}
    found = []
    for step in trace.steps:
        ids = step.ranking.doc_ids
        if document.doc_id not in ids:
            found.append(Account(step.stage, None, 0.0, ()))
            continue
        at = ids.index(document.doc_id)
        parts: Iterable[Part] = ()
        match step.stage:
            case Source(kind="bm25") if crosses(step.stage):
                parts = _crossing(step.terms, document, index.lexicon(service.card(EMBEDDED)), index)
            case Source(kind="bm25"):
                wanted = [trace.query.language, *(languages or index.tags)]
                parts = _lexical(trace.query, wanted, document, index.lexicon(service.card(EMBEDDED)), index)
            case Source(kind="dense", model=model) if service.card(model).pooling == "mean":
                parts = _dense(trace.query, document, index, model, service)
            case Fuse() as fuse:
                parts = _lists(fuse, [rankings[part] for part in fuse.parts], document.doc_id)
            case Rerank(kind="maxsim", model=model):
                parts = _maxima(trace.query, document, model, service)
        found.append(Account(step.stage, at + 1, step.ranking.hits[at].score, tuple(parts)))
    return found


def contributions(stage: Fuse, rankings: Sequence[Ranking], doc_id: str) -> list[float]:
    """What each list gives to that document's fused score: they add up to it."""
    parts = []
    for place, listed in enumerate(rankings):
        at = next((rank for rank, hit in enumerate(listed) if hit.doc_id == doc_id), None)
        if stage.kind == "mean":
            parts.append(-(1.0 + (len(listed) if at is None else at)) / len(rankings))
        elif at is None:
            parts.append(0.0)
        elif stage.kind == "rrf":
            parts.append(1.0 / (stage.k + at + 1))
        else:
            parts.append(stage.weights[place] * min_max([hit.score for hit in listed])[at])
    return parts


def row_maxima(query: TokenVectors, passage: TokenVectors) -> list[tuple[int, float]]:
    """For each query token its best passage token and that token's share of the MaxSim score; shares add up to it."""
    total = float(query.weights.sum())
    if total <= 0 or not len(passage.vectors):
        return []
    similarity = query.vectors @ passage.vectors.T
    best = similarity.argmax(axis=1)
    shares = query.weights * similarity[np.arange(len(best)), best] / total
    return list(zip(best.tolist(), shares.tolist(), strict=True))


def _crossing(terms: Sequence[SearchTerm], document: Document, lexicon: Lexicon, index: Index) -> Iterator[Part]:
    """What each word that was looked for gives, in the document's own language."""
    row = index.positions[document.doc_id]
    for term in terms:
        if term.language == document.language:
            rows, values = lexicon.parts(term)
            at = int(np.searchsorted(rows, row))
            if at < len(rows) and rows[at] == row:
                yield Part(term.word, float(values[at]), term.surface if term.added else "", term.weight)


def _lexical(
    query: Query, languages: Sequence[str], document: Document, lexicon: Lexicon, index: Index
) -> Iterator[Part]:
    """What each of the query's terms gives; the index computes it from the same counts."""
    row = index.positions[document.doc_id]
    forms = {term.term: query.text[term.start : term.end] for tag in languages for term in analyse(query.text, tag)}
    for term, form in forms.items():
        value = lexicon.whole(term, row)
        if value:
            yield Part(form, value)


def _dense(query: Query, document: Document, index: Index, model: str, service: Service) -> Iterator[Part]:
    """What each word of the query gives to the cosine, where a text's vector is the sum of its tokens'.

    A last part, of no word, is what signs between the words give.
    """
    (tokens,) = service.tokens(model, [query.text], "query", offsets=True)
    found, vectors = words(query.text, tokens)
    whole = tokens.weights @ tokens.vectors
    weights = np.array([word.weight for word in found], np.float32)
    vector = index.vectors(service.card(model))[index.positions[document.doc_id]] / (np.linalg.norm(whole) or 1.0)
    for word, value in zip(found, (weights * (vectors @ vector)).tolist(), strict=True):
        yield Part(query.text[word.start : word.end], value)
    rest = float((whole - weights @ vectors) @ vector)
    if abs(rest) >= 5e-5:
        yield Part("", rest)


def _lists(stage: Fuse, rankings: Sequence[Ranking], doc_id: str) -> Iterator[Part]:
    weights = stage.weights or (1.0,) * len(rankings)
    values = contributions(stage, rankings, doc_id)
    for part, weight, value, listed in zip(stage.parts, weights, values, rankings, strict=True):
        ids = listed.doc_ids
        yield Part(str(part), value, weight=weight, rank=ids.index(doc_id) + 1 if doc_id in ids else None)


def _maxima(query: Query, document: Document, model: str, service: Service) -> Iterator[Part]:
    """For each token of the query its best answer and what that gives."""
    asked, given = service.tokens(model, [query.text, document.content], "query", offsets=True)
    for (start, end), (best, share) in zip(asked.offsets, row_maxima(asked, given), strict=True):
        first, last = given.offsets[best]
        yield Part(query.text[start:end], share, document.content[first:last])
