"""The doctor says what is, and names what is wrong with the remedy."""

import sqlite3
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from core import doctor
from core.cli import cli
from core.doctor import findings, health
from core.offsite.carrier import Backed
from core.settings import Settings
from core.store.store import Store
from core.workbench import Workbench


def states(bench):
    return {found.subject: found for found in findings(bench)}


def test_a_sound_home(indexed):
    indexed.store  # noqa: B018
    found = states(indexed)
    assert not [one for one in found.values() if one.state == "wrong"]
    assert found["small"].sentence == "8 documents indexed, first is 'honey.en'"
    assert found["grades"].sentence == "0 events, 0 pairs, chain whole"
    assert found["static-26"].sentence.startswith("whole")
    assert found["demo"].state == "note" and "babelscope index demo" in found["demo"].sentence


def test_damage_is_named_with_the_remedy(indexed, monkeypatch):
    home = indexed.settings.home
    Store.open(indexed.settings.store_path).close()
    content = bytearray(indexed.settings.store_path.read_bytes())
    indexed.settings.store_path.write_bytes(content[: len(content) // 2])
    for manifest in next((home / "index" / "small").iterdir()).glob("docs.lance/_versions/*"):
        manifest.write_bytes(b"")
    indexed._indexes.clear()
    found = states(indexed)
    assert found["grades"].state == "wrong" and "labels restore" in found["grades"].sentence
    assert found["small"].state == "wrong" and "index again" in found["small"].sentence
    monkeypatch.setenv("BABELSCOPE_HOME", str(home))
    done = CliRunner().invoke(cli, ["doctor"])
    assert done.exit_code == 1
    assert "2 wrong." in done.stderr


def test_versions_mode_home_and_disk_of_a_machine_that_is_sound(bench):
    found = states(bench)
    assert {"Babelscope", "Python", "gradio", "lancedb", "sqlalchemy", "SQLite", "mode", "home", "disk"} <= set(found)
    assert found["mode"].sentence.startswith("private: one trusted machine")
    assert found["home"].sentence.endswith("made at the first start")
    assert "GB are free" in found["disk"].sentence
    assert found["grades"].sentence == "none yet"
    assert found["copy elsewhere"].state == "ok"
    assert not bench.settings.home.exists(), "looking makes nothing"


@pytest.mark.parametrize(("version", "state"), [((3, 40, 1), "note"), ((3, 51, 2), "note"), ((3, 51, 3), "ok")])
def test_a_sqlite_that_can_damage_a_shared_file_is_named(bench, monkeypatch, version, state):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    monkeypatch.setattr(sqlite3, "sqlite_version", ".".join(map(str, version)))
    found = states(bench)["SQLite"]
    assert found.state == state
    assert ".".join(map(str, version)) in found.sentence
    assert ("two connections" in found.sentence) is (state == "note")
    assert bool(health(bench).warnings) is (state == "note")


@pytest.mark.parametrize(
    ("host", "state"), [("127.0.0.1", "ok"), ("localhost", "ok"), ("::1", "ok"), ("0.0.0.0", "note"), ("lab", "note")]
)
def test_a_private_mode_that_others_reach_is_named(bench, host, state):
    bench.settings = bench.settings.model_copy(update={"host": host})
    found = states(bench)["mode"]
    assert found.state == state
    assert ("BABELSCOPE_MODE=session" in found.sentence) is (state == "note")


def test_a_home_on_a_network_mount_is_wrong(bench, tmp_path, monkeypatch):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr("core.store.place.check_place.__defaults__", (mounts,))
    found = states(bench)["home"]
    assert found.state == "wrong"
    assert "'nfs4' mount" in found.sentence and "BABELSCOPE_HOME" in found.sentence


def test_a_home_that_takes_nothing_is_wrong(bench, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, how: False)
    found = states(bench)["home"]
    assert found.state == "wrong" and "set BABELSCOPE_HOME" in found.sentence


def test_little_room_is_wrong(bench, monkeypatch):
    monkeypatch.setattr(doctor, "LEAST_FREE_BYTES", 10**18)
    assert "make room" in states(bench)["disk"].sentence


def test_grades_that_a_running_app_holds_are_named(bench):
    with Store.open(bench.settings.store_path):
        assert "a running Babelscope writes them" in states(bench)["grades in use"].sentence
    assert "grades in use" not in states(bench)


def test_an_index_of_other_documents_is_named_as_old(indexed):
    path = indexed.index("small").path
    path.rename(path.with_name("0" * 12))
    indexed._indexes.clear()
    found = states(indexed)["small"]
    assert found.state == "note"
    assert found.sentence == "'small' has changed since it was indexed; build the index with: babelscope index small"


def test_a_copy_elsewhere_that_cannot_be_made_is_wrong(tmp_path, monkeypatch):
    def found(**given):
        bench = Workbench(Settings(home=tmp_path, **given))
        return states(bench)["copy elsewhere"]

    token = SecretStr("t" * 20)
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    assert found(labels_to="ada/grades").state == "wrong"
    assert found(labels_to="ada/grades", labels_token=token).sentence.endswith("go to 'ada/grades' every 30 s")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "set it to 0" in found(labels_to="ada/grades", labels_token=token).sentence
    monkeypatch.setenv("SPACE_ID", "ada/space")
    assert found().state == "note"


def test_health_tells_when_the_newest_copy_was_made(indexed, monkeypatch):
    assert health(indexed).offsite is None
    at = datetime(2026, 3, 1, 12, 0, 5, 99, UTC)
    monkeypatch.setattr(indexed.offsite, "state", lambda: Backed(at, 3, "The Hub does not answer."))
    found = health(indexed).offsite
    assert found == {"pushed": "2026-03-01T12:00:05+00:00", "waiting": 3, "error": "The Hub does not answer."}


def test_a_setting_that_is_none_is_named_with_the_nearest_that_is(tmp_path, monkeypatch):
    monkeypatch.setenv("BABELSCOPE_COLECTION", "x")
    said = [found.sentence for found in findings(Workbench(Settings(home=tmp_path)))]
    assert any(
        "BABELSCOPE_COLECTION is not a setting; did you mean BABELSCOPE_COLLECTION?" in sentence for sentence in said
    )
