"""`babelscope sets`: what the pages save, from a terminal."""

import pytest
from typer.testing import CliRunner

from core.cli import cli


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.setenv("BABELSCOPE_HOME", str(tmp_path / "home"))
    runner = CliRunner()
    return lambda *words: runner.invoke(cli, ["sets", *words], env={"COLUMNS": "300"})


def test_a_set_is_saved_listed_shown_replaced_and_deleted(call):
    fused = "rrf(bm25, dense:static-26)"
    assert call("save", "Straße", "-s", "bm25", "-s", fused).stdout == "Straße: 2 systems.\n"
    assert call("list").stdout == "Straße\t2\n"
    assert call("show", "STRASSE").stdout == f"bm25\n{fused}\n"
    refused = call("save", "straße", "-s", "bm25")
    assert (refused.exit_code, "There is a set 'Straße' already" in refused.output) == (1, True)
    assert call("save", "straße", "-s", "bm25", "--replace").exit_code == 0
    assert call("delete", "straße").stdout == "bm25\n"
    gone = call("show", "straße")
    assert (gone.exit_code, "No saved set 'straße'." in gone.output) == (1, True)
