"""A trained table as a model folder: int8 rows for Babelscope, the same vectors in float32 for other libraries."""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import NotWritable
from core.training.contrast import Floats
from core.training.vocabulary import SPECIAL

PRECISION = "int8 rows with a float16 scale each"
FORMS = ("float32", "float16", "int8", "int4")


@dataclass(frozen=True, slots=True)
class Model:
    """What a folder is made of. `card` is the text of its README.md."""

    name: str
    tokenizer: Any
    table: Floats
    languages: Sequence[str]
    card: str
    licence: str = "CC-BY-SA-4.0"
    match_threshold: float = 0.35
    word_weight: float = 6.0


def quantised(table: Floats, levels: int = 127) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Whole numbers from -levels to levels and a scale for each row; the special entries are zero."""
    scales = (np.abs(table).max(axis=1) / levels).astype(np.float16)
    scales[: len(SPECIAL)] = 0
    safe = np.where(scales > 0, scales, np.float16(1)).astype(np.float32)[:, None]
    rows = np.clip(np.rint(table / safe), -levels, levels).astype(np.int8)
    rows[scales == 0] = 0
    return rows, scales


def stored(table: Floats, form: str) -> Floats:
    """The vectors as a form of storage gives them back."""
    if form == "float16":
        return table.astype(np.float16).astype(np.float32)
    if form in ("int8", "int4"):
        rows, scales = quantised(table, 127 if form == "int8" else 7)
        return rows * scales.astype(np.float32)[:, None]
    return table


def export(model: Model, folder: Path) -> None:
    """Writes the model for Babelscope: model.toml with checksums, model.safetensors, tokenizer.json, README.md."""
    from safetensors.numpy import save

    rows, scales = quantised(model.table)
    files = {
        "model.safetensors": save({"embedding.weight": rows, "embedding.scale": scales}),
        "tokenizer.json": model.tokenizer.to_str(pretty=False).encode(),
    }
    files["model.toml"] = _declaration(model, files).encode()
    files["README.md"] = model.card.encode()
    replace(folder, files)


def export_float32(model: Model, folder: Path) -> None:
    """Writes the same vectors for sentence-transformers (StaticEmbedding) and model2vec."""
    from safetensors.numpy import save

    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
    ]
    config = {"model_type": "model2vec", "normalize": True, "hidden_dim": model.table.shape[1], "seq_length": 1000000}
    files = {
        "model.safetensors": save({"embeddings": stored(model.table, "int8")}),
        "tokenizer.json": model.tokenizer.to_str(pretty=False).encode(),
        "modules.json": json.dumps(modules, indent=2).encode(),
        "config.json": json.dumps(config, indent=2).encode(),
        "1_Normalize/config.json": b"{}\n",
        "README.md": model.card.encode(),
    }
    replace(folder, files)


def replace(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes the files aside and puts the whole folder in its place, so that it is never half of two models."""
    aside, old = (folder.with_name(f"{folder.name}.{what}") for what in ("part", "old"))
    try:
        for left in (aside, old):
            shutil.rmtree(left, ignore_errors=True)
        for name, content in files.items():
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            (aside / name).write_bytes(content)
        if folder.exists():
            folder.rename(old)
        aside.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise NotWritable(folder, error) from error


def _declaration(model: Model, files: Mapping[str, bytes]) -> str:
    said = {
        "model": model.name,
        "dim": model.table.shape[1],
        "precision": PRECISION,
        "match_threshold": model.match_threshold,
        "word_weight": model.word_weight,
        "licence": model.licence,
        "languages": list(model.languages),
    }
    lines = ["# What the files of this folder are; the encoder refuses to start on files with another checksum."]
    lines += [f"{name} = {json.dumps(value)}" for name, value in said.items()]
    for name, content in files.items():
        lines += ["", f'[files."{name}"]', f'sha256 = "{hashlib.sha256(content).hexdigest()}"']
    return "\n".join(lines) + "\n"
