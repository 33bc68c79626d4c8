"""Reads the names of systems: a recursive descent over `core.systems`' grammar."""

import math
import re
from typing import cast

from core.errors import BadSystem
from core.systems import (
    BARE_VALUE,
    FUSION_KINDS,
    MAX_DEPTH,
    RERANK_DEPTH,
    RERANK_KINDS,
    RRF_K,
    SOURCE_DEPTH,
    SOURCE_KINDS,
    WITHOUT_MODEL,
    Fuse,
    FusionKind,
    Options,
    PostHoc,
    Rerank,
    RerankKind,
    Source,
    SourceKind,
    Stage,
)

MAX_LENGTH, MAX_NESTING = 2000, 20

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_MODEL = re.compile(r"[\w.~+-]+(?:/[\w.~+-]+)*")
_QUOTED = re.compile(r'"[^"]*"')
_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_WHOLE = re.compile(r"\d+")
_SPACE = re.compile(r"\s*")


def parse(name: str) -> Stage:
    """The system of that name. Raises BadSystem with the place and the reason."""
    return Parser(name).system_to_end()


class Parser:
    """One pass over one name; `position` is where it stands."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.position = 0
        self.nesting = 0

    def system_to_end(self) -> Stage:
        if len(self.name) > MAX_LENGTH:
            raise BadSystem(self.name, MAX_LENGTH, f"it has more than {MAX_LENGTH:,} characters")
        if not self.name.strip():
            raise BadSystem(self.name, 0, "it is empty; write for example bm25")
        stage = self.system()
        self.space()
        if self.position < len(self.name):
            raise self.wrong(f"'{self.name[self.position]}' was not expected here")
        return stage

    def system(self) -> Stage:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise self.wrong(f"it is nested more than {MAX_NESTING} deep")
        stage: Stage = self.part()
        while self.took(">>"):
            stage = self.rerank(stage)
        self.nesting -= 1
        return stage

    def part(self) -> Source | Fuse:
        self.space()
        start = self.position
        kind = self.need(_WORD, "a system begins with a word like bm25, dense or rrf")
        if kind in FUSION_KINDS:
            return self.fusion(cast(FusionKind, kind))
        if kind in SOURCE_KINDS:
            return self.source(cast(SourceKind, kind), start)
        if kind in RERANK_KINDS:
            raise self.wrong(f"{kind} re-ranks; write a source and >> before it", start)
        raise self.wrong(f"there is no '{kind}'; there is {', '.join(SOURCE_KINDS + FUSION_KINDS)}", start)

    def source(self, kind: SourceKind, start: int) -> Source:
        model = self.model(kind, start)
        options = self.options()
        steps: list[PostHoc] = []
        while self.took("|"):
            self.space()
            name = self.need(_WORD, "a step needs a name after |, like |centre")
            steps.append(PostHoc(name, self.options()))
        return Source(kind, model, options, tuple(steps), self.depth(SOURCE_DEPTH))

    def fusion(self, kind: FusionKind) -> Fuse:
        start = self.position
        if not self.took("("):
            raise self.wrong(f"{kind} needs its systems in brackets: {kind}(bm25, dense:static-26)")
        parts: list[Stage] = []
        weights: list[float] = []
        k = RRF_K
        while True:
            if kind == "rrf" and parts and (found := self.setting("k")) is not None:
                k = found
                break
            parts.append(self.system())
            if kind == "wsum":
                weights.append(self.weight())
            if not self.took(","):
                break
        if not self.took(")"):
            raise self.wrong(f"a bracket of {kind}(…) is not closed")
        if len(parts) < 2:
            raise self.wrong(f"{kind} joins two systems or more", start)
        if kind == "wsum" and sum(weights) <= 0:
            raise self.wrong("one weight at least must be above 0", start)
        return Fuse(kind, tuple(parts), tuple(weights), k, self.depth(SOURCE_DEPTH))

    def rerank(self, source: Stage) -> Rerank:
        self.space()
        start = self.position
        kind = self.need(_WORD, "after >> comes a re-ranker, like maxsim:static-26@50")
        if kind not in RERANK_KINDS:
            raise self.wrong(f"there is no re-ranker '{kind}'; there is {', '.join(RERANK_KINDS)}", start)
        model = self.model(kind, start)
        return Rerank(cast(RerankKind, kind), model, source, self.options(), self.depth(RERANK_DEPTH))

    def model(self, kind: str, start: int) -> str:
        if kind in WITHOUT_MODEL:
            if self.took(":"):
                raise self.wrong(f"{kind} has no model", self.position - 1)
            return ""
        if not self.took(":"):
            raise self.wrong(f"{kind} needs a name after a colon, like {kind}:static-26", start)
        return self.need(_MODEL, f"{kind} needs a name after the colon, like {kind}:static-26")

    def options(self) -> Options:
        if not self.took("["):
            return ()
        pairs: dict[str, str] = {}
        while True:
            self.space()
            start = self.position
            key = self.need(_WORD, "an option is written name=value, like [dim=128]")
            if not self.took("="):
                raise self.wrong("an option is written name=value, like [dim=128]")
            self.space()
            if key in pairs:
                raise self.wrong(f"the option {key} is given twice", start)
            pairs[key] = self.value(key)
            if not self.took(","):
                break
        if not self.took("]"):
            raise self.wrong("the bracket of the options is not closed")
        return tuple(sorted(pairs.items()))

    def value(self, key: str) -> str:
        if self.name.startswith('"', self.position):
            return self.need(_QUOTED, "a quotation mark is not closed")[1:-1]
        return self.need(BARE_VALUE, f"the option {key} needs a value")

    def depth(self, default: int) -> int:
        if not self.took("@"):
            return default
        start = self.position
        return self.whole(self.need(_WHOLE, "after @ comes a number of documents"), start, MAX_DEPTH, "a depth")

    def setting(self, name: str) -> int | None:
        """`k=60` if it stands here."""
        self.space()
        start = self.position
        if not re.match(rf"{name}\s*=", self.name[start:]):
            return None
        self.position += len(name)
        self.took("=")
        self.space()
        return self.whole(self.need(_WHOLE, f"{name} is a whole number"), start, 1_000_000, name)

    def weight(self) -> float:
        self.space()
        start = self.position
        value = float(
            self.need(_NUMBER, "each system of wsum needs a weight after it: wsum(bm25 .5, dense:static-26 .5)")
        )
        if not math.isfinite(value):
            raise self.wrong("a weight is a number like .5", start)
        return value

    def whole(self, digits: str, start: int, most: int, what: str) -> int:
        if len(digits) > 9 or not 1 <= int(digits) <= most:
            raise self.wrong(f"{what} is a whole number from 1 to {most:,}", start)
        return int(digits)

    def need(self, pattern: re.Pattern[str], otherwise: str) -> str:
        found = pattern.match(self.name, self.position)
        if found is None:
            raise self.wrong(otherwise)
        self.position = found.end()
        return found.group()

    def took(self, symbol: str) -> bool:
        """True, and behind it, if the symbol comes next after any space."""
        end = _SPACE.match(self.name, self.position).end()  # type: ignore[union-attr]  # matches the empty string too
        if not self.name.startswith(symbol, end):
            return False
        self.position = end + len(symbol)
        self.space()
        return True

    def space(self) -> None:
        self.position = _SPACE.match(self.name, self.position).end()  # type: ignore[union-attr]

    def wrong(self, reason: str, position: int | None = None) -> BadSystem:
        return BadSystem(self.name, self.position if position is None else position, reason)
