"""A small collection, indexed for real, and pages on it."""

import asyncio
import json

import pytest

from core.settings import Settings
from core.workbench import Workbench

DOCUMENTS = [
    ("honey.en", "en", "How bees make honey", "Worker bees suck nectar. The honey is kept in cells of wax.", "honey"),
    ("honey.ar", "ar", "كيف يصنع النحل العسل", "تمتص شغالات النحل الرحيق من الأزهار.", "honey"),
    ("tides.en", "en", "Tides", "The moon pulls the sea up and lets it fall.", "tides"),
    ("long.en", "en", "", "Nothing is said here. " * 150 + "The honey is here. " + "And no more. " * 20, "long"),
]


@pytest.fixture(scope="session", autouse=True)
def event_loops():
    """Every gr.Blocks makes two event loops and closes neither; warnings are errors here, so this closes them."""
    made, new = [], asyncio.new_event_loop

    def recorded():
        made.append(new())
        return made[-1]

    asyncio.new_event_loop = recorded
    yield
    asyncio.new_event_loop = new
    for loop in made:
        if not loop.is_running():
            loop.close()


@pytest.fixture(scope="session")
def bench(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source") / "tiny"
    (folder / "qrels").mkdir(parents=True)
    rows = [dict(zip(("_id", "language", "title", "text", "group"), row, strict=True)) for row in DOCUMENTS]
    queries = [
        {"_id": "q1.en", "text": "how do bees make honey", "language": "en", "need": "q1"},
        {"_id": "q1.ar", "text": "العسل", "language": "ar", "need": "q1"},
    ]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in queries))
    (folder / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1.en\thoney.en\t3\nq1.en\ttides.en\t0\nq1.en\thoney.ar\t2\n"
    )
    bench = Workbench(Settings(home=tmp_path_factory.mktemp("home"), collection="tiny"))
    bench.add(folder)
    bench.build("tiny")
    yield bench
    bench.close()
