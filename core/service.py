"""Runs encoders in this process: each is loaded once, when it is first asked for."""

import threading
from collections.abc import Sequence
from pathlib import Path

from core.encoders.static import StaticEncoder, declaration
from core.errors import UnknownName
from core.protocols import Encoder, EncoderCard, Matrix, Side, TokenVectors


class LocalService:
    """The encoders of these folders, each a sub-folder with a model.toml, by its name; of two alike the first.

    A folder may also be an encoder itself, by the name that its model.toml says.
    """

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._lock = threading.Lock()
        self._encoders: dict[str, Encoder] = {}

    @property
    def names(self) -> list[str]:
        return sorted(self._places())

    def card(self, model: str) -> EncoderCard:
        return self._encoder(model).card

    def encode(self, model: str, texts: Sequence[str], side: Side) -> Matrix:
        return self._encoder(model).encode(texts, side)

    def tokens(self, model: str, texts: Sequence[str], side: Side, *, offsets: bool = False) -> list[TokenVectors]:
        return self._encoder(model).tokens(texts, side, offsets=offsets)

    def _encoder(self, model: str) -> Encoder:
        with self._lock:
            if model not in self._encoders:
                places = self._places()
                if model not in places:
                    raise UnknownName("encoder", model, sorted(places))
                self._encoders[model] = StaticEncoder(places[model])
            return self._encoders[model]

    def _places(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for folder in reversed(self._folders):
            if (folder / "model.toml").is_file():
                found[declaration(folder)["model"]] = folder
            found |= {path.parent.name: path.parent for path in folder.glob("*/model.toml")}
        return found
