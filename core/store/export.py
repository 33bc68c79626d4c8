"""Judgments as qrels: several people's grades of a pair merged into one, and the two usual texts."""

from collections.abc import Collection, Iterable, Sequence
from statistics import median_low
from typing import Literal, Protocol

from core.records import Qrel
from core.store.events import Judgment

QrelsFormat = Literal["trec", "beir"]


class Judged(Protocol):
    """Whatever has judgments: a Store, or a test's."""

    def judgments(self, collection_id: str) -> Sequence[Judgment]: ...


def qrels(store: Judged, collection_id: str, *, query_ids: Collection[str] | None = None) -> list[Qrel]:
    """One Qrel per graded pair, by query and document.

    One annotator: the grade as it is. Several: the lower median, which is always a grade that somebody gave
    (0, 1, 3 → 1; 1, 2 → 1; 0, 3 → 0).
    """
    grades: dict[tuple[str, str], list[int]] = {}
    for judgment in store.judgments(collection_id):
        if query_ids is None or judgment.query_id in query_ids:
            grades.setdefault((judgment.query_id, judgment.doc_id), []).append(judgment.grade)
    return [Qrel(query_id, doc_id, median_low(given)) for (query_id, doc_id), given in sorted(grades.items())]


def qrels_text(judged: Iterable[Qrel], form: QrelsFormat) -> str:
    """The text of a qrels file. TREC: `query 0 document grade`; BEIR: tab-separated under a header line."""
    match form:
        case "trec":
            return "".join(f"{qrel.query_id} 0 {qrel.doc_id} {qrel.grade}\n" for qrel in judged)
        case "beir":
            lines = (f"{qrel.query_id}\t{qrel.doc_id}\t{qrel.grade}\n" for qrel in judged)
            return "query-id\tcorpus-id\tscore\n" + "".join(lines)
