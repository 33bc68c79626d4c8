"""A Trace as the column that the page shows. Text leaves here only as pieces, [text, 1 where the query matches]."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.records import Document, Hit, Query, Trace
from core.systems import Fuse, Rerank, Source, Stage
from core.text import Span, cleaned, excerpt, matches, pieces, terms

CARDS = 20
"""Cards in a column."""
WHOLE = 2_000
"""Characters up to which a card carries the whole text; of a longer one it carries an excerpt and asks for the rest."""
EXCERPT, LEAD = 600, 240
READ = 200_000
"""Characters that opening a card shows at most."""

Json = dict[str, Any]
Pieces = list[tuple[str, int]]


class Deck:
    """The cards of one search. A document that several systems find is read and marked once."""

    def __init__(self, query: Query, documents: Callable[[Sequence[str]], Mapping[str, Document]]) -> None:
        self.query = query
        self.terms = frozenset(terms(query.text, query.language))
        self._documents = documents
        self._faces: dict[str, Json] = {}

    def answered(self, trace: Trace) -> Json:
        """Everything a finished column shows."""
        hits = trace.ranking.first(CARDS).hits
        self._read([hit.doc_id for hit in hits])
        return {
            "state": "done",
            "seconds": trace.seconds,
            "stages": [stage_json(step.stage, step.seconds, step.shared) for step in trace.steps],
            "hits": [self._card(trace.system, hit, rank) for rank, hit in enumerate(hits, start=1)],
        }

    def _read(self, doc_ids: Sequence[str]) -> None:
        missing = [doc_id for doc_id in doc_ids if doc_id not in self._faces]
        if missing:
            for doc_id, document in self._documents(missing).items():
                self._faces[doc_id] = face(document, self.terms)

    def _card(self, system: Stage, hit: Hit, rank: int) -> Json:
        return {"rank": rank, "score": score_text(system, hit.score), "scale": scale(system, hit.score)} | self._faces[
            hit.doc_id
        ]


def face(document: Document, query_terms: frozenset[str]) -> Json:
    """What a card shows of a document: the text from its best-matching sentence on, and what stands before that."""
    title, text = cleaned(document.title), cleaned(document.text)
    spans = matches(text, document.language, query_terms)
    cut = len(text) > WHOLE
    start, end = excerpt(text, document.language, query_terms, EXCERPT if cut else LEAD)
    begin, stop = (start, end) if cut else (0, len(text))
    return {
        "id": document.doc_id,
        "language": document.language,
        "title": pieces(title, matches(title, document.language, query_terms)),
        "before": part(text, spans, begin, start),
        "text": part(text, spans, start, stop),
        "led": start > 0,
        "cut": cut,
    }


def whole_text(document: Document, query: Query) -> Pieces:
    """All of a long text, for a card that is opened."""
    text = cleaned(document.text)[:READ]
    return pieces(text, matches(text, document.language, frozenset(terms(query.text, query.language))))


def part(text: str, spans: Sequence[Span], start: int, end: int) -> Pieces:
    """The pieces of `text[start:end]`."""
    inside = [(max(low, start) - start, min(high, end) - start) for low, high in spans if low < end and high > start]
    return pieces(text[start:end], inside)


def stage_json(stage: Stage, seconds: float, shared: bool) -> Json:
    """One line of a column's times; a re-ranker without its source, whose line stands above."""
    name = f">> {stage.own_name}" if isinstance(stage, Rerank) else str(stage)
    return {"name": name, "seconds": seconds, "shared": shared}


def score_text(system: Stage, score: float) -> str:
    """A score in the system's own scale, short: 21.5, .488, .0328."""
    match system:
        case Source(kind="bm25" | "sparse" | "run"):
            return f"{score:.1f}"
        case Fuse(kind="rrf"):
            return unled(f"{score:.4f}")
        case _:
            return unled(f"{score:.3f}")


def unled(number: str) -> str:
    """.488 for 0.488, as measures are written."""
    return number.replace("0.", ".", 1) if number.startswith(("0.", "-0.")) else number


def scale(system: Stage, score: float) -> str:
    """The tooltip of a score: the exact number and what it is."""
    return f"{score:.6g} · {SCALES.get(system.kind, system.kind)}"


SCALES = {
    "bm25": "BM25: sum over the query's terms, no upper end; compare within this column only",
    "dense": "cosine of query and document vector, −1 to 1",
    "sparse": "inner product of term weights, no upper end",
    "run": "score as the imported run gives it",
    "rrf": "reciprocal rank fusion: sum of 1 / (60 + rank) over the lists",
    "wsum": "weighted sum of the lists' scores, each stretched to 0–1 within this query",
    "mean": "mean rank of the lists, turned so that higher is better",
    "maxsim": "late interaction: best-matching document token for each query token, weighted mean",
}
