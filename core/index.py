"""A collection's index on disk: a table of documents, a side table of vectors per encoder, BM25 over our own tokens.

    <home>/index/<collection>/<12 hex digits of documents and analysis>/
        index.json        what it is an index of
        docs.lance        doc_id, language, title, text, group, tokens; in the collection's order
        v-<12 hex>.lance  id, lang, vector: unit float16 rows of one encoder identity, in the same order
        lexicon.lance     lang, term, surface, rows, counts: each language's words and where they stand
        w-<12 hex>.lance  lang, term, vector: the words' vectors by one encoder, in the same order

Searching is exact. Ids and vectors are held in memory: 100,000 documents × 256 dimensions are 100 MB.
"""

import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import Damaged, NotIndexed
from core.lexicon import Entry, Lexicon
from core.protocols import EncoderCard, Matrix
from core.records import Collection, Document, Hit, Ranking
from core.scoring import ranking
from core.text import ANALYSIS

DOCS, LEXICON = "docs", "lexicon"


@dataclass(frozen=True)
class IndexInfo:
    """What an index is an index of, as index.json says it.

    `encoders` maps a model's name to the identity indexed; `words` is how many the lexicon has, 0 before it is made.
    """

    collection_id: str
    documents: str
    analysis: str
    count: int
    encoders: dict[str, str]
    words: int = 0


LAYOUT = "2"
"""Version of the tables; an index of another one is left alone and a new one is built beside it."""


def index_path(root: Path, collection: Collection) -> Path:
    key = hashlib.sha256(f"{collection.checksums.documents}\n{ANALYSIS}\n{LAYOUT}".encode()).hexdigest()
    return root / collection.collection_id / key[:12]


def vector_table(card: EncoderCard) -> str:
    return f"v-{card.identity[:12]}"


def word_table(card: EncoderCard) -> str:
    return f"w-{card.identity[:12]}"


def read_info(path: Path) -> IndexInfo | None:
    """None where no index was begun; raises Damaged for an index.json that cannot be read."""
    try:
        return IndexInfo(**json.loads((path / "index.json").read_text("utf-8")))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Damaged(f"{path / 'index.json'} cannot be read ({error.strerror}); mend its rights.") from error
    except (ValueError, TypeError) as error:
        raise Damaged(f"{path / 'index.json'} cannot be read; delete the folder {path} and index again.") from error


class Index:
    """An index that is complete, opened for searching; safe to use from several threads."""

    def __init__(self, path: Path, info: IndexInfo) -> None:
        """Raises NotIndexed when it is not complete, Damaged when its tables cannot be read."""
        import lancedb

        self.path, self.info = path, info
        self._lock = threading.Lock()
        self._vectors: dict[str, Matrix] = {}
        self._lexicons: dict[str, Lexicon] = {}
        try:
            self._db = lancedb.connect(str(path))
            if DOCS not in self._db.list_tables().tables:
                raise _incomplete(info)
            self._docs = self._db.open_table(DOCS)
            columns = self._docs.search().select(["doc_id", "language", "group"]).limit(info.count + 1).to_arrow()
            indexed = any("tokens" in found.columns for found in self._docs.list_indices())
        except (RuntimeError, ValueError, OSError) as error:
            raise _unreadable(path) from error
        if columns.num_rows != info.count or not indexed:
            raise _incomplete(info)
        self.doc_ids: list[str] = columns["doc_id"].to_pylist()
        self.languages: NDArray[np.str_] = np.array(columns["language"].to_pylist())
        self.tags: list[str] = sorted(set(columns["language"].to_pylist()))

    @cached_property
    def positions(self) -> dict[str, int]:
        return {doc_id: place for place, doc_id in enumerate(self.doc_ids)}

    def has_vectors(self, card: EncoderCard) -> bool:
        return self.info.encoders.get(card.model) == card.identity

    def documents(self, doc_ids: Sequence[str]) -> list[Document]:
        """The documents of these ids, in this order; ids that are not in the index are left out."""
        places = [self.positions[doc_id] for doc_id in doc_ids if doc_id in self.positions]
        if not places:
            return []
        columns = ["doc_id", "language", "title", "text", "group"]
        rows = self._read(lambda: self._docs.take_offsets(sorted(set(places))).select(columns).to_arrow().to_pylist())
        by_id = {row["doc_id"]: Document(**row) for row in rows}
        return [by_id[self.doc_ids[place]] for place in places]

    def lexical(self, terms: Sequence[str], *, languages: Sequence[str], depth: int) -> Ranking:
        """BM25 (k1 1.2, b .75) of these terms over the tokens of the documents. Source: robertson2009bm25."""
        from lancedb.query import MatchQuery

        wanted = " ".join(terms)
        if not wanted:
            return Ranking(())
        limit = depth + 32
        while True:  # ties at the end of the list are cut by doc_id, so all of them must be seen
            query = self._docs.search(MatchQuery(wanted, "tokens"), query_type="fts").select(["doc_id", "_score"])
            if languages:
                query = query.where(_among(languages), prefilter=True)
            rows = self._read(lambda query=query, limit=limit: query.limit(limit).to_arrow())
            scores = rows["_score"].to_pylist()
            if len(scores) < limit or scores[depth - 1] > scores[-1] or limit >= self.info.count:
                return ranking(map(Hit, rows["doc_id"].to_pylist(), scores), depth)
            limit = min(limit * 4, self.info.count)

    def dense(self, card: EncoderCard, vector: Matrix, *, languages: Sequence[str], depth: int) -> Ranking:
        """The documents with the largest cosine to the vector [dim], exactly. A zero vector finds nothing."""
        if not np.any(vector):
            return Ranking(())
        places, scores = None, self.vectors(card) @ vector.astype(np.float32)
        if languages:
            places = np.flatnonzero(np.isin(self.languages, list(languages)))
            scores = scores[places]
        best = _largest(scores, depth)
        rows = best if places is None else places[best]
        hits = (Hit(self.doc_ids[row], float(score)) for row, score in zip(rows, scores[best], strict=True))
        return ranking(hits, depth)

    def vectors(self, card: EncoderCard) -> Matrix:
        """[n, dim] float32 of every document, in the index's order; kept in memory once read."""
        with self._lock:
            if card.identity not in self._vectors:
                self._vectors[card.identity] = self._load(card)
            return self._vectors[card.identity]

    def lexicon(self, card: EncoderCard) -> Lexicon:
        """Every language's words, with their vectors by that encoder; kept in memory once read."""
        with self._lock:
            if card.identity not in self._lexicons:
                self._lexicons[card.identity] = self._load_lexicon(card)
            return self._lexicons[card.identity]

    def _load(self, card: EncoderCard) -> Matrix:
        table = self._table(card, vector_table(card), self.info.count)
        if table["id"].to_pylist() != self.doc_ids:
            raise not_indexed(card, self.info)
        return _matrix(table, card)

    def _load_lexicon(self, card: EncoderCard) -> Lexicon:
        words = self._table(card, LEXICON, self.info.words)
        columns = (words[name].to_pylist() for name in ("lang", "term", "surface"))
        places = (_arrays(words[name]) for name in ("rows", "counts"))
        entries = list(map(Entry, *columns, *places))
        return Lexicon(entries, _matrix(self._table(card, word_table(card), self.info.words), card), self.languages)

    def _table(self, card: EncoderCard, name: str, count: int) -> Any:
        """A whole table of one encoder; raises NotIndexed where it is missing or has not `count` rows."""
        if not self.has_vectors(card):
            raise not_indexed(card, self.info)
        table = self._read(lambda: self._db.open_table(name).search().limit(count + 1).to_arrow())
        if table.num_rows != count:
            raise not_indexed(card, self.info)
        return table

    def _read(self, action: Any) -> Any:
        try:
            return action()
        except (RuntimeError, OSError, ValueError) as error:
            raise _unreadable(self.path) from error


def not_indexed(card: EncoderCard, info: IndexInfo) -> NotIndexed:
    remedy = f"build it with: babelscope index {info.collection_id}"
    if card.model in info.encoders:
        return NotIndexed(f"'{info.collection_id}' is indexed with another version of {card.model}; {remedy}")
    return NotIndexed(f"'{info.collection_id}' is not indexed with {card.model}; {remedy}")


def _incomplete(info: IndexInfo) -> NotIndexed:
    return NotIndexed(
        f"The index of '{info.collection_id}' is not complete; go on with: babelscope index {info.collection_id}"
    )


def _unreadable(path: Path) -> Damaged:
    return Damaged(f"The index in {path} cannot be read; delete that folder and index again.")


def _matrix(table: Any, card: EncoderCard) -> Matrix:
    flat = table["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return np.asarray(flat, np.float32).reshape(-1, card.dim)


def _arrays(column: Any) -> list[NDArray[np.int32]]:
    """A list column as one array a row, without copying the numbers."""
    lists = column.combine_chunks()
    ends = lists.offsets.to_numpy()
    return np.split(lists.values.to_numpy(), ends[1:-1])


def _among(languages: Sequence[str]) -> Any:
    from lancedb.expr import col

    return col("language").isin(sorted(set(languages)))


def _largest(scores: NDArray[np.float32], depth: int) -> NDArray[np.intp]:
    """Where the `depth` largest stand, with everything that ties with the last of them."""
    if len(scores) <= depth:
        return np.arange(len(scores))
    edge = np.partition(scores, len(scores) - depth)[len(scores) - depth]
    return np.flatnonzero(scores >= edge)
