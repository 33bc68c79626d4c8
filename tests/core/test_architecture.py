"""Imports go one way: app → ui → core, and inside core to lower groups or to names further left in the same row."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ROWS = [
    ["errors", "settings", "access", "languages", "systems", "grammar", "records", "protocols"],
    ["folding", "analysis", "text", "detection", "scoring", "projection", "store", "offsite", "collections"],
    ["encoders", "rerankers", "lexicon", "index"],
    ["service"],
    ["indexing", "pipeline", "offering"],
    ["comparing", "explaining", "accounts", "alignment", "evaluation", "annotation", "training"],
    ["library", "workbench", "doctor", "terminal", "commands", "cli"],
]
PLACE = {name: (row, column) for row, names in enumerate(ROWS) for column, name in enumerate(names)}
HEAVY = {"torch", "transformers", "sentence_transformers", "lancedb", "sqlalchemy", "alembic", "gradio", "pyarrow"}
HEAVY |= {"huggingface_hub", "httpx2"}


def imported(path: Path, *, top_level_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    nodes = tree.body if top_level_only else list(ast.walk(tree))
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def core_files() -> list[Path]:
    return [path for path in sorted((ROOT / "core").rglob("*.py")) if path.name != "__init__.py"]


@pytest.mark.parametrize("path", core_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_core_imports_only_what_stands_before_it(path: Path):
    own = path.relative_to(ROOT / "core").with_suffix("").parts[0]
    assert own in PLACE, f"core/{own} has no place; give it one in ROWS and in docs/architecture.md"
    for name in imported(path):
        if name.startswith("core."):
            other = name.split(".")[1]
            assert other in PLACE, name
            assert other == own or PLACE[other] < PLACE[own], f"core/{own} may not import core/{other}"
        assert name.split(".")[0] not in {"gradio", "ui", "app"}, name


@pytest.mark.parametrize("path", sorted((ROOT / "ui").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_ui_imports_no_model_and_no_database(path: Path):
    names = {name.split(".")[0] for name in imported(path)}
    assert not names & {"torch", "lancedb", "sqlalchemy", "app"}
    if path.parent.name == "views":
        others = {name for name in imported(path) if name.startswith("ui.views.")}
        assert not others, "views never import each other"


def test_heavy_libraries_are_imported_late():
    for path in core_files():
        if "store" in path.parts:
            continue  # the store is itself imported late, and is all SQLAlchemy
        names = {name.split(".")[0] for name in imported(path, top_level_only=True)}
        assert not names & HEAVY, f"{path}: {names & HEAVY}"


def test_importing_the_workbench_loads_nothing_heavy():
    heavy = ", ".join(repr(name) for name in sorted(HEAVY))
    code = f"import sys, core.workbench; print([m for m in ({heavy}) if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_data_holds_no_code():
    assert not list((ROOT / "data").rglob("*.py"))


def test_every_cited_source_is_in_the_references():
    import re

    known = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "data" / "references.bib").read_text("utf-8"), re.M))
    for path in core_files():
        for cited in re.findall(r"Source: (\w+)\.", path.read_text("utf-8")):
            assert cited in known, f"{path} cites {cited}"
