"""What an encoder is worth: translations found among sentences, and passages found for questions, alone and fused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from core import pipeline
from core.collections.beir import read_beir
from core.errors import BadInput
from core.evaluation.bitext import Bitext, bitext
from core.evaluation.measuring import measured
from core.evaluation.strata import Estimate, difference, estimate
from core.grammar import parse
from core.indexing import build
from core.protocols import Progress, Service
from core.records import Ranking

MEASURES = ("RR@10", "nDCG@10", "R@100")

Values = dict[str, dict[str, list[float]]]
"""Measure → set → a value for each judged query, in the set's order."""


@dataclass(frozen=True)
class Quality:
    """`systems`: what each is called → what it reached. Folders that are missing leave their part empty."""

    model: str
    identity: str
    bitext: Bitext
    systems: dict[str, Values]


def quality(
    data: Path,
    model: str,
    systems: Mapping[str, str],
    *,
    service: Service,
    scratch: Path,
    progress: Progress,
) -> Quality:
    """Over `data`/dev (aligned tables) and `data`/retrieval (BEIR folders); indexes are built in `scratch`.

    Raises BadInput when there is neither.
    """
    dev, folders = data / "dev", sorted(path.parent for path in data.glob("retrieval/*/corpus.jsonl"))
    if not dev.is_dir() and not folders:
        raise BadInput(f"'{data}' has neither a folder 'dev' of aligned tables nor a folder 'retrieval' of BEIR sets.")
    progress(0, len(folders) + 1, "sets")
    lined = bitext(dev, service, model) if dev.is_dir() else Bitext({}, {}, {})
    found: dict[str, Values] = {label: {measure: {} for measure in MEASURES} for label in systems}
    for done, folder in enumerate(folders, start=1):
        progress(done, len(folders) + 1, "sets")
        for label, measure, values in _retrieval(folder, model, systems, service=service, scratch=scratch):
            found[label][measure][folder.name] = values
    progress(len(folders) + 1, len(folders) + 1, "sets")
    return Quality(model, service.card(model).identity, lined, found)


def _retrieval(
    folder: Path, model: str, systems: Mapping[str, str], *, service: Service, scratch: Path
) -> Iterator[tuple[str, str, list[float]]]:
    """(system, measure, values by query) of one set."""
    collection = read_beir(folder)
    stages = {label: parse(name) for label, name in systems.items()}
    models = dict.fromkeys([model, *(name for stage in stages.values() for name in pipeline.models(stage))])
    index = build(collection, list(models), root=scratch, service=service)
    judged = {qrel.query_id for qrel in collection.qrels if qrel.grade > 0}
    queries = [query for query in collection.queries if query.query_id in judged]
    rankings: dict[str, dict[str, Ranking]] = {label: {} for label in stages}
    for trace in pipeline.run(list(stages.values()), queries, index=index, service=service):
        for label, stage in stages.items():
            if stage == trace.system:
                rankings[label][trace.query.query_id] = trace.ranking
    for label, listed in rankings.items():
        for measure in MEASURES:
            values = measured(measure, listed, collection.qrels)
            yield label, measure, [values[query.query_id] for query in queries]


def markdown(found: Quality, against: Quality | None = None) -> str:
    """Two tables, sentences by language and passages by set; each figure ± half its 95 % interval.

    Beside another model's: (difference, ▲ or ▼ where its interval is on one side of zero, p of the paired test).
    """
    parts = []
    if found.bitext.into:
        parts.append(_table("translations", _bitext(found), _bitext(against) if against else None))
    sets = {label: values for label, values in found.systems.items() if values["RR@10"]}
    for label, values in sets.items():
        parts.append(_table(label, values, against.systems[label] if against else None))
    return "\n".join(parts)


def _bitext(found: Quality) -> Values:
    lined = found.bitext
    return {"acc@1 into English": lined.into, "acc@1 out of English": lined.out, "xsim errors": lined.errors}


def _table(title: str, columns: Values, others: Values | None) -> str:
    """A row for each language or set, then their mean; a column for each measure."""
    names = list(next(iter(columns.values())))
    lines = [f"| {title} | n | {' | '.join(columns)} |", f"|---|---:|{'---:|' * len(columns)}"]
    for name, rows in [*((name, [name]) for name in names), ("mean", names)]:
        cells, n = [], 0
        for measure, strata in columns.items():
            own = {row: strata[row] for row in rows}
            n = sum(map(len, own.values()))
            beside = others and difference(own, {row: others[measure][row] for row in rows})
            cells.append(_figure(estimate(own)) + (_difference(beside) if beside else ""))
        lines.append(f"| {name} | {n:,} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _figure(one: Estimate) -> str:
    return f"{_short(one.mean)} ±{_short(one.high - one.mean)}"


def _difference(one: Estimate) -> str:
    mark = "▲ " if one.low > 0 else "▼ " if one.high < 0 else ""
    return f" ({'−' if one.mean < 0 else '+'}{_short(abs(one.mean))} {mark}p {_short(one.p)})"


def _short(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")
