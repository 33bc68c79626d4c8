"""Reliability 22: what stands in a filter, an id or a name is a value; it finds what equals it, nothing else."""

import ast
import itertools
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import AppError, BadInput, UnknownName
from core.protocols import Matrix
from core.records import JudgmentKey, checked_id
from core.service import LocalService
from core.settings import EMBEDDED
from core.store.events import Event, cleaned_name, new_event_id
from core.store.store import Store
from tests.faults.figures import record

ROOT = Path(__file__).resolve().parents[2]
AMA = "0b9f3a52-6a7e-4d0c-9c58-1f2d3c4b5a69"
TIME = "2026-11-20T09:00:00Z"

QUOTES = ("", "'", '"', "`", "')", "'))", "\\'", "%27", "’", "＇")
PAYLOADS = (
    " OR 1=1 --",
    " OR 'a'='a",
    "; DROP TABLE label_event; --",
    " UNION SELECT name FROM sqlite_schema --",
    "/**/OR/**/true",
    "=1",
    " IS NOT NULL",
    " LIKE '%'",
    "||'en'",
    ") OR (language <> '",
    "*",
    "%",
    "_",
    "\0 OR 1=1",
    "{x}",
    ":1",
    "?1",
    "$1",
    "en",
    "; ATTACH 'x.db' AS x",
)
HOSTILE = [quote + payload for quote, payload in itertools.product(QUOTES, PAYLOADS)]


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store.db") as opened:
        yield opened
        assert opened.verify().faults == ()


def grade(query: str, doc: str, *, collection: str = "demo", value: int = 1) -> Event:
    return Event(new_event_id(), "grade", JudgmentKey(AMA, collection, query, doc), value, None, None, TIME)


def usable(text: str) -> bool:
    """Whether it can be an id at all."""
    try:
        checked_id(text, "id")
    except BadInput:
        return False
    return True


def test_there_are_two_hundred_strings():
    assert len(set(HOSTILE)) == 200
    record("22", "hostile strings tried", str(len(HOSTILE)))


def test_filters_of_the_store_find_what_is_equal_and_nothing_else(store):
    ids = [text for text in HOSTILE if usable(text)]
    store.append(grade("plain", "plain"))
    for at, text in enumerate(ids):
        store.append(grade(text, text, collection=text if at % 2 else "demo"))
    for text in HOSTILE:
        stored = text in ids
        for name in ("query_id", "doc_id"):
            assert [getattr(item.event.key, name) for item in store.history(**{name: text})] == [text] * stored, text
        mine = stored and ids.index(text) % 2
        assert len(list(store.history(collection_id=text))) == len(store.judgments(text)) == mine
        assert list(store.history(annotator=text)) == []
        assert list(store.grades(AMA, text if mine else "demo", [text])) == [(text, text)] * stored
        assert store.grades(text, "demo", ["plain"]) == {}
    assert len(ids) > 80
    record("22", "filters of the store", f"{len(HOSTILE)} strings x 6 filters: only exact matches")


def test_names_of_people_are_stored_as_typed(store):
    for text in HOSTILE:
        try:
            kept = cleaned_name(text)
        except BadInput:
            continue
        store.name_annotator(AMA, text)
        assert store.names() == {AMA: kept}
        with pytest.raises(BadInput, match="not a UUID"):
            store.name_annotator(text, "Ama")
    with closing(sqlite3.connect(store.path)) as raw:
        assert raw.execute("SELECT count(*) FROM annotator").fetchone() == (1,)


@pytest.mark.slow
def test_filters_of_the_index_find_what_is_equal_and_nothing_else(indexed):
    index, card = indexed.index("small"), LocalService(ROOT / "data" / "models").card(EMBEDDED)
    vector: Matrix = index.vectors(card)[0]
    for text in HOSTILE:
        if text == "en":
            continue
        assert index.lexical(["honey", "bees"], languages=[text], depth=10).hits == ()
        assert index.dense(card, vector, languages=[text], depth=10).hits == ()
        both = index.lexical(["honey", "nyuki"], languages=[text, "en"], depth=10).doc_ids
        assert both and all(doc_id.endswith(".en") for doc_id in both)
        assert index.documents([text]) == []
        index.lexical([text], languages=[], depth=10)
    assert len(index.documents(index.doc_ids)) == 8
    record("22", "filters of the index", f"{len(HOSTILE)} strings x 4 filters: only exact matches")


@pytest.mark.slow
def test_names_in_the_app_are_looked_up_and_never_paths_or_queries(indexed):
    query, _ = indexed.query("small", "honey")
    for text in HOSTILE:
        with pytest.raises(UnknownName):
            indexed.collection(text)
        if text != "en":
            with pytest.raises(UnknownName):
                list(indexed.search(query, ["bm25"], collection_id="small", languages=[text]))
        with pytest.raises(AppError):
            list(indexed.search(query, [f"dense:{text}"], collection_id="small"))
    assert indexed.collections() == ["demo", "small"]


FILTERS = ("where", "delete", "text", "exec_driver_sql")


def spelled(tree: ast.AST) -> list[int]:
    """Lines where a text made at run time, by an f-string, +, % or format, goes into a filter or a statement."""
    found = []
    for node in ast.walk(tree):
        name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
        if name in FILTERS:
            for value in [*node.args, *(keyword.value for keyword in node.keywords)]:
                made = any(isinstance(part, ast.FormattedValue) for part in ast.walk(value)) or (
                    isinstance(value, ast.BinOp) and any(isinstance(part, ast.Constant) for part in ast.walk(value))
                )
                if made or (isinstance(value, ast.Call) and getattr(value.func, "attr", "") == "format"):
                    found.append(node.lineno)
    return found


def test_no_filter_and_no_statement_is_spelled_out_of_values():
    files = [*(ROOT / "core").rglob("*.py"), ROOT / "app.py"]  # ui imports no database, tested with the architecture
    found = {str(path.relative_to(ROOT)): spelled(ast.parse(path.read_text("utf-8"))) for path in files}
    assert {path: lines for path, lines in found.items() if lines} == {}
    record("22", "filters and statements spelled out of values", f"0 in {len(files)} files")


@pytest.mark.parametrize(
    "line",
    [
        "table.delete(f\"doc_id = '{x}'\")",
        "query.where('a = ' + x)",
        "conn.execute(text('a = %s' % x))",
        "q.where('{}'.format(x))",
        "conn.exec_driver_sql(f'SELECT {x}')",
        "q.where(where=f'{x}')",
    ],
)
def test_the_gate_sees_what_it_should(line):
    assert spelled(ast.parse(line)) == [1]
    assert (
        spelled(ast.parse("q.where(table.c.x == f(y)); conn.exec_driver_sql('SELECT 1'); q.where(a.b == 1 + n)")) == []
    )
