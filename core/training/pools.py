"""What training draws from: tokenised texts, the groups that translate each other, the windows of running text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.training.reading import Table, key

Ints = NDArray[np.int32]
Numbers = NDArray[np.int64]

ALTERNATIVES = 3
"""Translations of a word that are used; later ones are rare senses."""

BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Texts:
    """Token ids of every text, end to end; text n is ids[starts[n]:starts[n + 1]]."""

    ids: Ints
    starts: Numbers

    def tokens(self, items: Numbers, texts: Numbers) -> tuple[Numbers, Ints]:
        """The tokens of texts[i] under items[i]: the items once a token, and the ids."""
        begins, lengths = self.starts[texts], self.starts[texts + 1] - self.starts[texts]
        ends = np.cumsum(lengths)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
        return np.repeat(items, lengths), self.ids[np.repeat(begins, lengths) + within]


@dataclass(frozen=True, eq=False)
class Pool:
    """Groups of texts that mean the same: by language, sorted group numbers and the text of each entry."""

    entries: dict[str, tuple[Ints, Ints]]
    weights: NDArray[np.float32]

    def size(self, x: str, y: str) -> int:
        """Groups that hold both languages."""
        return int(np.count_nonzero(self._holds(x) & self._holds(y)))

    def draw(self, x: str, y: str, n: int, drawn: np.random.Generator) -> tuple[Numbers, Numbers, Numbers]:
        """At most n different groups by their weights, with a text of each language: groups, texts of x, texts of y."""
        groups, heights = self._shared(x, y)
        places = np.unique(np.searchsorted(heights, drawn.random(n) * heights[-1], "right"))
        chosen = groups[np.minimum(places, len(groups) - 1)].astype(np.int64)
        return chosen, self._one(x, chosen, drawn), self._one(y, chosen, drawn)

    def _one(self, tag: str, chosen: Numbers, drawn: np.random.Generator) -> Numbers:
        groups, texts = self.entries[tag]
        low, high = np.searchsorted(groups, chosen, "left"), np.searchsorted(groups, chosen, "right")
        return texts[low + (drawn.random(len(chosen)) * (high - low)).astype(np.int64)].astype(np.int64)

    @lru_cache(maxsize=1024)  # noqa: B019  # a pool lives as long as the training that draws from it
    def _shared(self, x: str, y: str) -> tuple[Ints, NDArray[np.float64]]:
        groups = np.flatnonzero(self._holds(x) & self._holds(y)).astype(np.int32)
        return groups, np.cumsum(self.weights[groups], dtype=np.float64)

    @lru_cache(maxsize=64)  # noqa: B019  # as above
    def _holds(self, tag: str) -> NDArray[np.bool_]:
        held = np.zeros(len(self.weights), np.bool_)
        held[self.entries[tag][0]] = True
        return held


@dataclass(frozen=True, eq=False)
class Running:
    """Rows that follow each other: the text of each row and language, -1 where none; `table` keeps texts apart."""

    languages: tuple[str, ...]
    cells: Ints
    table: Ints
    weights: NDArray[np.float32]

    @lru_cache(maxsize=1024)  # noqa: B019  # as above
    def rows(self, x: str, y: str) -> tuple[Numbers, NDArray[np.float64]]:
        """Rows with both languages, and their summed weights."""
        both = (self.column(x) >= 0) & (self.column(y) >= 0)
        found = np.flatnonzero(both)
        return found, np.cumsum(self.weights[found], dtype=np.float64)

    def column(self, tag: str) -> Ints:
        return np.asarray(self.cells[:, self.languages.index(tag)])


@dataclass(frozen=True, slots=True)
class Corpora:
    """All that training draws from; `questions` are (question, passage) texts."""

    texts: Texts
    sentences: Pool
    words: Pool
    running: Running
    questions: Numbers


def corpora(tables: Sequence[Table], tokenizer: Any) -> Corpora:
    """The tables' texts as token ids, grouped."""
    numbers: dict[str, int] = {}
    languages = tuple(sorted({tag for table in tables if table.kind != "questions" for tag in table.languages}))
    sentences, words = _Gathered(languages), _Gathered(languages)
    cells, places, weights, questions = [], [], [], []
    for number, table in enumerate(tables):
        if table.kind == "questions":
            questions += [[numbers.setdefault(cell, len(numbers)) for cell in row.values()] for row in table.rows]
            continue
        for row in table.rows:
            if table.kind == "words":
                several = {tag: cell.split(" | ")[:ALTERNATIVES] for tag, cell in row.items()}
                words.add(table.corpus.weight, several, numbers)
            else:
                one = {tag: [cell] for tag, cell in row.items()}
                sentences.add(table.corpus.weight, one, numbers, key(row.get("en", "")))
        if table.corpus.running and table.kind == "sentences":
            cells += [[numbers[row[tag]] if tag in row else -1 for tag in languages] for row in table.rows]
            places += [number] * len(table.rows)
            weights += [table.corpus.weight] * len(table.rows)
    running = Running(
        languages, np.array(cells, np.int32).reshape(-1, len(languages)), np.array(places, np.int32),
        np.array(weights, np.float32),
    )  # fmt: skip
    asked = np.array(questions, np.int64).reshape(-1, 2)
    return Corpora(_encoded(list(numbers), tokenizer), sentences.pool(), words.pool(), running, asked)


class _Gathered:
    """Entries of a pool while the tables are read; rows with the same English are one group."""

    def __init__(self, languages: Sequence[str]) -> None:
        self.entries: dict[str, tuple[list[int], list[int]]] = {tag: ([], []) for tag in languages}
        self.weights: list[float] = []
        self.named: dict[str, int] = {}

    def add(self, weight: float, row: Mapping[str, Sequence[str]], numbers: dict[str, int], name: str = "") -> None:
        """Takes a row in, under the group of that name if it has one."""
        group = self.named.setdefault(name, len(self.weights)) if name else len(self.weights)
        if group == len(self.weights):
            self.weights.append(weight)
        else:
            self.weights[group] = max(self.weights[group], weight)
        for tag, cells in row.items():
            groups, texts = self.entries[tag]
            for cell in cells:
                groups.append(group)
                texts.append(numbers.setdefault(cell, len(numbers)))

    def pool(self) -> Pool:
        entries = {}
        for tag, (groups, texts) in self.entries.items():
            pairs = np.unique((np.array(groups, np.int64) << 32) + np.array(texts, np.int64))
            entries[tag] = ((pairs >> 32).astype(np.int32), (pairs & 0x7FFFFFFF).astype(np.int32))
        return Pool(entries, np.array(self.weights, np.float32))


def _encoded(texts: Sequence[str], tokenizer: Any) -> Texts:
    unknown = tokenizer.token_to_id("[UNK]")
    parts, lengths = [np.zeros(0, np.int32)], [np.zeros(1, np.int64)]
    for start in range(0, len(texts), BATCH):
        encoded = tokenizer.encode_batch_fast(texts[start : start + BATCH], add_special_tokens=False)
        ids = [np.array(one.ids, np.int32) for one in encoded]
        kept = [row[row != unknown] for row in ids]
        parts.append(np.concatenate(kept))
        lengths.append(np.array([len(row) for row in kept], np.int64))
    return Texts(np.concatenate(parts), np.cumsum(np.concatenate(lengths)))


def save(found: Corpora, path: Path) -> None:
    """Keeps them in one file."""
    arrays: dict[str, Any] = {"ids": found.texts.ids, "starts": found.texts.starts, "questions": found.questions}
    for name, pool in (("sentences", found.sentences), ("words", found.words)):
        arrays[f"{name}.weights"] = pool.weights
        for tag, (groups, texts) in pool.entries.items():
            arrays[f"{name}.{tag}"] = np.array([groups, texts])
    running = found.running
    arrays |= {"cells": running.cells, "table": running.table, "weights": running.weights}
    np.savez(path, languages=np.array(running.languages), **arrays)


def load(path: Path) -> Corpora:
    """What was kept."""
    with np.load(path) as kept:
        tags = tuple(map(str, kept["languages"]))
        first, second = (
            Pool({tag: tuple(kept[f"{name}.{tag}"]) for tag in tags}, kept[f"{name}.weights"])
            for name in ("sentences", "words")
        )
        running = Running(tags, kept["cells"], kept["table"], kept["weights"])
        return Corpora(Texts(kept["ids"], kept["starts"]), first, second, running, kept["questions"])
