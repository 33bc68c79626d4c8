"""The development figures of a table of vectors: translations found, passages found."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.scoring import unit_rows
from core.training.contrast import Floats
from core.training.reading import lines

DEPTH = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """`into` and `out_of`: accuracy at 1 into and out of English by language; `found`: MRR@10 by collection."""

    into: dict[str, float]
    out_of: dict[str, float]
    found: dict[str, float]

    @property
    def score(self) -> float:
        """One number to compare by: the mean of the three macro averages that there are."""
        parts = [fmean(part.values()) for part in (self.into, self.out_of, self.found) if part]
        return fmean(parts) if parts else 0.0

    def __str__(self) -> str:
        said = []
        if self.into:
            said.append(f"into English {fmean(self.into.values()):.4f}, out {fmean(self.out_of.values()):.4f}")
        if self.found:
            every = " ".join(f"{name} {value:.3f}" for name, value in self.found.items())
            said.append(f"MRR@10 {fmean(self.found.values()):.4f} ({every})")
        return "; ".join(said) or "no development set"


class Development:
    """The sets in DIR/dev and DIR/retrieval, as token bags of one tokenizer."""

    def __init__(self, data: Path, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.bitext: dict[str, tuple[csr_array, csr_array]] = {}
        self.collections: dict[str, tuple[csr_array, csr_array, list[set[int]]]] = {}
        for path in sorted((data / "dev").glob("*.tsv*")):
            self._read_bitext(path)
        for folder in sorted(path.parent for path in (data / "retrieval").glob("*/corpus.jsonl")):
            self._read_collection(folder)

    def figures(self, table: Floats) -> Figures:
        """What that table of vectors finds."""
        into, out_of, found = {}, {}, {}
        for tag, (foreign, english) in self.bitext.items():
            scores = unit_rows(foreign @ table) @ unit_rows(english @ table).T
            own = np.arange(len(scores))
            into[tag] = float(np.mean(scores.argmax(axis=1) == own))
            out_of[tag] = float(np.mean(scores.argmax(axis=0) == own))
        for name, (queries, passages, relevant) in self.collections.items():
            scores = unit_rows(queries @ table) @ unit_rows(passages @ table).T
            found[name] = fmean(map(_reciprocal_rank, scores, relevant))
        return Figures(into, out_of, found)

    def _read_bitext(self, path: Path) -> None:
        head, *rows = (line.decode("utf-8").split("\t") for line in lines(path))
        english = head.index("en")
        for place, tag in enumerate(head):
            pairs = [(row[place], row[english]) for row in rows if place != english and row[place] and row[english]]
            if pairs:
                foreign, own = zip(*pairs, strict=True)
                self.bitext[tag] = self._bags(foreign), self._bags(own)

    def _read_collection(self, folder: Path) -> None:
        passages = [json.loads(line) for line in lines(folder / "corpus.jsonl")]
        place = {row["_id"]: number for number, row in enumerate(passages)}
        relevant: dict[str, set[int]] = {}
        for line in list(lines(folder / "qrels" / "test.tsv"))[1:]:
            query, passage, grade = line.decode("utf-8").split("\t")
            if int(grade) > 0:
                relevant.setdefault(query, set()).add(place[passage])
        queries = [json.loads(line) for line in lines(folder / "queries.jsonl")]
        asked = [row for row in queries if row["_id"] in relevant]
        texts = [f"{row.get('title', '')} {row['text']}".strip() for row in passages]
        self.collections[folder.name] = (
            self._bags([row["text"] for row in asked]), self._bags(texts), [relevant[row["_id"]] for row in asked],
        )  # fmt: skip

    def _bags(self, texts: Sequence[str]) -> csr_array:
        encoded = [one.ids for one in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]
        unknown = self._tokenizer.token_to_id("[UNK]")
        kept = [[number for number in ids if number != unknown] for ids in encoded]
        ends = np.cumsum([0, *map(len, kept)])
        flat = np.fromiter((number for ids in kept for number in ids), np.int64, int(ends[-1]))
        ones = np.ones(len(flat), np.float32)
        return csr_array((ones, flat, ends), shape=(len(kept), self._tokenizer.get_vocab_size()))


def _reciprocal_rank(scores: NDArray[np.float32], relevant: set[int]) -> float:
    best = np.argsort(-scores, kind="stable")[:DEPTH]
    return next((1 / rank for rank, place in enumerate(best, start=1) if int(place) in relevant), 0.0)
