"""Backups hold every acknowledged grade, say what they hold, and come back; a damaged one does not."""

import json
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli import cli
from core.errors import BadInput, Busy, Damaged
from core.records import JudgmentKey
from core.store.backup import backup, restore
from core.store.events import Event, Shown, new_event_id
from core.store.store import Store

ADA = "3b7c1f0e-58b1-4c39-9f0b-6a2d5a9d1c11"


def grade(doc: str, value: int) -> Event:
    shown = Shown("nyuki", "sw", "bm25", 1, "0" * 64, "", "0" * 64)
    return Event(
        new_event_id(), "grade", JudgmentKey(ADA, "demo", "q", doc), value, shown, None, "2026-01-02T03:04:05Z"
    )


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "home" / "store.db"


def test_a_backup_while_grading_holds_all_that_was_acknowledged_before(place, tmp_path):
    with Store.open(place) as store:
        acknowledged: list[str] = []
        stop = threading.Event()

        def write() -> None:
            at = 0
            while not stop.is_set():
                acknowledged.append(store.append(grade(f"d{at}", at % 4)).event_id)
                at += 1

        writer = threading.Thread(target=write)
        writer.start()
        made = []
        for _ in range(5):
            before = len(acknowledged)
            made.append((before, set(acknowledged), backup(place, tmp_path / "backups")))
        stop.set()
        writer.join()
    for before, events, manifest in made:
        with Store.open(tmp_path / "backups" / manifest.file) as copy:
            assert events <= {logged.event.event_id for logged in copy.history()}
        assert manifest.events >= before


def test_it_comes_back_and_what_was_there_is_kept(place, tmp_path):
    with Store.open(place) as store:
        store.append(grade("a", 3))
    manifest = backup(place, tmp_path)
    with Store.open(place) as store:
        store.append(grade("b", 1))
    report = restore(tmp_path / manifest.file, place)
    assert (report.events, report.head) == (1, manifest.head)
    with Store.open(place) as store:
        assert [judgment.doc_id for judgment in store.judgments("demo")] == ["a"]
    (kept,) = place.parent.glob("store.db.replaced-*")
    with Store.open(kept) as store:
        assert [judgment.doc_id for judgment in store.judgments("demo")] == ["a", "b"]


def test_it_is_not_put_back_under_an_open_store(place, tmp_path):
    with Store.open(place) as store:
        store.append(grade("a", 3))
        manifest = backup(place, tmp_path)
        with pytest.raises(Busy, match="stop that first"):
            restore(tmp_path / manifest.file, place)


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "text"])
def test_a_damaged_backup_is_refused_and_nothing_changes(place, tmp_path, damage):
    with Store.open(place) as store:
        store.append(grade("a", 3))
    copy = tmp_path / backup(place, tmp_path).file
    content = bytearray(copy.read_bytes())
    match damage:
        case "cut":
            content = content[: len(content) // 2]
        case "flip":
            content[len(content) // 2] ^= 1
        case "empty":
            content = bytearray()
        case "text":
            content = bytearray(b"hello")
    copy.write_bytes(content)
    before = place.read_bytes()
    with pytest.raises(Damaged):
        restore(copy, place)
    copy.with_suffix(".json").unlink()
    if damage != "flip":  # without a manifest a bit in a free page cannot be known
        with pytest.raises(Damaged):
            restore(copy, place)
    assert place.read_bytes() == before


def test_there_is_no_backup(place, tmp_path):
    with pytest.raises(BadInput, match="There is no backup"):
        restore(tmp_path / "gone.db", place)


def test_the_commands(place, tmp_path, monkeypatch):
    monkeypatch.setenv("BABELSCOPE_HOME", str(place.parent))
    call = lambda *words: CliRunner().invoke(cli, ["labels", *words])  # noqa: E731
    assert "There are no grades yet" in call("verify").stderr
    with Store.open(place) as store:
        store.append(grade("a", 3))
        store.undo(ADA, event_id=new_event_id(), client_time="2026-01-02T03:04:06Z")
    assert "2 events" in call("verify").stdout
    said = call("backup", str(tmp_path / "b")).stdout
    (copy,) = (tmp_path / "b").glob("*.db")
    assert str(copy) in said and "2 events" in said
    lines = [json.loads(line) for line in call("history", "-c", "demo").stdout.splitlines()]
    assert [(line["kind"], line["grade"]) for line in lines] == [("grade", 3), ("undo", None)]
    assert "Restored 2 events" in call("restore", str(copy)).stdout
    assert call("restore", str(tmp_path / "gone.db")).exit_code == 1
