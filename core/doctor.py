"""What a person would have to look at, each with what to do; and what a machine asks, whether this copy can serve."""

import ipaddress
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from core.errors import AppError, NotIndexed
from core.settings import Mode, Settings, on_space
from core.workbench import Workbench

State = Literal["ok", "note", "wrong"]
PACKAGES = ("gradio", "lancedb", "sqlalchemy", "numpy", "tokenizers", "torch")
SAFE_SQLITE = (3, 51, 3)
LEAST_FREE_BYTES = 500_000_000

MODES: dict[Mode, str] = {
    "private": "one trusted machine; whoever reaches the page may do everything",
    "session": "people sign in, and the owner alone brings in and takes out",
    "public": "visitors see their own grades only; nothing is brought in or taken out",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `sentence` says what is and, unless it is ok, what to do."""

    state: State
    subject: str
    sentence: str


def findings(bench: Workbench) -> Iterator[Finding]:
    """Everything that can be looked at without changing anything, the quick things first."""
    yield from _versions()
    yield _mode(bench.settings)
    yield from _unknown_settings()
    yield from _home(bench.settings)
    yield from _models(bench)
    yield from _grades(bench.settings.store_path)
    yield _offsite(bench)
    for collection_id in bench.collections():
        yield _index(bench, collection_id)


def _unknown_settings() -> Iterator[Finding]:
    """What looks like a setting and is none, mostly for a slip of the finger."""
    known = [f"BABELSCOPE_{name.upper()}" for name in Settings.model_fields]
    for name in sorted(name for name in os.environ if name.startswith("BABELSCOPE_") and name not in known):
        near = get_close_matches(name, known, n=1)
        yield Finding("note", "settings", f"{name} is not a setting{f'; did you mean {near[0]}?' if near else '.'}")


def own_version() -> str:
    """The version of the installed package; of a folder that was never installed, that."""
    try:
        return version("babelscope")
    except PackageNotFoundError:
        return "not installed as a package"


def sqlite_warning() -> str:
    """What to mind with this SQLite (https://sqlite.org/wal.html#walresetbug), or ""."""
    if sqlite3.sqlite_version_info >= SAFE_SQLITE:
        return ""
    return (
        f"SQLite {sqlite3.sqlite_version} can damage a database that two connections write to; Babelscope writes with "
        "one only, so keep other programs from writing to the grades."
    )


def _versions() -> Iterator[Finding]:
    yield Finding("ok", "Babelscope", own_version())
    yield Finding("ok", "Python", f"{sys.version.split()[0]}")
    for name in PACKAGES:
        try:
            yield Finding("ok", name, version(name))
        except PackageNotFoundError:
            yield Finding("ok", name, "not installed; hub models need it" if name == "torch" else "not installed")
    warning = sqlite_warning()
    yield Finding("note" if warning else "ok", "SQLite", warning or sqlite3.sqlite_version)


def _mode(settings: Settings) -> Finding:
    if settings.mode == "private" and not _loopback(settings.host):
        return Finding(
            "note", "mode",
            f"private, but served on {settings.host}: whoever reaches that address may do everything. Set "
            "BABELSCOPE_MODE=session, or BABELSCOPE_HOST=127.0.0.1.",
        )  # fmt: skip
    return Finding("ok", "mode", f"{settings.mode}: {MODES[settings.mode]}")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _home(settings: Settings) -> Iterator[Finding]:
    from core.store.place import check_place

    home = settings.home.absolute()
    there = next(path for path in (home, *home.parents) if path.exists())
    try:
        check_place(settings.store_path.absolute())
        if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
            yield Finding(
                "wrong", "home", f"nothing can be written in {there}; mend its rights or set BABELSCOPE_HOME."
            )
        else:
            yield Finding("ok", "home", f"{home}" if home == there else f"{home}, made at the first start")
    except AppError as error:
        yield Finding("wrong", "home", str(error))
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
    from core.store.store import is_open
    from core.store.verifying import verify

    if not path.exists():
        yield Finding("ok", "grades", "none yet")
        return
    report = verify(path)
    if report.faults:
        yield Finding("wrong", "grades", f"{report.faults[0]}. Take a backup: babelscope labels restore FILE.")
    else:
        yield Finding("ok", "grades", f"{report.events:,} events, {report.pairs:,} pairs, chain whole")
    if is_open(path):
        yield Finding("ok", "grades in use", "a running Babelscope writes them; another one started now only reads")


def _offsite(bench: Workbench) -> Finding:
    settings = bench.settings
    try:
        if bench.offsite.configured and os.environ.get("HF_HUB_OFFLINE", "0").upper() in ("1", "TRUE", "YES", "ON"):
            return Finding("wrong", "copy elsewhere", "HF_HUB_OFFLINE is set, so nothing can be pushed; set it to 0.")
        if bench.offsite.configured:
            return Finding(
                "ok", "copy elsewhere",
                f"while the app runs, new grades go to '{settings.labels_to}' every {settings.labels_every} s",
            )  # fmt: skip
    except AppError as error:
        return Finding("wrong", "copy elsewhere", str(error))
    if on_space():
        return Finding("note", "copy elsewhere", "none, and this disk ends with the Space; set BABELSCOPE_LABELS_TO.")
    return Finding("ok", "copy elsewhere", "none; babelscope labels backup FOLDER makes one")


def _index(bench: Workbench, collection_id: str) -> Finding:
    try:
        index = bench.index(collection_id)
        if not bench.is_built(collection_id):
            return Finding(
                "note", collection_id,
                f"the vectors are another encoder's or not complete; run: babelscope index {collection_id}",
            )  # fmt: skip
        first = index.documents(index.doc_ids[:1])
        return Finding("ok", collection_id, f"{len(index.doc_ids):,} documents indexed, first is '{first[0].doc_id}'")
    except NotIndexed as error:
        return Finding("note", collection_id, str(error))
    except AppError as error:
        return Finding("wrong", collection_id, str(error))


@dataclass(frozen=True, slots=True)
class Health:
    """Whether this copy can serve. `store` and `index` hold one word, or the sentence that says why not.

    No text, no name of a person, no path of this machine.
    """

    ok: bool
    version: str
    mode: Mode
    store: str
    index: dict[str, str]
    sqlite: str
    warnings: tuple[str, ...]
    offsite: dict[str, str | int] | None
    """When the newest copy elsewhere was made, how many events wait for the next, what keeps it; None without one."""


def health(bench: Workbench) -> Health:
    """Cheap: writes one page of the store, reads one small file of the index that pages start with."""
    store, index = _store_state(bench), _index_state(bench)
    warning = sqlite_warning()
    return Health(
        ok=store == "writing" and index == "ready",
        version=own_version(),
        mode=bench.settings.mode,
        store=store,
        index={bench.settings.collection: index},
        sqlite=sqlite3.sqlite_version,
        warnings=(warning,) if warning else (),
        offsite=_offsite_state(bench),
    )


def _store_state(bench: Workbench) -> str:
    try:
        if bench.store.read_only:
            return "read-only"
        bench.store.check()
    except AppError as error:
        return _without_home(str(error), bench.settings)
    return "writing"


def _index_state(bench: Workbench) -> str:
    try:
        return "ready" if bench.is_built(bench.settings.collection) else "not indexed"
    except AppError as error:
        return _without_home(str(error), bench.settings)


def _offsite_state(bench: Workbench) -> dict[str, str | int] | None:
    """A copy that is late does not keep this one from serving."""
    state = bench.offsite.state()
    if state is None:
        return None
    pushed = state.at.isoformat(timespec="seconds") if state.at else ""
    return {"pushed": pushed, "waiting": state.waiting, "error": _without_home(state.error, bench.settings)}


def _without_home(sentence: str, settings: Settings) -> str:
    """Strangers may ask for it, and a path tells them who runs this."""
    return sentence.replace(str(settings.home.absolute()), "BABELSCOPE_HOME")
