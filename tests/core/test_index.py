"""Building, resuming and searching an index."""

import dataclasses
import json

import numpy as np
import pytest

from core import indexing
from core.collections.beir import checksums
from core.errors import Busy, Damaged, NotIndexed, Stopped
from core.index import Index, index_path
from core.protocols import Control
from core.records import Collection, Document
from core.service import LocalService
from core.settings import DATA
from tests.core.conftest import small


class Counting(LocalService):
    """The real service, which counts the documents it encodes; single words are not counted."""

    def __init__(self):
        super().__init__(DATA / "models")
        self.encoded = 0

    def encode(self, model, texts, side):
        self.encoded += sum("\n" in text or " n" in text for text in texts)
        return super().encode(model, texts, side)


def many(count: int) -> Collection:
    words = ["honey", "bees", "dough", "moon", "tide", "salt", "wind", "glass"]
    documents = tuple(
        Document(f"d{i}", "en" if i % 3 else "sw", "", " ".join(words[(i >> b) % 8] for b in range(4)) + f" n{i}")
        for i in range(count)
    )
    collection = small("many")
    return dataclasses.replace(
        collection, documents=documents, queries=(), qrels=(), checksums=checksums(documents, (), ())
    )


@pytest.fixture(scope="module")
def service() -> LocalService:
    return LocalService(DATA / "models")


def test_a_second_build_makes_nothing_again(tmp_path):
    service = Counting()
    indexing.build(small(), ["static-26"], root=tmp_path, service=service)
    assert service.encoded == 8
    indexing.build(small(), ["static-26"], root=tmp_path, service=service)
    assert service.encoded == 8
    assert indexing.is_complete(small(), [service.card("static-26")], tmp_path)


def test_a_stopped_build_goes_on_where_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(indexing, "CHUNK", 10)
    collection, service, control = many(55), Counting(), Control()

    def stop_in_the_vectors(done, total, what):
        if "vectors" in what and done == 30:
            control.stop()

    with pytest.raises(Stopped):
        indexing.build(
            collection, ["static-26"], root=tmp_path, service=service, progress=stop_in_the_vectors, control=control
        )
    encoded = service.encoded
    assert 0 < encoded <= 40
    assert not indexing.is_complete(collection, [service.card("static-26")], tmp_path)
    index = indexing.build(collection, ["static-26"], root=tmp_path, service=service)
    assert service.encoded == 55  # nothing was encoded twice
    fresh = indexing.build(collection, ["static-26"], root=tmp_path / "fresh", service=service)
    card = service.card("static-26")
    assert np.array_equal(index.vectors(card), fresh.vectors(card))
    assert index.lexical(["honey"], languages=(), depth=55) == fresh.lexical(["honey"], languages=(), depth=55)


def test_progress_reaches_the_end(tmp_path, service):
    seen = []
    indexing.build(small(), ["static-26"], root=tmp_path, service=service, progress=lambda *said: seen.append(said))
    assert seen[0] == (0, 8, "documents")
    assert seen[-1] == (8, 8, "words")
    assert (8, 8, "vectors of static-26") in seen


def test_two_builders_do_not_meet(tmp_path, service):
    from filelock import FileLock

    path = index_path(tmp_path, small())
    path.mkdir(parents=True)
    with FileLock(path / "build.lock"), pytest.raises(Busy, match="Another process is indexing"):
        indexing.build(small(), ["static-26"], root=tmp_path, service=service)


def test_dense_search_is_exact(tmp_path, service):
    collection, card = many(200), service.card("static-26")
    index = indexing.build(collection, ["static-26"], root=tmp_path, service=service)
    vector = service.encode("static-26", ["honey and the moon"], "query")[0]
    scores = index.vectors(card) @ vector
    expected = sorted(range(200), key=lambda i: (-scores[i], f"d{i}"))[:17]
    found = index.dense(card, vector, languages=(), depth=17)
    assert found.doc_ids == [f"d{i}" for i in expected]
    assert [hit.score for hit in found] == pytest.approx([scores[i] for i in expected])
    only = index.dense(card, vector, languages=["sw"], depth=17)
    assert only.doc_ids == [f"d{i}" for i in sorted(range(0, 200, 3), key=lambda i: (-scores[i], f"d{i}"))[:17]]
    assert index.dense(card, np.zeros(card.dim, np.float32), languages=(), depth=5).doc_ids == []


def test_lexical_scores_are_bm25(tmp_path, service):
    """By the formula, k1 1.2 and b .75, with Lucene's idf; scores carry the factor k1 + 1."""
    index = indexing.build(small(), ["static-26"], root=tmp_path, service=service)
    from core.text import terms

    tokens = {d.doc_id: terms(d.content, d.language) for d in small().documents}
    average = sum(map(len, tokens.values())) / len(tokens)
    term = "nyuki"
    with_term = [doc_id for doc_id, words in tokens.items() if term in words]
    idf = np.log(1 + (8 - len(with_term) + 0.5) / (len(with_term) + 0.5))
    found = {hit.doc_id: hit.score for hit in index.lexical([term], languages=(), depth=8)}
    assert set(found) == set(with_term)
    for doc_id in with_term:
        tf, length = tokens[doc_id].count(term), len(tokens[doc_id])
        expected = idf * tf * 2.2 / (tf + 1.2 * (1 - 0.75 + 0.75 * length / average))
        assert found[doc_id] == pytest.approx(expected, rel=0.02)  # lengths are stored in steps


def test_ties_at_the_cut_are_decided_by_doc_id(tmp_path, service):
    documents = tuple(Document(f"d{i:03}", "en", "", "same words here") for i in range(150))
    collection = dataclasses.replace(many(1), documents=documents, checksums=checksums(documents, (), ()))
    index = indexing.build(collection, ["static-26"], root=tmp_path, service=service)
    assert index.lexical(["same"], languages=(), depth=7).doc_ids == [f"d{i:03}" for i in range(7)]
    vector = service.encode("static-26", ["same words"], "query")[0]
    assert index.dense(service.card("static-26"), vector, languages=(), depth=7).doc_ids == [
        f"d{i:03}" for i in range(7)
    ]


def test_documents_come_in_the_order_asked(tmp_path, service):
    index = indexing.build(small(), ["static-26"], root=tmp_path, service=service)
    asked = ["bread.ja", "honey.en", "gone", "honey.en"]
    assert [d.doc_id for d in index.documents(asked)] == ["bread.ja", "honey.en", "honey.en"]
    assert index.documents(["bread.ja"])[0] == next(d for d in small().documents if d.doc_id == "bread.ja")
    assert index.documents([]) == []


@pytest.mark.parametrize("language", ["en' OR '1'='1", "sw", "xx", "'; --"])
def test_a_language_filter_is_a_value_and_never_a_condition(tmp_path, service, language):
    index = indexing.build(small(), ["static-26"], root=tmp_path, service=service)
    found = index.lexical(["nyuki", "bees", "honey"], languages=[language], depth=8)
    assert {doc_id.split(".")[1] for doc_id in found.doc_ids} <= {language}


def test_vectors_of_another_model_version_are_not_used(tmp_path, service):
    index = indexing.build(small(), ["static-26"], root=tmp_path, service=service)
    card = dataclasses.replace(service.card("static-26"), revision="0" * 40)
    assert not index.has_vectors(card)
    with pytest.raises(NotIndexed, match="another version of static-26"):
        index.vectors(card)


def test_an_index_that_is_not_complete_is_not_opened(tmp_path, service):
    index = indexing.build(small(), ["static-26"], root=tmp_path, service=service)
    more = dataclasses.replace(index.info, count=9)
    with pytest.raises(NotIndexed, match="not complete"):
        Index(index.path, more)


def test_a_damaged_table_is_named(tmp_path, service):
    index = indexing.build(small(), ["static-26"], root=tmp_path, service=service)
    for manifest in (index.path / "docs.lance" / "_versions").iterdir():
        manifest.write_bytes(b"")
    with pytest.raises(Damaged, match="delete that folder and index again"):
        Index(index.path, index.info)


def test_a_damaged_declaration_is_named(tmp_path, service):
    index = indexing.build(small(), ["static-26"], root=tmp_path, service=service)
    (index.path / "index.json").write_text(json.dumps({"no": 1}))
    with pytest.raises(Damaged, match=r"index\.json"):
        indexing.is_complete(small(), [service.card("static-26")], tmp_path)
