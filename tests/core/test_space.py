"""The folder of a Space: what is in it, what it installs, and that it starts."""

import os
import re
import signal
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli import cli
from core.commands.space import BUILDER, PARTS, pins, written
from core.errors import BadInput
from tests.serving import free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("space") / "babelscope"
    written(made)
    return made


def test_it_holds_the_app_and_nothing_else(folder):
    assert {path.name for path in folder.iterdir()} == {*PARTS, "README.md", "requirements.txt"}
    assert (folder / "data" / "models" / "static-26" / "model.safetensors").stat().st_size > 1_000_000
    assert (folder / "ui" / "words.toml").is_file()
    assert not [path for path in folder.rglob("*") if path.name == "__pycache__" or path.name.startswith(".")]


def test_the_front_matter_is_what_the_hub_takes(folder):
    head = (folder / "README.md").read_text("utf-8").split("---\n")[1]
    said = dict(re.findall(r"^(\w+): (.*)$", head, re.M))
    assert said["sdk"] == "gradio"
    assert said["sdk_version"] == pins()["gradio"]
    assert said["app_file"] == "app.py"
    assert said["python_version"] == f'"{sys.version_info.major}.{sys.version_info.minor}"'
    assert said["license"] == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["license"].lower()
    assert said["disable_embedding"] == "false"
    assert len(said["short_description"]) <= 60
    assert {said["colorFrom"], said["colorTo"]} <= {
        "red",
        "yellow",
        "green",
        "blue",
        "indigo",
        "purple",
        "pink",
        "gray",
    }


def test_every_requirement_is_the_tested_version(folder):
    lines = (folder / "requirements.txt").read_text("utf-8").splitlines()
    assert lines[0].startswith("#")
    asked = dict(line.split("==") for line in lines[1:])
    tested = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line)
    other = {name: version for name, version in asked.items() if tested[name] != version}
    assert {name.replace("_", "-"): version for name, version in other.items()} == BUILDER
    assert {"gradio", "lancedb", "SQLAlchemy", "huggingface_hub", "hf-xet", "uvicorn"} <= asked.keys()
    assert not {"torch", "pytest", "ruff", "playwright", "babelscope"} & asked.keys()


def test_it_is_written_again_but_never_over_anything_else(folder, tmp_path):
    (folder / "core" / "left_over.py").write_text("")
    written(folder)
    assert not (folder / "core" / "left_over.py").exists()
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(BadInput, match="was not written by this command"):
        written(tmp_path)
    (tmp_path / "notes.txt").rename(tmp_path / "requirements.txt")
    with pytest.raises(BadInput, match="was not written by this command"):
        written(tmp_path)
    with pytest.raises(BadInput, match="is a part of what is copied"):
        written(ROOT / "data" / "space")


def test_the_command_says_what_to_do(tmp_path):
    said = CliRunner().invoke(cli, ["space", str(tmp_path / "made")]).stdout
    assert re.search(r"made: \d+ files, \d+\.\d MB\.", said)
    assert "model.safetensors has" in said
    assert f"hf upload spaces/OWNER/NAME {tmp_path / 'made'} ." in said
    assert "BABELSCOPE_LABELS_TOKEN" in said
    assert "was not written" in CliRunner().invoke(cli, ["space", str(tmp_path)]).stderr


def answer(url: str, server: subprocess.Popen[bytes], log: Path) -> bytes:
    """The page, once the server answers; the first start builds the index of the demo."""
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            return urllib.request.urlopen(url, timeout=2).read()
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"The server did not answer: {log.read_text()}")


@pytest.mark.slow
def test_it_starts_as_a_space_does_and_finds_something(folder, tmp_path):
    """`python app.py` in the folder, everything under a home of its own, the address a Space is asked at."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BABELSCOPE_", "HF_", "PYTHON"))}
    space = kept | {
        "SPACE_ID": "ada/babelscope", "HOME": str(tmp_path), "XDG_DATA_HOME": "", "BABELSCOPE_PORT": str(port),
        "GRADIO_ANALYTICS_ENABLED": "False", "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    log = tmp_path / "log"
    with log.open("wb") as out:
        server = subprocess.Popen([sys.executable, "app.py"], cwd=folder, env=space, stdout=out, stderr=out)
    try:
        assert b"Babelscope" in answer(f"http://127.0.0.1:{port}/", server, log)
        search = [sys.executable, "app.py", "search", "jinsi nyuki wanavyotengeneza asali", "-n", "1"]
        found = subprocess.run(search, cwd=folder, env=space, capture_output=True, text=True, check=True).stdout
        assert "nyuki" in found.lower()
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
    finally:
        server.kill()
        server.wait()
    said = log.read_text()
    assert "Grades live only as long as this machine" in said
    assert f"http://0.0.0.0:{port}" in said
    assert (tmp_path / ".local" / "share" / "babelscope" / "store.db").is_file()
    assert not list(folder.rglob("*.db"))
