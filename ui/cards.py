"""A Trace as the column that the page shows. Text leaves here only as pieces, as `ui.marks` makes them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.comparing import language_share, overlap, rank_biased_overlap
from core.records import Document, Hit, Query, SearchTerm, Trace
from core.systems import Fuse, Rerank, Source, Stage, crosses, walk
from core.text import cleaned, excerpt
from ui.marks import Added, Wanted, added, cosine, cut, lines

CARDS = 20
"""Cards in a column."""
WHOLE = 2_000
"""Characters up to which a card carries the whole text; of a longer one it carries an excerpt and asks for the rest."""
EXCERPT, LEAD = 600, 240
SHARED = 10
"""Ranks that the overlap of two columns looks at."""
DEPTH = 100
"""Ranks of each list that the page knows, to say where a document stands below the cards."""

Json = dict[str, Any]


class Deck:
    """The cards of one search. A document that several systems find is read and marked once."""

    def __init__(self, query: Query, documents: Callable[[Sequence[str]], Mapping[str, Document]]) -> None:
        self.wanted = Wanted(query)
        self._read_documents = documents
        self._documents: dict[str, Document] = {}
        self._faces: dict[tuple[str, frozenset[tuple[str, SearchTerm]]], Json] = {}
        self._lists: dict[int, list[str]] = {}

    def answered(self, trace: Trace, place: int = 0) -> Json:
        """Everything a finished column shows; `place`: which column it is."""
        hits = trace.ranking.first(CARDS).hits
        self._read([hit.doc_id for hit in hits])
        self._lists[place] = trace.ranking.doc_ids
        more = added(trace)
        languages = {hit.doc_id: self._documents[hit.doc_id].language for hit in hits}
        return {
            "state": "done",
            "seconds": trace.seconds,
            "stages": [stage_json(step.stage, step.seconds, step.shared) for step in trace.steps],
            "words": words_json(trace),
            "beside": agreement(self._lists.get(place - 1), self._lists[place]),
            "shares": language_share(list(languages), languages),
            "order": self._lists[place][:DEPTH],
            "hits": [
                self._card(trace.system, hit, rank, more.get(languages[hit.doc_id], {}))
                for rank, hit in enumerate(hits, start=1)
            ],
        }

    def _read(self, doc_ids: Sequence[str]) -> None:
        missing = [doc_id for doc_id in doc_ids if doc_id not in self._documents]
        if missing:
            self._documents |= self._read_documents(missing)

    def _card(self, system: Stage, hit: Hit, rank: int, more: Added) -> Json:
        shown = self._face(self._documents[hit.doc_id], more)
        return {"rank": rank, "score": score_text(system, hit.score), "scale": scale(system, hit.score)} | shown

    def _face(self, document: Document, more: Added) -> Json:
        """Only where other words were added does a document look different in one column from another."""
        key = (document.doc_id, frozenset(more.items()))
        if key not in self._faces:
            self._faces[key] = face(document, self.wanted.exact(document.language), more)
        return self._faces[key]


def face(document: Document, exact: frozenset[str], more: Added | None = None) -> Json:
    """What a card shows of a document: the text from its best-matching sentence on, and what stands before that."""
    more = more or {}
    title, text = cleaned(document.title), cleaned(document.text)
    marks = lines(text, document.language, exact, more)
    long = len(text) > WHOLE
    start, end = excerpt(text, document.language, exact | more.keys(), EXCERPT if long else LEAD)
    begin, stop = (start, end) if long else (0, len(text))
    return {
        "id": document.doc_id,
        "group": document.group,
        "language": document.language,
        "title": cut(title, lines(title, document.language, exact, more)),
        "before": cut(text, marks, begin, start),
        "text": cut(text, marks, start, stop),
        "led": start > 0,
        "cut": long,
        "span": [begin, stop],
    }


def words_json(trace: Trace) -> Json | None:
    """The words that were added, language by language, and those struck out; None where nothing crosses languages."""
    sources = [stage for stage in walk(trace.system) if isinstance(stage, Source) and crosses(stage)]
    if not sources:
        return None
    found: list[Json] = []
    for tag, terms in sorted(added(trace).items()):
        shown = {(term.word, term.surface): cosine(term.weight) for term in terms.values()}
        found.append({"language": tag, "words": [[word, surface, near] for (word, surface), near in shown.items()]})
    struck = {word for source in sources for word in source.option("drop").split()}
    return {"languages": found, "struck": sorted(struck)}


def agreement(left: Sequence[str] | None, right: Sequence[str]) -> Json | None:
    """How alike a column's list is to that of the column before it."""
    if left is None:
        return None
    return {
        "overlap": cosine(overlap(left, right, SHARED)),
        "rbo": cosine(rank_biased_overlap(left, right)),
        "shared": len(set(left[:SHARED]) & set(right[:SHARED])),
    }


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
