"""What can be swapped: encoders, re-rankers, the service that runs them, and how long work reports and stops."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import Stopped
from core.records import Document, Query

Side = Literal["query", "document"]
Matrix = NDArray[np.float32]
Capability = Literal[
    "dense", "words", "sparse", "tokens", "layers", "score", "generate", "logits", "attention", "translate"
]

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what): how much of a long piece of work is behind us."""


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """One text's tokens: vectors [t, dim] float32, of unit length or zero; weights [t] ≥ 0; offsets [t]."""

    vectors: Matrix
    weights: NDArray[np.float32]
    offsets: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class EncoderCard:
    """What makes an encoder's vectors what they are. `identity` names them: other vectors, other identity.

    `match_threshold`: a cosine of two words that unrelated texts hardly reach; `word_weight`: the length of a word's
    vector below which it says little. Both are measured, and kept with the model.
    """

    model: str
    revision: str
    dim: int
    max_tokens: int
    languages: tuple[str, ...]
    licence: str
    capabilities: frozenset[Capability]
    precision: str = "float32"
    pooling: str = "mean"
    prompts: tuple[tuple[str, str], ...] = ()
    match_threshold: float = 1.0
    word_weight: float = 0.0

    @cached_property
    def identity(self) -> str:
        """sha256 of all that makes the vectors what they are: a vector table and a cache are keyed by it."""
        said = (self.model, self.revision, self.prompts, self.pooling, self.max_tokens, self.dim, self.precision)
        return sha256("\n".join(map(repr, said)).encode()).hexdigest()


class Encoder(Protocol):
    """Batch in, batch out, order kept; a text's vectors never depend on the batch it came in."""

    @property
    def card(self) -> EncoderCard: ...

    def encode(self, texts: Sequence[str], side: Side) -> Matrix:
        """[n, dim] float32, rows of unit length; a text without a token gives a zero row."""
        ...

    def tokens(self, texts: Sequence[str], side: Side, *, offsets: bool = False) -> list[TokenVectors]:
        """One TokenVectors a text; `offsets` are empty unless they are asked for."""
        ...


class Reranker(Protocol):
    """Scores documents for one query; higher is better, order as given."""

    def scores(self, query: Query, documents: Sequence[Document]) -> Sequence[float]: ...


class Service(Protocol):
    """Runs models wherever they are: in this process or on another machine."""

    def card(self, model: str) -> EncoderCard:
        """Raises UnknownName, Damaged or MissingExtra."""
        ...

    def encode(self, model: str, texts: Sequence[str], side: Side) -> Matrix: ...

    def tokens(self, model: str, texts: Sequence[str], side: Side, *, offsets: bool = False) -> list[TokenVectors]: ...


class Control:
    """A way to stop long work from another thread; `check` is called between its pieces."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def stop(self) -> None:
        self._event.set()

    @property
    def stopped(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raises Stopped once somebody has asked to stop."""
        if self._event.is_set():
            raise Stopped
