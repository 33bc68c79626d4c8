"""The command line: what it prints, and that what is wrong is one sentence and exit status 1."""

import json

import pytest
from typer.testing import CliRunner

from core.cli import cli
from core.settings import Settings
from core.store.events import new_event_id
from core.workbench import Workbench
from tests.core.test_workbench import gesture


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.setenv("BABELSCOPE_HOME", str(tmp_path / "home"))
    runner = CliRunner()
    return lambda *words: runner.invoke(cli, list(words), env={"COLUMNS": "300"})


@pytest.fixture
def small(call, folder):
    done = call("index", str(folder))
    assert done.exit_code == 0, done.output
    assert "'small': 8 documents indexed." in done.stdout
    return call


def test_search_prints_json(small):
    done = small(
        "search", "nyuki hutengenezaje asali", "-c", "small", "-s", "bm25", "-s", "rrf(bm25,dense:static-26)", "--json"
    )
    found = json.loads(done.stdout)
    assert (found["query_id"], found["language"]) == ("n1.sw", "sw")
    assert [system["name"] for system in found["systems"]] == ["bm25", "rrf(bm25, dense:static-26)"]
    first = found["systems"][0]["hits"][0]
    assert first["doc_id"] == "honey.sw" and first["rank"] == 1 and first["language"] == "sw"
    assert set(first) == {"rank", "doc_id", "score", "language", "title", "text"}
    assert all(system["seconds"] > 0 for system in found["systems"])


def test_search_prints_for_a_person(small):
    done = small("search", "nyuki", "-c", "small", "-l", "sw", "-n", "2")
    assert done.exit_code == 0
    assert "Jinsi nyuki wanavyotengeneza asali" in done.stdout
    assert "dense:static-26" in done.stdout


def test_search_says_what_moved_against_a_reference(small):
    words = ("search", "how do bees make honey", "-c", "small", "-s", "bm25", "-s", "dense:static-26", "-n", "3")
    found = json.loads(small(*words, "-r", "1", "--json").stdout)
    first, second = found["systems"]
    assert "moves" not in first
    before = [hit["doc_id"] for hit in first["hits"]]
    after = [hit["doc_id"] for hit in second["hits"]]
    moves = {move["doc_id"]: move for move in second["moves"]}
    assert list(moves) == after + [doc for doc in before if doc not in after]
    assert {doc for doc, move in moves.items() if move["kind"] == "gone"} == set(before) - set(after)
    top = moves[after[0]]
    assert (top["rank"], top["kind"]) == (1, "same" if before[0] == after[0] else "up" if top["before"] else "new")
    shown = small(*words, "-r", "1").stdout
    assert any(sign in shown for sign in ("▲", "▼", "● new", " = "))
    assert small(*words, "-r", "3").exit_code == 1


def test_search_builds_an_index_that_is_not_there(call, folder, tmp_path):
    bench = Workbench(Settings(home=tmp_path / "home"))
    bench.add(folder)
    assert call("search", "nyuki", "-c", "small", "--json").exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["search", "", "-c", "small"], "Type what you are looking for"),
        (["search", "🙂", "-c", "small"], "There is no word"),
        (["search", "x" * 100_000, "-c", "small"], "100,000 characters"),
        (["search", "bees", "-c", "smal"], "Did you mean 'small'"),
        (["search", "bees", "-c", "small", "-s", "bm52"], "there is no 'bm52'"),
        (["search", "bees", "-c", "small", "-s", "dense:gone"], "No encoder 'gone'"),
        (["search", "bees", "-c", "small", "-s", "bm25 >> first:x"], "cannot run it yet"),
        (["search", "bees", "-c", "small", "-l", "Klingon!"], "Klingon!"),
        (["search", "bees", "-c", "small", "-d", "th"], "document language"),
        (["index", "/nowhere"], "no corpus.jsonl"),
        (["collection", "check", "/nowhere"], "no corpus.jsonl"),
        (["export", "qrels", "-c", "gone"], "No collection 'gone'"),
    ],
)
def test_what_is_wrong_is_one_sentence(small, words, said):
    done = small(*words)
    assert done.exit_code == 1
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.output


def test_a_setting_that_cannot_be_is_named(call, monkeypatch):
    monkeypatch.setenv("BABELSCOPE_PORT", "many")
    done = call("collection", "list")
    assert done.exit_code == 1
    assert "BABELSCOPE_PORT=many" in done.stderr


def test_collections_are_listed_and_checked(small, folder):
    listed = small("collection", "list").stdout.splitlines()
    assert listed[0].startswith("demo: ")
    assert (
        "small: Small; 8 documents (ar 2 en 2 ja 2 sw 2), 3 queries, 24 judgments; machine-written; CC0-1.0" in listed
    )
    assert "no fault found" in small("collection", "check", str(folder)).stdout
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nn1.en\tgone\t1\n", "utf-8")
    done = small("collection", "check", str(folder))
    assert done.exit_code == 1
    assert "names a document that is not there" in done.stdout


def test_grades_are_exported_as_qrels(small, tmp_path):
    bench = Workbench(Settings(home=tmp_path / "home"))
    bench.grade(gesture(query_text="nyuki hutengenezaje asali", event_id=new_event_id()))
    bench.close()
    assert small("export", "qrels", "-c", "small").stdout == "query-id\tcorpus-id\tscore\nn1.sw\thoney.sw\t1\n"
    assert small("export", "qrels", "-c", "small", "--format", "trec").stdout == "n1.sw 0 honey.sw 1\n"
    out = tmp_path / "judged.tsv"
    assert small("export", "qrels", "-c", "small", "--out", str(out)).exit_code == 0
    assert out.read_text("utf-8").endswith("n1.sw\thoney.sw\t1\n")


def test_qrels_that_cannot_be_written_are_a_sentence(call, tmp_path):
    for place in (tmp_path, tmp_path / "none" / "qrels.tsv"):
        result = call("export", "qrels", "--out", str(place))
        assert result.exit_code == 1 and "cannot be written" in result.output, place


def test_a_home_that_is_a_file_and_a_short_secret_are_sentences_without_the_secret(call, tmp_path, monkeypatch):
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("BABELSCOPE_HOME", str(file))
    assert "that is no folder" in call("collection", "list").output
    monkeypatch.setenv("BABELSCOPE_HOME", str(tmp_path))
    monkeypatch.setenv("BABELSCOPE_SECRET", "hush")
    said = call("collection", "list").output
    assert "BABELSCOPE_SECRET cannot be used" in said and "hush" not in said
