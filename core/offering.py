"""What a system can be put together from here, and a system as those parts: for whoever builds one piece by piece."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.errors import BadInput, NotBuilt
from core.index import Index
from core.pipeline import check
from core.protocols import Service
from core.systems import (
    FUSION_KINDS,
    RERANK_DEPTH,
    RERANK_KINDS,
    RRF_K,
    SOURCE_DEPTH,
    SOURCE_KINDS,
    WITHOUT_MODEL,
    Options,
    Rerank,
    Source,
    Stage,
)

VARIANTS: tuple[Options, ...] = ((), (("q", "lex"),), (("q", "roman"),))
"""Options of sources that the grammar gives a meaning; which of them run is asked of the pipeline."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A source or a re-ranker by its name without depth; `fault`: what has to be done before it runs, else ""."""

    name: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Offers:
    """Everything that this version runs, with its models."""

    sources: tuple[Offer, ...]
    fusions: tuple[str, ...]
    rerankers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A stage by its name without depth; `depth` None where the name is a whole system, which has its own."""

    name: str
    depth: int | None
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """A system as rows of parts: what finds, how the lists are joined ("" for one list), and what re-ranks in turn."""

    parts: tuple[Part, ...]
    fusion: str = ""
    k: int = RRF_K
    depth: int = SOURCE_DEPTH
    rerankers: tuple[Part, ...] = ()


def offers(models: Sequence[str], *, index: Index, service: Service) -> Offers:
    """What runs of all that the grammar has, asked of the pipeline itself; what only lacks an index is there too."""
    anchor = Source("bm25")
    sources = [
        Source(kind, model, options)  # type: ignore[arg-type]  # the kinds are those of the grammar
        for kind in SOURCE_KINDS
        for model in (("",) if kind in WITHOUT_MODEL else models)
        for options in VARIANTS
    ]
    rerankers = [
        Rerank(kind, model, anchor)  # type: ignore[arg-type]
        for kind in RERANK_KINDS
        for model in (("",) if kind in WITHOUT_MODEL else models)
    ]
    found = [_offer(str(stage), stage, index, service) for stage in sources]
    again = [_offer(stage.own_name, stage, index, service) for stage in rerankers]
    return Offers(tuple(filter(None, found)), FUSION_KINDS, tuple(filter(None, again)))


def recipe(stage: Stage) -> Recipe:
    """Its rows. A part that is itself put together stays whole, under its name."""
    if isinstance(stage, Rerank):
        below = recipe(stage.source)
        own = Part(replace(stage, depth=RERANK_DEPTH).own_name, stage.depth)
        return replace(below, rerankers=(*below.rerankers, own))
    if isinstance(stage, Source):
        return Recipe((_part(stage, None),))
    weights = stage.weights or (None,) * len(stage.parts)
    parts = tuple(_part(part, weight) for part, weight in zip(stage.parts, weights, strict=True))
    return Recipe(parts, stage.kind, stage.k, stage.depth)


def _part(stage: Stage, weight: float | None) -> Part:
    if isinstance(stage, Source):
        return Part(str(replace(stage, depth=SOURCE_DEPTH)), stage.depth, weight)
    return Part(str(stage), None, weight)


def _offer(name: str, stage: Source | Rerank, index: Index, service: Service) -> Offer | None:
    """None for what no index and no installation would make run here."""
    faults = [fault.reason for fault in check([stage], index=index, service=service)]
    if any(isinstance(fault, BadInput | NotBuilt) for fault in faults):
        return None
    return Offer(name, str(faults[0]) if faults else "")
