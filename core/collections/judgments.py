"""Judgments that are kept once per need and group, and count for every language of both."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from core.records import Document, Qrel, Query


class GroupedQrels(Sequence[Qrel]):
    """A Qrel for every query of a judged need and every document of a judged group, made when it is looked at.

    `judgments` hold the need as query_id and the group as doc_id. Order: by query, then by document.
    """

    def __init__(self, judgments: tuple[Qrel, ...], documents: Sequence[Document], queries: Sequence[Query]) -> None:
        self.judgments = judgments
        grades: dict[str, dict[str, int]] = defaultdict(dict)
        for judged in judgments:
            grades[judged.query_id][judged.doc_id] = judged.grade
        self._queries = [(query.query_id, grades[query.need]) for query in queries if query.need in grades]
        self._by_query = dict(self._queries)
        self._documents = [(document.doc_id, document.group) for document in documents if document.group]

    def of(self, query_id: str) -> dict[str, int]:
        """Document → grade of one query, without making those of all others."""
        grades = self._by_query.get(query_id, {})
        return {doc_id: grades[group] for doc_id, group in self._documents if group in grades}

    def __iter__(self) -> Iterator[Qrel]:
        for query_id, grades in self._queries:
            for doc_id, group in self._documents:
                if group in grades:
                    yield Qrel(query_id, doc_id, grades[group])

    def __len__(self) -> int:
        return sum(group in grades for _, grades in self._queries for _, group in self._documents)

    @overload
    def __getitem__(self, at: int) -> Qrel: ...
    @overload
    def __getitem__(self, at: slice) -> list[Qrel]: ...
    def __getitem__(self, at: int | slice) -> Qrel | list[Qrel]:
        return list(self)[at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # it is compared by what it holds


def judged(qrels: Sequence[Qrel], query_id: str) -> dict[str, int]:
    """Document → grade of that query; empty where nobody judged it."""
    if isinstance(qrels, GroupedQrels):
        return qrels.of(query_id)
    return {qrel.doc_id: qrel.grade for qrel in qrels if qrel.query_id == query_id}


def judgments_tsv(judgments: Iterable[Qrel]) -> str:
    """The text of judgments.tsv."""
    return "need\tgroup\tgrade\n" + "".join(f"{one.query_id}\t{one.doc_id}\t{one.grade}\n" for one in judgments)
