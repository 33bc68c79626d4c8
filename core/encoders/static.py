"""A static-embedding encoder: a tokenizer and a table of vectors; a text is the mean of its token vectors. No torch."""

import hashlib
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import Damaged
from core.protocols import EncoderCard, Matrix, Side, TokenVectors
from core.scoring import unit_rows

MAX_CHARACTERS = 100_000
"""Of a longer text only this much, from its beginning, is encoded."""

BATCH = 1024

_NONE = np.zeros(0, np.int64)


class StaticEncoder:
    """The model of a folder with model.toml, model.safetensors and tokenizer.json, whose checksums it verifies."""

    def __init__(self, folder: Path) -> None:
        """Raises Damaged when a file is missing or its checksum is another."""
        declared = declaration(folder)
        files = {name: _verified(folder / name, entry["sha256"]) for name, entry in declared["files"].items()}
        self.card = _card(declared, files)
        self._tokenizer = _tokenizer(files["tokenizer.json"], folder)
        self._rows, self._scales = _table(files["model.safetensors"], folder, dim=self.card.dim)
        self._unknown = self._tokenizer.token_to_id("[UNK]")

    def encode(self, texts: Sequence[str], side: Side) -> Matrix:  # noqa: ARG002  # a bag of vectors has no sides
        """[n, dim] float32 unit rows, zero for a text without a known token."""
        vectors = np.zeros((len(texts), self.card.dim), np.float32)
        for start in range(0, len(texts), BATCH):
            ids = self._ids(texts[start : start + BATCH])
            filled = [place for place, tokens in enumerate(ids) if len(tokens)]
            if not filled:
                continue
            gathered = self._vectors(np.concatenate([ids[place] for place in filled]))
            begins = np.cumsum([0, *(len(ids[place]) for place in filled[:-1])])
            vectors[[start + place for place in filled]] = np.add.reduceat(gathered, begins, axis=0)
        return unit_rows(vectors)

    def tokens(self, texts: Sequence[str], side: Side, *, offsets: bool = False) -> list[TokenVectors]:  # noqa: ARG002
        """Unit vectors of each text's known tokens, and the vectors' norms as weights."""
        encodings = self._encodings(texts, offsets=offsets)
        ids = [np.asarray(encoding.ids, np.int64) for encoding in encodings]
        known = [row != self._unknown for row in ids]
        vectors = self._vectors(np.concatenate([row[keep] for row, keep in zip(ids, known, strict=True)] or [_NONE]))
        norms = np.linalg.norm(vectors, axis=1).astype(np.float32)
        ends = np.cumsum([keep.sum() for keep in known])[:-1]
        spans = (
            tuple(_trimmed(text, span) for span, keep in zip(encoding.offsets, kept, strict=True) if keep)
            if offsets
            else ()
            for text, encoding, kept in zip(texts, encodings, known, strict=True)
        )
        return list(map(TokenVectors, np.split(unit_rows(vectors), ends), np.split(norms, ends), spans))

    def _ids(self, texts: Sequence[str]) -> list[NDArray[np.int64]]:
        encoded = (np.asarray(encoding.ids, np.int64) for encoding in self._encodings(texts, offsets=False))
        return [ids[ids != self._unknown] for ids in encoded]

    def _encodings(self, texts: Sequence[str], *, offsets: bool) -> list[Any]:
        cut = [text[:MAX_CHARACTERS] for text in texts]
        encode = self._tokenizer.encode_batch if offsets else self._tokenizer.encode_batch_fast
        return list(encode(cut, add_special_tokens=False))

    def _vectors(self, ids: NDArray[np.int64]) -> Matrix:
        return np.asarray(self._rows[ids] * self._scales[ids, None], np.float32)


def declaration(folder: Path) -> dict[str, Any]:
    """What its model.toml says. Raises Damaged."""
    path = folder / "model.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Damaged(f"The model file {path} is missing; install Babelscope again or restore it.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Damaged(f"The model file {path} cannot be read ({error}); restore it.") from error


def _verified(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise Damaged(f"The model file {path} is missing; install Babelscope again or restore it.") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Damaged(f"The model file {path} is damaged: its checksum is not the one in model.toml; restore it.")
    return content


def _card(declared: dict[str, Any], files: dict[str, bytes]) -> EncoderCard:
    revision = hashlib.sha256(b"".join(files[name] for name in sorted(files))).hexdigest()[:40]
    return EncoderCard(
        model=declared["model"],
        revision=revision,
        dim=declared["dim"],
        max_tokens=MAX_CHARACTERS,
        languages=tuple(declared["languages"]),
        licence=declared["licence"],
        capabilities=frozenset({"dense", "words", "tokens"}),
        precision=declared["precision"],
        match_threshold=declared["match_threshold"],
        word_weight=declared["word_weight"],
    )


def _tokenizer(content: bytes, folder: Path) -> Any:
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_buffer(content)
    except Exception as error:  # the library raises the bare class
        raise Damaged(f"The tokenizer in {folder} cannot be read ({error}); restore it.") from error


def _table(content: bytes, folder: Path, *, dim: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tensors = load(content)
    except SafetensorError as error:
        raise Damaged(f"The weights in {folder} cannot be read ({error}); restore them.") from error
    rows, scales = tensors["embedding.weight"], tensors["embedding.scale"].astype(np.float32)
    if rows.shape != (len(scales), dim):
        raise Damaged(f"The weights in {folder} have the shape {rows.shape}, not ({len(scales)}, {dim}); restore them.")
    return rows, scales


def _trimmed(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """The span without the white space that a token's leading mark stands for."""
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
