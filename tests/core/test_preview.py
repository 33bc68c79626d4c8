"""A look at a file before it is taken in; what is half taken in is no collection; how far an index is."""

import json

import pytest
from typer.testing import CliRunner

from core.cli import cli
from core.collections.importing import Wish
from core.collections.preview import ROWS
from core.collections.quarantine import kept_rows
from core.errors import BadInput, Damaged, NotIndexed, NotWritable
from core.index import index_path
from core.indexing import Standing, standing
from core.settings import EMBEDDED

BEES = "Bees carry nectar home and dry it in the comb."
NYUKI = "Nyuki hubeba nekta hadi nyumbani na kuikausha katika sega."


@pytest.fixture
def look(bench, tmp_path):
    def seen(name, content, **wish):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return bench.preview(path, Wish(**wish))

    return seen


# A look


def test_a_look_says_layout_columns_rows_and_languages(look):
    found = look("My notes.csv", f'docno,body,url\n007,"{BEES}",u\nNA,"{NYUKI}",\n1e5,,u\nx\n')
    assert (found.said, found.name) == ("CSV, commas between cells, under a heading", "My-notes")
    assert found.columns == ("docno", "body", "url")
    assert [str(choice) for choice in found.choices] == ["id = docno (by its name)", "text = body (by its name)"]
    assert [(row.line, row.language, row.reason) for row in found.rows] == [
        (2, "en", ""), (3, "sw", ""), (4, "", "no text"), (5, "", "wrong number of cells"),
    ]  # fmt: skip
    assert found.rows[0].cells == {"docno": "007", "body": BEES, "url": "u"}


def test_a_look_sees_the_first_rows_only_and_as_asked(look):
    rows = "".join(f"{n}\t{BEES}\t{NYUKI}\n" for n in range(50))
    found = look("a.tsv", rows, columns={"text": "3"}, language="de")
    assert len(found.rows) == ROWS
    assert {choice.role: choice.column for choice in found.choices}["text"] == "3"
    assert {row.language for row in found.rows} == {"de"}


def test_a_look_without_a_text_column_shows_the_columns(look):
    found = look("a.csv", "a,b\n1,2\n")
    assert found.choices == () and "looks like the text" in found.fault
    assert found.rows[0].cells == {"a": "1", "b": "2"}
    found = look("a.csv", "a,b\n1,2\n", columns={"text": "c", "id": "a"})
    assert found.fault == "No column in a.csv 'c'. There is 'a', 'b'."


def test_rows_that_cannot_be_read_are_shown_with_their_reason(look):
    found = look("a.jsonl", b'\xff\n{"a": NaN}\n')
    assert [row.reason for row in found.rows] == ["not UTF-8", "NaN or Infinity"]
    assert found.fault.startswith("The first rows cannot be read")


def test_a_beir_folder_names_its_columns_itself(bench, folder):
    found = bench.preview(folder, Wish())
    assert (found.said, found.name, found.fixed) == ("BEIR folder", "small", True)
    assert [row.language for row in found.rows] == ["en", "sw", "ja", "ar", "en"]
    with pytest.raises(BadInput, match="not a BEIR folder"):
        bench.preview(folder / "qrels", Wish())


def test_a_pipe_and_a_long_name_are_one_sentence(bench, tmp_path):
    import os

    os.mkfifo(tmp_path / "pipe.csv")
    for action in (lambda path: bench.preview(path, Wish()), lambda path: bench.take(path, Wish())):
        with pytest.raises(BadInput, match="no file and no folder"):
            action(tmp_path / "pipe.csv")
        with pytest.raises(BadInput, match="cannot be read"):
            action(tmp_path / ("x" * 300 + ".csv"))


def test_a_few_very_long_cells_do_not_fill_memory_before_they_are_refused(look):
    content = "".join(json.dumps({"text": "x" * 3_000_000}) + "\n" for _ in range(6))
    assert [row.reason for row in look("long.jsonl", content).rows] == ["a cell over 1,000,000 characters"] * ROWS


def test_the_command_says_what_add_would_do(tmp_path, monkeypatch):
    monkeypatch.setenv("BABELSCOPE_HOME", str(tmp_path / "home"))
    (tmp_path / "a.csv").write_text(f'docno,body,url\n007,"{BEES}",u\n')
    done = CliRunner().invoke(cli, ["collection", "preview", str(tmp_path / "a.csv")])
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        "collection  a (CSV, commas between cells, under a heading)",
        "columns     id = docno (by its name), text = body (by its name)",
        "not used    url",
        f"line 2      en: 007 · {BEES}",
    ]
    assert not (tmp_path / "home" / "collections").exists()
    done = CliRunner().invoke(cli, ["collection", "preview", str(tmp_path / "gone.csv")])
    assert done.exit_code == 1 and "There is no file or folder" in done.stderr


# What is kept


def test_what_was_half_written_is_no_collection(bench, folder):
    (bench.settings.collections_root / ".small.new").mkdir(parents=True)
    (bench.settings.collections_root / ".small.new" / "corpus.jsonl").write_text("{")
    assert bench.collections() == ["demo"]
    assert bench.add(folder).collection_id == "small"
    assert bench.collections() == ["demo", "small"]
    assert [path.name for path in bench.settings.collections_root.iterdir()] == ["small"]


@pytest.mark.parametrize("name", ["../out", "/tmp/out", ".hidden", "a/b"])
def test_the_id_that_a_folder_declares_is_no_path(bench, folder, name):
    (folder / "collection.toml").write_text(f'id = "{name}"\n')
    for action in (
        lambda: bench.add(folder),
        lambda: bench.take(folder, Wish()),
        lambda: bench.preview(folder, Wish()),
    ):
        with pytest.raises(BadInput, match="may hold letters"):
            action()
    assert not bench.settings.collections_root.exists()


def test_a_disk_that_fills_up_while_it_is_written_gets_its_room_back(bench, folder, monkeypatch):
    def full(collection, path):
        path.mkdir(parents=True)
        (path / "corpus.jsonl").write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.library.write_beir", full)
    with pytest.raises(NotWritable, match="No space left"):
        bench.add(folder)
    assert list(bench.settings.collections_root.iterdir()) == []


def test_a_damaged_quarantine_file_is_named(tmp_path):
    (tmp_path / "a").write_text("not json\n")
    with pytest.raises(Damaged, match="take the file in again"):
        kept_rows(tmp_path / "a", 3)
    assert kept_rows(tmp_path / "gone", 3) == (0, [])


# How far an index is


def test_an_index_is_missing_begun_ready_or_of_other_documents(bench, folder):
    bench.add(folder)
    assert bench.standing("small") == Standing("missing")
    index_path(bench.settings.index_root, bench.collection("small")).mkdir(parents=True)
    with pytest.raises(NotIndexed, match="not indexed yet"):
        bench.index("small")
    bench.build("small")
    assert bench.standing("small") == Standing("ready")
    (folder / "corpus.jsonl").write_text('{"_id": "a", "text": "x", "language": "en"}\n', "utf-8")
    (folder / "qrels" / "test.tsv").unlink()
    changed = bench.add(folder, "changed")
    (bench.settings.index_root / "small").rename(bench.settings.index_root / "changed")
    card = bench.service.card(EMBEDDED)
    assert standing(changed, [card], bench.settings.index_root) == Standing("changed")
    with pytest.raises(NotIndexed, match="has changed since"):
        bench.index("changed")


def test_an_index_that_was_opened_too_early_is_opened_again_when_it_is_whole(bench, folder):
    """Somebody searches while the vectors are still being made; afterwards dense search works without a restart."""
    bench.add(folder)
    early = []

    def search(done, total, what):
        if what.startswith("vectors") and not early:
            early.append(bench.index("small").info.encoders)

    bench.build("small", progress=search)
    assert early == [{}]
    assert bench.index("small").has_vectors(bench.service.card(EMBEDDED))
    assert bench.index("small") is bench.index("small")
