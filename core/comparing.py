"""How alike two rankings are, what moved between them, and which languages a list is made of."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core.errors import BadInput

MoveKind = Literal["up", "down", "same", "new", "gone"]


@dataclass(frozen=True, slots=True)
class Move:
    """Where a document stands, and where it stands in the reference; None: not in that list."""

    doc_id: str
    kind: MoveKind
    rank: int | None
    before: int | None

    @property
    def by(self) -> int:
        """Ranks risen, negative for fallen; 0 where one of the two is unknown."""
        return self.before - self.rank if self.before is not None and self.rank is not None else 0


def movement(reference: Sequence[str], ranking: Sequence[str], k: int) -> list[Move]:
    """What became of the reference: the first k of the ranking in order, then those that are gone from them.

    `new` is not in the reference at all, `gone` is among the first k of the reference and not of the ranking; its rank
    is given where it stands further down. Both lists are taken as deep as they are, so cut them alike.
    """
    if k < 1:
        raise BadInput("The depth k of a movement is 1 or more.")
    ranks = {doc_id: rank for rank, doc_id in enumerate(ranking, start=1)}
    before = {doc_id: rank for rank, doc_id in enumerate(reference, start=1)}
    shown = [Move(doc, _kind(ranks[doc], before.get(doc)), ranks[doc], before.get(doc)) for doc in ranking[:k]]
    gone = [doc for doc in reference[:k] if ranks.get(doc, k + 1) > k]
    return shown + [Move(doc, "gone", ranks.get(doc), before[doc]) for doc in gone]


def _kind(rank: int, before: int | None) -> MoveKind:
    if before is None:
        return "new"
    return "same" if rank == before else "up" if rank < before else "down"


def overlap(first: Sequence[str], second: Sequence[str], k: int) -> float:
    """Share of the first k that both lists have: |A ∩ B| / k, 0 to 1; a list that ends before k has gaps there."""
    if k < 1:
        raise BadInput("The depth k of an overlap is 1 or more.")
    return len(set(first[:k]) & set(second[:k])) / k


def rank_biased_overlap(first: Sequence[str], second: Sequence[str], p: float = 0.9) -> float:
    """Agreement of two rankings, 0 to 1, where each further rank counts p times as much as the one before.

    Extrapolated (RBO_ext, equation 32), lists of different lengths and without ties; of two empty lists 1, of one 0.
    Source: webber2010rbo.
    """
    if not 0 < p < 1:
        raise BadInput("The persistence p of RBO is between 0 and 1.")
    shorter, longer = sorted((first, second), key=len)
    s, long = len(shorter), len(longer)
    if s == 0:
        return float(long == 0)
    common = _common(shorter, longer)
    at_s, at_l = common[s - 1], common[long - 1]
    summed = sum(common[d - 1] / d * p**d for d in range(1, long + 1))
    summed += sum(at_s * (d - s) / (s * d) * p**d for d in range(s + 1, long + 1))
    return (1 - p) / p * summed + ((at_l - at_s) / long + at_s / s) * p**long


def language_share(doc_ids: Sequence[str], language: Mapping[str, str]) -> dict[str, float]:
    """Language → share of the list, the largest first; shares add up to 1."""
    counts = Counter(language[doc_id] for doc_id in doc_ids)
    return {tag: count / len(doc_ids) for tag, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))}


def _common(shorter: Sequence[str], longer: Sequence[str]) -> list[int]:
    """For each depth up to the longer list's, how many documents both have down to there."""
    seen: set[str] = set()
    other: set[str] = set()
    common, counts = 0, []
    for d, doc_id in enumerate(longer):
        if d < len(shorter):
            if shorter[d] == doc_id:
                common += 1
            else:
                common += (shorter[d] in seen) + (doc_id in other)
            other.add(shorter[d])
        else:
            common += doc_id in other
        seen.add(doc_id)
        counts.append(common)
    return counts
