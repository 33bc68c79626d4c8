"""`babelscope space`: the exact folder to upload as a Hugging Face Space."""

import shutil
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Annotated

import typer
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from core.errors import BadInput, NotReady, NotWritable
from core.settings import DATA
from core.terminal import workbench

ROOT = DATA.parent
PARTS = ("app.py", "core", "ui", "data")
MARK = "# Written by `babelscope space`, which writes it again; edits here are lost."
LARGE = 10_000_000  # bytes: above, the Hub wants Xet or git-lfs

BUILDER = {"pydantic": "2.12.5", "pydantic-core": "2.41.5"}
"""Pins of a Space that differ: it is built beside `gradio[oauth,mcp]`, whose mcp extra keeps pydantic below 2.13."""

README = """---
title: Babelscope
emoji: 🔭
colorFrom: blue
colorTo: green
sdk: gradio
sdk_version: {gradio}
python_version: "{python}"
app_file: app.py
license: apache-2.0
short_description: Multilingual search systems, compared side by side
tags:
  - multilingual
  - information-retrieval
  - search
  - annotation
startup_duration_timeout: 30m
disable_embedding: false
---

# Babelscope

Multilingual search, side by side: type a need in any language, see what several retrieval systems find, grade it.

The demo collection is machine-written (CC BY 4.0). The embedded encoder is CC BY-SA 4.0; its sources are in
`data/models/static-26/`. The code is Apache-2.0.

Grades live on this machine only, which a restart empties, unless these secrets of the Space are set:
`BABELSCOPE_LABELS_TO`, a private bucket (`owner/name`), and `BABELSCOPE_LABELS_TOKEN`, a token that may write there.
`BABELSCOPE_SECRET`, 16 characters or more that nobody guesses, keeps visitors known across restarts.
"""


def space(folder: Annotated[Path, typer.Argument(help="An empty or new folder, or one written before.")]) -> None:
    """Write the folder to upload as a Hugging Face Space, and say what to do with it."""
    with workbench():
        files = written(folder)
    sizes = sorted(((path.stat().st_size, path.relative_to(folder)) for path in files), reverse=True)
    typer.echo(f"{folder}: {len(files)} files, {sum(size for size, _ in sizes) / 1e6:,.1f} MB.")
    for size, path in sizes:
        if size > LARGE:
            typer.echo(f"{path} has {size / 1e6:,.1f} MB: `hf upload` handles that, plain git needs git-lfs.")
    typer.echo(f"1. hf repos create OWNER/NAME --type space --sdk gradio && hf upload spaces/OWNER/NAME {folder} .")
    typer.echo(
        "2. In the Space's settings, set the secrets BABELSCOPE_LABELS_TO (a private bucket, OWNER/NAME-grades), "
        "BABELSCOPE_LABELS_TOKEN (a token that may write there) and BABELSCOPE_SECRET (16 random characters or more); "
        "without them grades, and who gave them, end with a restart."
    )


def written(folder: Path, root: Path = ROOT) -> list[Path]:
    """Every file of the folder that is made there. Raises BadInput for a folder of somebody else's."""
    if not (root / "pyproject.toml").is_file() or not (root / "constraints.txt").is_file():
        raise BadInput(f"A Space is made of the source, and {root} is an installed package: run it in a clone.")
    folder = folder.absolute()
    if folder.is_relative_to(root.resolve()) and any(folder.is_relative_to(root / part) for part in PARTS):
        raise BadInput(f"{folder} is a part of what is copied; choose a folder outside.")
    versions = pins(root)
    try:
        _emptied(folder)
        lines = [MARK, *(f"{name}=={version}" for name, version in versions.items())]
        (folder / "requirements.txt").write_text("\n".join(lines) + "\n", "utf-8")
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        (folder / "README.md").write_text(README.format(gradio=versions["gradio"], python=python), "utf-8")
        for part in PARTS:
            if (root / part).is_dir():
                shutil.copytree(root / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", ".*"))
            else:
                shutil.copyfile(root / part, folder / part)
    except OSError as error:
        raise NotWritable(folder, error) from error
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _emptied(folder: Path) -> None:
    """The folder without what was written there before. Raises BadInput when it holds anything else."""
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file; name a folder.")
    folder.mkdir(parents=True, exist_ok=True)
    there = {path.name for path in folder.iterdir()}
    requirements = folder / "requirements.txt"
    ours = requirements.is_file() and requirements.read_text("utf-8", "replace").startswith(MARK)
    strange = there - {*PARTS, "README.md", "requirements.txt"}
    if there and (strange or not ours):
        raise BadInput(f"{folder} holds what was not written by this command; name an empty folder.")
    for name in there:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def pins(root: Path = ROOT) -> dict[str, str]:
    """Package → version of all that the base install brings, as constraints.txt has it; no extra."""
    lines = (root / "constraints.txt").read_text("utf-8").splitlines()
    known = dict(line.split("==", 1) for line in lines if "==" in line)
    by_name = {str(canonicalize_name(name)): (name, version.split(";")[0].strip()) for name, version in known.items()}
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    found = {}
    for name in sorted(_closure(project["dependencies"])):
        if name not in by_name:
            raise NotReady(f"constraints.txt has no version of {name}: add it, so that a Space is what was tested.")
        spelt, version = by_name[name]
        found[spelt] = BUILDER.get(name, version)
    return found


def _closure(wanted: list[str]) -> set[str]:
    """The canonical names of these packages and of all that they need on this Python."""
    found: set[str] = set()
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(Requirement(line), frozenset[str]()) for line in wanted]
    while waiting:
        need, extras = waiting.pop()
        if need.marker is not None and not any(need.marker.evaluate({"extra": extra}) for extra in extras or {""}):
            continue
        name = canonicalize_name(need.name)
        own = frozenset(need.extras)
        if (name, own) in seen:
            continue
        seen.add((name, own))
        found.add(name)
        try:
            waiting += [(Requirement(line), own) for line in requires(name) or []]
        except PackageNotFoundError as error:
            raise NotReady(f"{name} is not installed here: run it in an environment made with `make app`.") from error
    return found
