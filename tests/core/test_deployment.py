"""The Dockerfile and docs/deployment.md fit the project as it is; tests/faults/test_container.py runs it for real."""

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from core.settings import Settings
from tests.deploy.dockerfile import Step, stages
from tests.deploy.settings_table import replaced

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
BUILD, FINAL = stages((ROOT / "Dockerfile").read_text("utf-8"))
PAGE = (ROOT / "docs" / "deployment.md").read_text("utf-8")


def environment() -> dict[str, str]:
    return {key: text for step in FINAL.of("ENV") for key, text in (part.split("=", 1) for part in step.parts)}


def copied() -> list[str]:
    return [name for step in BUILD.of("COPY") for name in step.parts[:-1]]


def test_steps_are_read_as_docker_reads_them():
    (stage,) = stages('# x\nFROM a:1 AS b\n\nRUN one \\\n# said between\n && two\nCMD ["c", "d e"]\n')
    assert (stage.base, stage.name) == ("a:1", "b")
    assert stage.steps == [Step("RUN", "one && two"), Step("CMD", '["c", "d e"]')]
    assert stage.of("CMD")[0].parts == ["c", "d e"]


@pytest.mark.parametrize("stage", [BUILD, FINAL], ids=["build", "final"])
def test_the_base_is_one_slim_python_that_the_package_takes(stage):
    assert stage.base == BUILD.base
    found = re.fullmatch(r"python:(\d+)\.(\d+)-slim-\w+", stage.base)
    assert found, stage.base
    least, below = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", PROJECT["requires-python"]).groups()
    assert int(found[1]) == 3 and int(least) <= int(found[2]) < int(below)


def test_everything_is_installed_from_the_pins():
    installs = [step.argument for step in BUILD.of("RUN") if "pip install" in step.argument]
    assert len(installs) == 2
    assert "-c constraints.txt" in installs[0]
    assert "--no-deps" in installs[1]
    pins = {line.partition("==")[0].lower() for line in (ROOT / "constraints.txt").read_text().splitlines()}
    wanted = {re.match(r"[A-Za-z0-9._-]+", name)[0].lower() for name in PROJECT["dependencies"]}
    assert {name.replace("-", "_") for name in wanted} <= {name.replace("-", "_") for name in pins}


def test_every_source_exists_and_passes_the_dockerignore():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = [line[1:] for line in lines if line.startswith("!")]
    assert "*" in lines
    for name in copied():
        assert (ROOT / name).exists(), name
        assert any(fnmatch(name, pattern) for pattern in let_in), name
    assert sorted(copied()) == sorted(let_in)


def test_what_the_wheel_holds_is_copied():
    held = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert set(held["only-include"]) | {"pyproject.toml", PROJECT["readme"], *PROJECT["license-files"]} <= set(copied())


def test_it_runs_as_uid_1000_and_writes_to_its_volume():
    assert any("useradd --create-home --uid 1000 user" in step.argument for step in FINAL.of("RUN"))
    assert [step.argument for step in FINAL.of("USER")] == ["user"]
    words = [step.word for step in FINAL.steps]
    assert words.index("USER") < words.index("CMD")
    env = environment()
    assert [step.argument for step in FINAL.of("VOLUME")] == [env["BABELSCOPE_HOME"]]
    assert env["BABELSCOPE_HOME"].startswith(env["HOME"] + "/")
    assert not env["GRADIO_TEMP_DIR"].startswith(env["BABELSCOPE_HOME"]), "Gradio may serve what lies there"


def test_its_settings_exist_and_nothing_is_asked_of_the_network():
    env = environment()
    own = {key.removeprefix("BABELSCOPE_").lower() for key in env if key.startswith("BABELSCOPE_")}
    assert own <= set(Settings.model_fields)
    assert (env["HF_HUB_OFFLINE"], env["GRADIO_ANALYTICS_ENABLED"], env["PYTHONUNBUFFERED"]) == ("1", "False", "1")
    assert [step.argument for step in FINAL.of("EXPOSE")] == [str(Settings.model_fields["port"].default)]


def test_signals_reach_the_app_and_health_is_asked_without_a_shell():
    (command,), (check,) = FINAL.of("CMD"), FINAL.of("HEALTHCHECK")
    assert command.parts == ["babelscope", "app"] and command.argument.startswith("[")
    assert PROJECT["scripts"]["babelscope"] == "app:main"
    asked = Step("CMD", check.argument.partition("CMD ")[2]).parts
    assert asked[0] == "python" and "/health" in asked[2] and "curl" not in check.argument
    assert not FINAL.of("ENTRYPOINT")


def test_the_page_has_every_setting_as_it_is():
    assert replaced(PAGE) == PAGE, "run: make docs"


def test_what_the_page_sets_exists():
    named = set(re.findall(r"BABELSCOPE_([A-Z_]+)", PAGE))
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_the_page_names_the_volume_of_the_image():
    (volume,) = FINAL.of("VOLUME")
    assert f"babelscope:{volume.argument}" in PAGE
