"""What a person would have to look at: versions, home, disk, grades, models, indexes, each with what to do."""

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from core.errors import AppError
from core.workbench import Workbench

State = Literal["ok", "note", "wrong"]
PACKAGES = ("gradio", "lancedb", "sqlalchemy", "numpy", "tokenizers", "torch")
SAFE_SQLITE = (3, 51, 3)
LEAST_FREE_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `sentence` says what is and, unless it is ok, what to do."""

    state: State
    subject: str
    sentence: str


def findings(bench: Workbench) -> Iterator[Finding]:
    """Everything that can be looked at without changing anything, the quick things first."""
    yield from _versions()
    yield from _home(bench.settings.home)
    yield from _models(bench)
    yield from _grades(bench.settings.store_path)
    for collection_id in bench.collections():
        yield _index(bench, collection_id)


def _versions() -> Iterator[Finding]:
    yield Finding("ok", "Python", f"{sys.version.split()[0]}")
    for name in PACKAGES:
        try:
            yield Finding("ok", name, version(name))
        except PackageNotFoundError:
            yield Finding("ok", name, "not installed; hub models need it" if name == "torch" else "not installed")
    if sqlite3.sqlite_version_info >= SAFE_SQLITE:
        yield Finding("ok", "SQLite", sqlite3.sqlite_version)
    else:
        yield Finding(
            "note", "SQLite",
            f"{sqlite3.sqlite_version} can damage a database that two connections write to; Babelscope writes with one "
            "only, so keep other programs from writing to the grades.",
        )  # fmt: skip


def _home(home: Path) -> Iterator[Finding]:
    there = home if home.exists() else next(parent for parent in home.parents if parent.exists())
    free = shutil.disk_usage(there).free
    if free < LEAST_FREE_BYTES:
        yield Finding("wrong", "disk", f"{free / 1e6:,.0f} MB are free for {home}; make room.")
    else:
        yield Finding("ok", "disk", f"{free / 1e9:,.1f} GB are free for {home}")


def _models(bench: Workbench) -> Iterator[Finding]:
    for name in bench.service.names:
        try:
            card = bench.service.card(name)
            yield Finding("ok", name, f"whole; {card.dim} dimensions, identity {card.identity[:12]}")
        except AppError as error:
            yield Finding("wrong", name, str(error))


def _grades(path: Path) -> Iterator[Finding]:
    from core.store.verifying import verify

    if not path.exists():
        yield Finding("ok", "grades", "none yet")
        return
    report = verify(path)
    if report.faults:
        yield Finding("wrong", "grades", f"{report.faults[0]}. Take a backup: babelscope labels restore FILE.")
    else:
        yield Finding("ok", "grades", f"{report.events:,} events, {report.pairs:,} pairs, chain whole")


def _index(bench: Workbench, collection_id: str) -> Finding:
    try:
        if not bench.is_built(collection_id):
            return Finding("note", collection_id, f"not indexed as it is; run: babelscope index {collection_id}")
        index = bench.index(collection_id)
        first = index.documents(index.doc_ids[:1])
        return Finding("ok", collection_id, f"{len(index.doc_ids):,} documents indexed, first is '{first[0].doc_id}'")
    except AppError as error:
        return Finding("wrong", collection_id, str(error))
