"""Systems × query languages: what each system reaches for the queries of each language, over one pool of documents."""

from collections.abc import Sequence
from dataclasses import dataclass

from core import pipeline
from core.evaluation.measuring import mean, measured
from core.grammar import parse
from core.index import Index
from core.protocols import Control, Progress, Service
from core.records import Collection, Qrel, Query, Ranking
from core.systems import Stage


@dataclass(frozen=True)
class Table:
    """Means by system and language, and under "all"; nan where no query is judged.

    `pool`: nDCG@10 over the pool as it is, and `values` of each query. `others`: reciprocal rank of the
    first document of grade 1 or more in another language than the query's, those in its own taken out.
    """

    systems: tuple[str, ...]
    languages: tuple[str, ...]
    queries: dict[str, int]
    pool: dict[str, dict[str, float]]
    values: dict[str, dict[str, float]]
    others: dict[str, dict[str, float]]


def table(
    systems: Sequence[str],
    collection: Collection,
    *,
    index: Index,
    service: Service,
    progress: Progress | None = None,
    control: Control | None = None,
) -> Table:
    """Every system on every query that has a relevant document. Raises Faults, Stopped."""
    stages = {parse(name): name for name in systems}
    qrels = [qrel for qrel in collection.qrels if qrel.grade > 0]  # a grade of 0 counts as none in these measures
    judged = {qrel.query_id for qrel in qrels}
    queries = [query for query in collection.queries if query.query_id in judged]
    found: dict[str, dict[str, Ranking]] = {str(stage): {} for stage in stages}
    traces = pipeline.run(list(stages), queries, index=index, service=service, control=control)
    for done, trace in enumerate(traces, start=1):
        found[str(trace.system)][trace.query.query_id] = trace.ranking
        if progress is not None:
            progress(done, len(queries) * len(stages), "queries")
    return _table(stages, found, collection, queries, qrels)


def markdown(found: Table) -> str:
    """Two Markdown tables, one for each measure, with a column for all queries."""
    parts = []
    for title, rows in (
        ("nDCG@10 over the whole pool", found.pool),
        ("MRR@10 over documents in other languages than the query's", found.others),
    ):
        head = ["system", *found.languages, "all"]
        lines = [f"**{title}**", "", f"| {' | '.join(head)} |", f"|---|{'---:|' * (len(head) - 1)}"]
        for system in found.systems:
            values = [rows[system][tag] for tag in (*found.languages, "all")]
            lines.append(f"| `{system}` | {' | '.join(_short(value) for value in values)} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _table(
    stages: dict[Stage, str],
    found: dict[str, dict[str, Ranking]],
    collection: Collection,
    queries: Sequence[Query],
    qrels: Sequence[Qrel],
) -> Table:
    spoken = {query.query_id: query.language for query in queries}
    language = {document.doc_id: document.language for document in collection.documents}
    foreign = [qrel for qrel in qrels if language[qrel.doc_id] != spoken[qrel.query_id]]
    tags = tuple(sorted(set(spoken.values())))

    def by_language(values: dict[str, float]) -> dict[str, float]:
        rows = {tag: mean(value for query, value in values.items() if spoken[query] == tag) for tag in tags}
        return rows | {"all": mean(values.values())}

    def without_own(rankings: dict[str, Ranking]) -> dict[str, Ranking]:
        return {
            query_id: Ranking(tuple(hit for hit in listed if language[hit.doc_id] != spoken[query_id]))
            for query_id, listed in rankings.items()
        }

    names = tuple(str(stage) for stage in stages)
    values = {name: measured("nDCG@10", found[name], qrels) for name in names}
    return Table(
        systems=names,
        languages=tags,
        queries={tag: sum(own == tag for own in spoken.values()) for tag in tags},
        pool={name: by_language(values[name]) for name in names},
        values=values,
        others={name: by_language(measured("RR@10", without_own(found[name]), foreign)) for name in names},
    )


def _short(value: float) -> str:
    """.812, 1.000, or a dash for nothing."""
    return "–" if value != value else f"{value:.3f}".removeprefix("0")
