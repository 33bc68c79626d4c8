"""The doctor says what is, and names what is wrong with the remedy."""

from typer.testing import CliRunner

from core.cli import cli
from core.doctor import findings
from core.store.store import Store


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
