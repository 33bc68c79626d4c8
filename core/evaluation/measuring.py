"""Measures of rankings against judgments: ir_measures computes, this hands it our order and fills what is missing."""

import math
from collections.abc import Iterable, Mapping

from core.errors import BadInput
from core.records import Qrel, Ranking


def measured(measure: str, rankings: Mapping[str, Ranking], qrels: Iterable[Qrel]) -> dict[str, float]:
    """query_id → value, for every judged query in `rankings`; a ranking without documents counts 0.

    `measure` is a name of ir_measures, like nDCG@10 or RR@10. The order is the Ranking's: scores handed on fall
    strictly. Raises BadInput for a name that ir_measures does not know.
    """
    import ir_measures

    try:
        wanted = ir_measures.parse_measure(measure)
    except (NameError, ValueError) as error:
        raise BadInput(f"There is no measure '{measure}'; there is for example nDCG@10, RR@10, AP, R@100.") from error
    known = [ir_measures.Qrel(qrel.query_id, qrel.doc_id, qrel.grade) for qrel in qrels if qrel.query_id in rankings]
    run = [
        ir_measures.ScoredDoc(query_id, hit.doc_id, float(len(listed) - place))
        for query_id, listed in rankings.items()
        for place, hit in enumerate(listed)
    ]
    values = dict.fromkeys((qrel.query_id for qrel in known), 0.0)
    if run:
        values |= {found.query_id: found.value for found in ir_measures.iter_calc([wanted], known, run)}
    return values


def mean(values: Iterable[float]) -> float:
    """The arithmetic mean; nan of nothing."""
    numbers = list(values)
    return math.fsum(numbers) / len(numbers) if numbers else math.nan
