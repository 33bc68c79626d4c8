"""The one way from queries to rankings: search, pools, evaluation, the CLI and the Python API all go through `run`."""

import time
from collections.abc import Iterator, Sequence

import numpy as np

from core.errors import AppError, BadInput, Faults, NotBuilt, UnknownName
from core.index import Index, not_indexed
from core.lexicon import UNSPACED
from core.protocols import Capability, Control, Matrix, Reranker, Service
from core.records import Hit, Query, Ranking, SearchTerm, Step, Trace
from core.scoring import mean_rank, ranking, reciprocal_rank_fusion, weighted_sum
from core.settings import EMBEDDED
from core.systems import Fuse, Rerank, Source, Stage, crosses, sources_of, walk
from core.text import query_terms

QUERIES_AT_ONCE = 64
"""Queries that are encoded in one batch."""


class SystemFault(AppError):
    """What keeps one system from running; `system` is its name."""

    def __init__(self, system: Stage, reason: AppError) -> None:
        super().__init__(f"`{system}`: {reason}")
        self.system, self.reason = str(system), reason


def check(systems: Sequence[Stage], *, index: Index, service: Service) -> list[SystemFault]:
    """Everything that keeps these systems from running on this index, in the order of the systems."""
    found = []
    for system in systems:
        reasons: dict[str, AppError] = {}
        for stage in walk(system):
            reason = _fault(stage, index, service)
            if reason is not None:
                reasons.setdefault(str(reason), reason)
        found += [SystemFault(system, reason) for reason in reasons.values()]
    return found


def run(
    systems: Sequence[Stage],
    queries: Sequence[Query],
    *,
    index: Index,
    service: Service,
    languages: Sequence[str] = (),
    control: Control | None = None,
) -> Iterator[Trace]:
    """Every system on every query, each Trace as it is finished; a subtree that two systems share is run once.

    `languages` keeps to documents in these, none means all. All systems are checked first: Faults names every fault
    before anything runs. A system that fails on the way gives a Trace with its fault and the others go on. Raises
    Stopped between two stages once `control` is stopped.
    """
    faults = check(systems, index=index, service=service)
    if faults:
        raise Faults(faults)
    return _traces(systems, queries, _Runner(index, service, languages, control or Control()))


def _traces(systems: Sequence[Stage], queries: Sequence[Query], runner: "_Runner") -> Iterator[Trace]:
    for start in range(0, len(queries), QUERIES_AT_ONCE):
        some = queries[start : start + QUERIES_AT_ONCE]
        runner.begin(some)
        for query in some:
            for system in systems:
                yield runner.trace(system, query)


class _Runner:
    """Runs stages and keeps what each gave, so that nothing runs twice."""

    def __init__(self, index: Index, service: Service, languages: Sequence[str], control: Control) -> None:
        self.index, self.service, self.languages, self.control = index, service, languages, control
        self._steps: dict[tuple[Stage, str], Step] = {}
        self._vectors: dict[tuple[str, str], Matrix] = {}
        self._queries: Sequence[Query] = ()

    def begin(self, queries: Sequence[Query]) -> None:
        """Forgets the queries before; the new ones are encoded when a stage first wants them, all at once."""
        self._steps.clear()
        self._vectors.clear()
        self._queries = queries

    def trace(self, system: Stage, query: Query) -> Trace:
        steps: list[Step] = []
        try:
            for stage in walk(system):
                self.control.check()
                steps.append(self._step(stage, query))
        except SystemFault as fault:
            return Trace(system, query, tuple(steps), fault)
        return Trace(system, query, tuple(steps), revisions=self._revisions(system))

    def _step(self, stage: Stage, query: Query) -> Step:
        key = (stage, query.query_id)
        if key in self._steps:
            done = self._steps[key]
            return Step(stage, done.ranking, done.seconds, shared=True, terms=done.terms)
        begun = time.perf_counter()
        try:
            terms = self._terms(stage, query)
            found = self._ranking(stage, query, terms)
        except AppError as error:
            raise SystemFault(stage, error) from error
        self._steps[key] = Step(stage, found, time.perf_counter() - begun, terms=terms)
        return self._steps[key]

    def _ranking(self, stage: Stage, query: Query, terms: Sequence[SearchTerm]) -> Ranking:
        sources = [self._steps[source, query.query_id].ranking for source in sources_of(stage)]
        match stage:
            case Source(kind="bm25", depth=depth) if crosses(stage):
                lexicon = self.index.lexicon(self.service.card(EMBEDDED))
                return lexicon.search(terms, depth, self.index.doc_ids)
            case Source(kind="bm25", depth=depth):
                wanted = query_terms(query.text, [query.language, *(self.languages or self.index.tags)])
                return self.index.lexical(wanted, languages=self.languages, depth=depth)
            case Source(kind="dense", model=model, depth=depth):
                vector = self._vector(model, query)
                return self.index.dense(self.service.card(model), vector, languages=self.languages, depth=depth)
            case Fuse(kind="rrf", k=k, depth=depth):
                return reciprocal_rank_fusion(sources, k, depth)
            case Fuse(kind="wsum", weights=weights, depth=depth):
                return weighted_sum(sources, weights, depth)
            case Fuse(kind="mean", depth=depth):
                return mean_rank(sources, depth)
            case Rerank(depth=depth):
                return self._reranked(stage, query, sources[0].first(depth))
        raise NotBuilt(f"'{stage}'")

    def _terms(self, stage: Stage, query: Query) -> tuple[SearchTerm, ...]:
        """What a lexical source that crosses languages looks for: nothing for any other stage."""
        if not (isinstance(stage, Source) and crosses(stage)):
            return ()
        lexicon = self.index.lexicon(self.service.card(EMBEDDED))
        pieces = self._pieces(query.text) if UNSPACED.search(query.text) else ()
        asked = lexicon.asked(query.text, self.languages or self.index.tags, pieces)
        lacking = list(dict.fromkeys(word for one in asked for word in one.lacking))
        return tuple(lexicon.wanted(asked, self._words(lacking), stage.option("drop").split()))

    def _words(self, words: Sequence[str]) -> dict[str, Matrix]:
        """Unit vectors of single words; zero for one that says little, so that no other joins it."""
        least = self.service.card(EMBEDDED).word_weight
        found = {}
        for word, tokens in zip(words, self.service.tokens(EMBEDDED, words, "query"), strict=True):
            vector = tokens.weights @ tokens.vectors
            length = float(np.linalg.norm(vector))
            found[word] = vector / length if length >= max(least, 1e-9) else np.zeros_like(vector)
        return found

    def _pieces(self, text: str) -> list[str]:
        """What the encoder takes for the words of a text."""
        (tokens,) = self.service.tokens(EMBEDDED, [text], "query", offsets=True)
        return [text[start:end] for start, end in tokens.offsets]

    def _reranked(self, stage: Rerank, query: Query, candidates: Ranking) -> Ranking:
        documents = self.index.documents(candidates.doc_ids)
        scores = _reranker(stage, self.service).scores(query, documents)
        return ranking(Hit(document.doc_id, score) for document, score in zip(documents, scores, strict=True))

    def _vector(self, model: str, query: Query) -> Matrix:
        if (model, query.query_id) not in self._vectors:
            encoded = self.service.encode(model, [asked.text for asked in self._queries], "query")
            for asked, vector in zip(self._queries, encoded, strict=True):
                self._vectors[model, asked.query_id] = vector
        return self._vectors[model, query.query_id]

    def _revisions(self, system: Stage) -> dict[str, str]:
        return {model: self.service.card(model).identity for model in models(system)}


def models(system: Stage) -> list[str]:
    """The models a system needs, each once."""
    named = [EMBEDDED if crosses(stage) else stage.model for stage in walk(system) if not isinstance(stage, Fuse)]
    return list(dict.fromkeys(filter(None, named)))


def _reranker(stage: Rerank, service: Service) -> Reranker:
    match stage.kind:
        case "maxsim":
            from core.rerankers.maxsim import MaxSim

            return MaxSim(stage.model, service)
    raise NotBuilt(f"The re-ranker '{stage.kind}'")


def _fault(stage: Stage, index: Index, service: Service) -> AppError | None:
    """What keeps this one stage from running, or None."""
    try:
        match stage:
            case Fuse():
                return None
            case Source(kind="bm25", options=[_, *_], steps=()) if crosses(stage):
                return _lexical_fault(stage, index, service)
            case Source(options=[(name, value), *_]) | Rerank(options=[(name, value), *_]):
                return NotBuilt(f"The option '{name}={value}'")
            case Source(steps=[step, *_]):
                return NotBuilt(f"The step '{step}'")
            case Source(kind="bm25"):
                return None
            case Source(kind="dense", model=model):
                card = service.card(model)
                return _lacks(card.capabilities, "dense", model) or (
                    None if index.has_vectors(card) else not_indexed(card, index.info)
                )
            case Source(kind=kind):
                return NotBuilt(f"The source '{kind}'")
            case Rerank(kind="maxsim", model=model):
                return _lacks(service.card(model).capabilities, "tokens", model)
            case Rerank(kind=kind):
                return NotBuilt(f"The re-ranker '{kind}'")
    except AppError as error:
        return error


def _lexical_fault(stage: Source, index: Index, service: Service) -> AppError | None:
    """What keeps `bm25[q=lex]` from running: an option it does not have, or an index without words."""
    others = sorted(set(dict(stage.options)) - {"q", "drop"})
    if others:
        return BadInput(f"bm25[q=lex] has no option '{others[0]}'; there is drop=\"word word\".")
    card = service.card(EMBEDDED)
    return None if index.has_vectors(card) else not_indexed(card, index.info)


def _lacks(has: frozenset[Capability], needed: Capability, model: str) -> AppError | None:
    return None if needed in has else UnknownName(f"encoder that gives {needed}", model)
