"""A small collection in four languages, and a bench with a home of its own for each test that asks."""

from pathlib import Path

import pytest

from core.collections.beir import checksums, write_beir
from core.records import Collection, Document, Grade, Qrel, Query
from core.settings import Settings
from core.workbench import Workbench


def small(collection_id: str = "small") -> Collection:
    documents = (
        Document("honey.en", "en", "How bees make honey", "Bees carry nectar home and dry it in the comb.", "honey"),
        Document("honey.sw", "sw", "Jinsi nyuki wanavyotengeneza asali", "Nyuki hukausha nekta katika sega.", "honey"),
        Document("honey.ja", "ja", "はちみつの作り方", "ミツバチは花の蜜を巣で乾かす。", "honey"),
        Document("honey.ar", "ar", "كيف يصنع النحل العسل", "يجفف النحل الرحيق في الخلية.", "honey"),
        Document("bread.en", "en", "Why dough rises", "Yeast gives off gas that the dough holds.", "bread"),
        Document("bread.sw", "sw", "Kwa nini unga huumuka", "Hamira hutoa gesi ndani ya unga.", "bread"),
        Document("bread.ja", "ja", "パン生地がふくらむわけ", "酵母が出すガスを生地が包む。", "bread"),
        Document("bread.ar", "ar", "لماذا يرتفع العجين", "تطلق الخميرة غازا يحبسه العجين.", "bread"),
    )
    queries = (
        Query("n1.en", "en", "how do bees make honey", "n1"),
        Query("n1.sw", "sw", "nyuki hutengenezaje asali", "n1"),
        Query("n2.en", "en", "why does dough rise", "n2"),
    )
    qrels = tuple(
        Qrel(query.query_id, document.doc_id, 1 if document.group == {"n1": "honey", "n2": "bread"}[query.need] else 0)
        for query in queries
        for document in documents
    )
    grades = (Grade(0, "no", "Does not answer."), Grade(1, "yes", "Answers."))
    return Collection(
        collection_id, "Small", documents, queries, qrels, grades, "CC0-1.0", "machine-written", "For tests.",
        checksums(documents, queries, qrels),
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small collection as a BEIR folder."""
    write_beir(small(), tmp_path / "small")
    return tmp_path / "small"


@pytest.fixture
def bench(tmp_path: Path):
    """A Workbench with an empty home."""
    made = Workbench(Settings(home=tmp_path / "home"))
    yield made
    made.close()


@pytest.fixture
def indexed(bench: Workbench, folder: Path) -> Workbench:
    """A Workbench that has the small collection, indexed."""
    bench.add(folder)
    bench.build("small")
    return bench
