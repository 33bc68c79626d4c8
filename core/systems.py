"""Systems as values: what prints is what parses, so a label, a URL, a cache key and a run file are one thing.

    system  := part (">>" rerank)*
    part    := source | fusion
    source  := kind[":" model]["[" options "]"]("|" step)*["@" depth]    bm25   dense:static-26|centre   run:mine@500
    fusion  := rrf(system, …, k=60) | wsum(system weight, …) | mean(system, …)   ["@" depth]
    rerank  := kind[":" model]["[" options "]"]["@" depth]               maxsim:static-26@50   feedback@20

Depths are documents. Defaults are not printed: a source or a fusion gives 100, a re-ranking 50, k is 60.
`core.grammar.parse` reads all of it; `core.pipeline.check` says which parts this version runs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

SourceKind = Literal["bm25", "dense", "sparse", "run"]
FusionKind = Literal["rrf", "wsum", "mean"]
RerankKind = Literal[
    "maxsim", "rerank", "likelihood", "listwise", "first", "icr", "pairwise", "setwise", "reasoning", "feedback"
]

SOURCE_KINDS: tuple[str, ...] = get_args(SourceKind)
FUSION_KINDS: tuple[str, ...] = get_args(FusionKind)
RERANK_KINDS: tuple[str, ...] = get_args(RerankKind)
WITHOUT_MODEL = frozenset({"bm25", "feedback"})

SOURCE_DEPTH, RERANK_DEPTH, RRF_K = 100, 50, 60
MAX_DEPTH = 10_000
MOST_SYSTEMS = 8  # side by side, and in one saved set

Options = tuple[tuple[str, str], ...]

BARE_VALUE = re.compile(r"[\w.~+:/-]+")
"""A value of an option that needs no quotation marks."""


@dataclass(frozen=True, slots=True)
class PostHoc:
    """A post-hoc step on a source's vectors, `|centre`."""

    name: str
    options: Options = ()

    def __str__(self) -> str:
        return f"|{self.name}{_print_options(self.options)}"


@dataclass(frozen=True, slots=True)
class Source:
    """Finds documents in the whole collection."""

    kind: SourceKind
    model: str = ""
    options: Options = ()
    steps: tuple[PostHoc, ...] = ()
    depth: int = SOURCE_DEPTH

    def option(self, name: str) -> str:
        """The value of that option; empty where it is not given."""
        return dict(self.options).get(name, "")

    def __str__(self) -> str:
        steps = "".join(map(str, self.steps))
        return f"{_print_head(self.kind, self.model, self.options)}{steps}{_print_depth(self.depth, SOURCE_DEPTH)}"


@dataclass(frozen=True, slots=True)
class Fuse:
    """Joins the lists of two or more systems. `weights` only for wsum, one a part; `k` only for rrf."""

    kind: FusionKind
    parts: tuple["Stage", ...]
    weights: tuple[float, ...] = ()
    k: int = RRF_K
    depth: int = SOURCE_DEPTH

    def __str__(self) -> str:
        if self.kind == "wsum":
            inner = [f"{part} {_print_weight(w)}" for part, w in zip(self.parts, self.weights, strict=True)]
        else:
            inner = [str(part) for part in self.parts]
        if self.kind == "rrf" and self.k != RRF_K:
            inner.append(f"k={self.k}")
        return f"{self.kind}({', '.join(inner)}){_print_depth(self.depth, SOURCE_DEPTH)}"


@dataclass(frozen=True, slots=True)
class Rerank:
    """Orders the first `depth` documents of `source` anew and gives these."""

    kind: RerankKind
    model: str
    source: "Stage"
    options: Options = ()
    depth: int = RERANK_DEPTH

    def __str__(self) -> str:
        return f"{self.source} >> {self.own_name}"

    @property
    def own_name(self) -> str:
        """The name without its source, `maxsim:static-26@50` as `maxsim:static-26`."""
        return f"{_print_head(self.kind, self.model, self.options)}{_print_depth(self.depth, RERANK_DEPTH)}"


Stage = Source | Fuse | Rerank


def sources_of(stage: Stage) -> tuple[Stage, ...]:
    """The stages this one reads from."""
    match stage:
        case Source():
            return ()
        case Fuse(parts=parts):
            return parts
        case Rerank(source=source):
            return (source,)


def walk(stage: Stage) -> Iterator[Stage]:
    """Every stage once, sources before what reads them; the system itself is last."""
    seen: set[Stage] = set()

    def visit(node: Stage) -> Iterator[Stage]:
        if node not in seen:
            seen.add(node)
            for source in sources_of(node):
                yield from visit(source)
            yield node

    yield from visit(stage)


def with_dropped(stage: Stage, word: str, *, dropped: bool = True) -> Stage:
    """The same system whose BM25 across languages does not add that word; not `dropped`: adds it again."""
    match stage:
        case Source() if crosses(stage):
            struck = {*stage.option("drop").split(), word} if dropped else {*stage.option("drop").split()} - {word}
            others = {name: value for name, value in stage.options if name != "drop"}
            chosen = others | ({"drop": " ".join(sorted(struck))} if struck else {})
            return replace(stage, options=tuple(sorted(chosen.items())))
        case Source():
            return stage
        case Fuse(parts=parts):
            return replace(stage, parts=tuple(with_dropped(part, word, dropped=dropped) for part in parts))
        case Rerank(source=source):
            return replace(stage, source=with_dropped(source, word, dropped=dropped))


def crosses(stage: Stage) -> bool:
    """Whether it is BM25 that joins words of other languages."""
    return isinstance(stage, Source) and stage.kind == "bm25" and stage.option("q") == "lex"


def _print_head(kind: str, model: str, options: Options) -> str:
    return f"{kind}:{model}{_print_options(options)}" if model else f"{kind}{_print_options(options)}"


def _print_options(options: Options) -> str:
    return f"[{', '.join(f'{key}={_print_value(value)}' for key, value in options)}]" if options else ""


def _print_value(value: str) -> str:
    return value if BARE_VALUE.fullmatch(value) else f'"{value}"'


def _print_depth(depth: int, default: int) -> str:
    return "" if depth == default else f"@{depth}"


def _print_weight(weight: float) -> str:
    """The shortest text that reads back as the same number: .5, 1, 1e-05."""
    text = repr(float(weight))
    if text.startswith("0."):
        return text[1:]
    return text.removesuffix(".0")
