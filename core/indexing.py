"""Builds and resumes indexes: rows are appended in chunks, and a build that was stopped goes on at the row count."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from core.errors import Busy, Damaged, NotWritable
from core.index import DOCS, LEXICON, Index, IndexInfo, index_path, read_info, vector_table, word_table
from core.lexicon import Entry, entries
from core.protocols import Control, EncoderCard, Matrix, Progress, Service
from core.records import Collection, Document
from core.text import ANALYSIS, terms

CHUNK = 2000
"""Documents that are encoded and committed at a time: what a kill can cost."""


def build(
    collection: Collection,
    models: Sequence[str],
    *,
    root: Path,
    service: Service,
    progress: Progress | None = None,
    control: Control | None = None,
) -> Index:
    """The complete index of that collection with these encoders; what is there already is not made again.

    Raises Busy when another process builds it, Stopped when `control` says so, NotWritable where nothing can be
    written; all leave what is done.
    """
    from filelock import FileLock, Timeout

    path = index_path(root, collection)
    try:
        path.mkdir(parents=True, exist_ok=True)
        with FileLock(path / "build.lock", timeout=0):
            return _Build(collection, path, service, progress or _silent, control or Control()).run(models)
    except Timeout as error:
        raise Busy(f"Another process is indexing '{collection.collection_id}'; wait until it is done.") from error
    except OSError as error:
        raise NotWritable(path, error) from error


def is_complete(collection: Collection, cards: Sequence[EncoderCard], root: Path) -> bool:
    """Whether nothing would have to be built."""
    info = read_info(index_path(root, collection))
    return info is not None and all(info.encoders.get(card.model) == card.identity for card in cards)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an index is: `changed` is one of other documents than there are now, `begun` one that was stopped.

    `done` of `total`: documents whose words, and whose vectors, are there; each document counts twice.
    """

    state: Literal["ready", "begun", "changed", "missing"]
    done: int = 0
    total: int = 0


def standing(collection: Collection, cards: Sequence[EncoderCard], root: Path) -> Standing:
    """How far the index of that collection with these encoders is. Raises Damaged."""
    import lancedb

    if is_complete(collection, cards, root):
        return Standing("ready")
    path, total = index_path(root, collection), (1 + len(cards)) * len(collection.documents)
    if (path / f"{DOCS}.lance").is_dir():
        db = lancedb.connect(str(path))
        there = set(db.list_tables().tables)
        names = [name for name in (DOCS, *map(vector_table, cards)) if name in there]
        try:
            return Standing("begun", sum(db.open_table(name).count_rows() for name in names), total)
        except (RuntimeError, ValueError, OSError) as error:
            raise Damaged(f"The index in {path} cannot be read; delete that folder and index again.") from error
    older = path.parent.is_dir() and any(found != path and found.is_dir() for found in path.parent.iterdir())
    return Standing("changed" if older else "missing")


class _Build:
    """One run over one index folder, whose lock is held."""

    def __init__(
        self, collection: Collection, path: Path, service: Service, progress: Progress, control: Control
    ) -> None:
        import lancedb

        self.collection, self.path, self.service = collection, path, service
        self.progress, self.control = progress, control
        self.db = lancedb.connect(str(path))
        self.info = read_info(path) or IndexInfo(
            collection.collection_id, collection.checksums.documents, ANALYSIS, len(collection.documents), {}
        )

    def run(self, models: Sequence[str]) -> Index:
        cards = [self.service.card(model) for model in models]
        self._documents()
        self._declare()
        for card in cards:
            if self.info.encoders.get(card.model) != card.identity:
                self._vectors(card)
                if "words" in card.capabilities:
                    self._words(card)
                self.info = replace(self.info, encoders=self.info.encoders | {card.model: card.identity})
                self._declare()
        return Index(self.path, self.info)

    def _documents(self) -> None:
        import pyarrow as pa

        names = ("doc_id", "language", "title", "text", "group", "tokens")
        schema = pa.schema([pa.field(name, pa.string(), nullable=name == "group") for name in names])
        table = self.db.create_table(DOCS, schema=schema, exist_ok=True)
        for chunk in self._chunks(table.count_rows(), "documents"):
            table.add(pa.Table.from_pylist([_row(document) for document in chunk], schema=schema))
        if not any("tokens" in found.columns for found in table.list_indices()):
            self.progress(self.info.count, self.info.count, "word index")
            table.create_index("tokens", config=_own_tokens())
        _to_disk(self.path)

    def _vectors(self, card: EncoderCard) -> None:
        import pyarrow as pa

        vector = pa.list_(pa.float16(), card.dim)
        schema = pa.schema([pa.field("id", pa.string(), nullable=False), ("lang", pa.string()), ("vector", vector)])
        table = self.db.create_table(vector_table(card), schema=schema, exist_ok=True)
        for chunk in self._chunks(table.count_rows(), f"vectors of {card.model}"):
            encoded = self.service.encode(card.model, [document.content for document in chunk], "document")
            table.add(pa.table([*_ids_and_languages(chunk), _half(encoded, vector)], schema=schema))
        _to_disk(self.path)

    def _words(self, card: EncoderCard) -> None:
        """The lexicon, which is small beside the documents and made in one go, and the vectors of its words."""
        import pyarrow as pa

        found = entries(self._contents())
        self._replaced(LEXICON, _lexicon_table(found))
        encoded = self.service.encode(card.model, [entry.surface for entry in found], "document")
        keys = {"lang": [entry.language for entry in found], "term": [entry.term for entry in found]}
        vectors = _half(encoded, pa.list_(pa.float16(), card.dim))
        self._replaced(word_table(card), pa.table(keys | {"vector": vectors}))
        self.info = replace(self.info, words=len(found))
        _to_disk(self.path)

    def _contents(self) -> Iterator[tuple[str, str]]:
        """Language and content of every document, reporting and stopping on the way."""
        for chunk in self._chunks(0, "words"):
            yield from ((document.language, document.content) for document in chunk)

    def _replaced(self, name: str, table: Any) -> None:
        self.db.drop_table(name, ignore_missing=True)
        self.db.create_table(name, table)

    def _chunks(self, done: int, what: str) -> Iterator[tuple[Document, ...]]:
        """The documents from `done` on, CHUNK at a time, reporting each as it is behind us."""
        documents = self.collection.documents
        while done < len(documents):
            self.control.check()
            self.progress(done, len(documents), what)
            yield documents[done : done + CHUNK]
            done += CHUNK
        self.progress(len(documents), len(documents), what)

    def _declare(self) -> None:
        written = self.path / "index.json.new"
        written.write_text(json.dumps(asdict(self.info), indent=1), "utf-8")
        written.replace(self.path / "index.json")


def _lexicon_table(found: Sequence[Entry]) -> Any:
    import pyarrow as pa

    numbers = pa.list_(pa.int32())
    return pa.table(
        {
            "lang": [entry.language for entry in found],
            "term": [entry.term for entry in found],
            "surface": [entry.surface for entry in found],
            "rows": pa.array([entry.rows for entry in found], numbers),
            "counts": pa.array([entry.counts for entry in found], numbers),
        }
    )


def _own_tokens() -> Any:
    """An index over our tokens as they are: nothing is folded, dropped or cut a second time."""
    from lancedb.index import FTS

    return FTS(
        base_tokenizer="whitespace",
        lower_case=False,
        stem=False,
        remove_stop_words=False,
        ascii_folding=False,
        max_token_length=None,
    )


def _row(document: Document) -> dict[str, str | None]:
    tokens = " ".join(terms(document.content, document.language))
    return {
        "doc_id": document.doc_id,
        "language": document.language,
        "title": document.title,
        "text": document.text,
        "group": document.group,
        "tokens": tokens,
    }


def _ids_and_languages(chunk: Sequence[Document]) -> tuple[list[str], list[str]]:
    return [document.doc_id for document in chunk], [document.language for document in chunk]


def _half(vectors: Matrix, kind: Any) -> Any:
    """[n, dim] float32 as an Arrow list column of float16. A vector that is not finite is a bug of its encoder."""
    import pyarrow as pa

    if not np.isfinite(vectors).all():
        raise ValueError("an encoder gave a vector that is not finite")
    return pa.FixedSizeListArray.from_arrays(pa.array(vectors.astype(np.float16).ravel()), type=kind)


def _to_disk(path: Path) -> None:
    """Forces every file below to the disk: Lance itself never does."""
    for file in path.rglob("*"):
        if file.is_file():
            descriptor = os.open(file, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _silent(done: int, total: int, what: str) -> None:
    """Progress that nobody watches."""
