"""Runs encoders in this process: each is loaded once, when it is first asked for."""

import threading
from collections.abc import Sequence
from pathlib import Path

from core.encoders.static import StaticEncoder
from core.errors import UnknownName
from core.protocols import Encoder, EncoderCard, Matrix, Side, TokenVectors


class LocalService:
    """The encoders of one folder, each a sub-folder with a model.toml, by the sub-folder's name."""

    def __init__(self, models: Path) -> None:
        self._models = models
        self._lock = threading.Lock()
        self._encoders: dict[str, Encoder] = {}

    @property
    def names(self) -> list[str]:
        return sorted(path.parent.name for path in self._models.glob("*/model.toml"))

    def card(self, model: str) -> EncoderCard:
        return self._encoder(model).card

    def encode(self, model: str, texts: Sequence[str], side: Side) -> Matrix:
        return self._encoder(model).encode(texts, side)

    def tokens(self, model: str, texts: Sequence[str], side: Side, *, offsets: bool = False) -> list[TokenVectors]:
        return self._encoder(model).tokens(texts, side, offsets=offsets)

    def _encoder(self, model: str) -> Encoder:
        with self._lock:
            if model not in self._encoders:
                if model not in self.names:
                    raise UnknownName("encoder", model, self.names)
                self._encoders[model] = StaticEncoder(self._models / model)
            return self._encoders[model]
