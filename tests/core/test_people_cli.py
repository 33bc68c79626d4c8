"""`babelscope people`: slips for an evening, printed once."""

import re

import pytest
from typer.testing import CliRunner

from core.cli import cli
from core.settings import Settings
from core.store import passwords
from core.workbench import Workbench

SLIP = r"[a-z]{4}-[a-z]{4}-[a-z]{4}-[a-z]{4}"


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.setattr(passwords, "COST", (16, 1, 1))
    monkeypatch.setenv("BABELSCOPE_HOME", str(tmp_path / "home"))
    runner = CliRunner()
    return lambda *words, **more: runner.invoke(cli, ["people", *words], env={"COLUMNS": "300"}, **more)


@pytest.fixture
def people(tmp_path):
    """Looks into the store, as the app would."""

    def look(name, password):
        bench = Workbench(Settings(home=tmp_path / "home"))
        found = bench.store.people.signed_in(name, password)
        bench.close()
        return found

    return look


def test_the_printed_passwords_sign_in(call, people):
    owner = call("add", "Ada", "--owner")
    (password,) = re.findall(rf"^Ada: ({SLIP})$", owner.stdout, re.M)
    assert people("ada", password).owner
    several = call("add", "Bo", "Ɔboɔ 阿玛")
    for name, slip in re.findall(rf"^(.+): ({SLIP})$", several.stdout, re.M):
        assert people(name, slip).owner is False
    assert call("list").stdout == "Ada (owner)\nBo\nƆboɔ 阿玛\n"


def test_a_new_password_a_typed_one_and_the_way_out(call, people):
    call("add", "Ada", "--owner")
    call("add", "Bo")
    (made,) = re.findall(SLIP, call("password", "bo").stdout)
    assert people("Bo", made)
    done = call("password", "Bo", "--ask", input="épée à Ω\népée à Ω\n")
    assert done.exit_code == 0 and "épée" not in done.output
    assert people("Bo", "épée à Ω")
    assert call("remove", "Bo").exit_code == 0
    assert people("Bo", "épée à Ω") is None
    assert call("list").stdout == "Ada (owner)\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "ada"), "There is a 'Ada' already"),
        (("add", " "), "Type a name"),
        (("password", "Bo"), "No person 'Bo'"),
        (("remove", "Bo"), "No person 'Bo'"),
    ],
)
def test_what_is_wrong_is_one_sentence(call, words, said):
    call("add", "Ada", "--owner")
    done = call(*words)
    assert done.exit_code == 1
    assert said in done.output
    assert "Traceback" not in done.output


def test_while_the_app_runs_it_says_where_to_go(call, tmp_path):
    call("add", "Ada", "--owner")
    bench = Workbench(Settings(home=tmp_path / "home"))
    assert not bench.store.read_only
    done = call("add", "Bo")
    assert done.exit_code == 1 and "behind the owner's name" in done.output
    assert call("list").stdout == "Ada (owner)\n"
    bench.close()
