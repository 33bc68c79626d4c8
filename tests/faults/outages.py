"""Takes a home's disk away in the midst of grading and gives it back, and prints what grading said; see test_disk.py.

python -m tests.faults.outages store|app HOME SCENARIO     one line of JSON
"""

import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.annotation.grading import Gesture
from core.errors import AppError
from core.records import JudgmentKey
from core.settings import Settings
from core.store.events import Event, Saved, Shown, new_event_id
from core.store.store import Store
from core.workbench import Workbench
from tests.core.conftest import small

AMA, TIME = "0b9f3a52-6a7e-4d0c-9c58-1f2d3c4b5a69", "2026-11-20T09:00:00Z"
NOBODY = 65_534
MAX_TRIES = 20_000  # grades until a full disk is felt
DOCS = [document.doc_id for document in small().documents]

Save = Callable[[int], Saved]


@contextmanager
def disk_full(home: Path) -> Iterator[None]:
    """The home is a small file system of its own; another file takes all that is left."""
    ballast = home / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    yield
    ballast.unlink()


@contextmanager
def file_size_limit(home: Path) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((home / "store.db-wal").stat().st_size + 10_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def rights(path: Path, mode: int) -> Iterator[None]:
    before = path.stat().st_mode
    path.chmod(mode)
    yield
    path.chmod(before)


@contextmanager
def home_moved(home: Path) -> Iterator[None]:
    home.rename(home.with_name("elsewhere"))
    yield
    home.with_name("elsewhere").rename(home)


@contextmanager
def home_deleted(home: Path) -> Iterator[None]:
    """What comes back is a copy: other files with the same content."""
    shutil.copytree(home, home.with_name("copy"))
    shutil.rmtree(home)
    yield
    shutil.copytree(home.with_name("copy"), home, dirs_exist_ok=True)


SCENARIOS = {
    "disk full": disk_full,
    "file-size limit": file_size_limit,
    "folder read-only": lambda home: rights(home, 0o555),
    "folder without rights": lambda home: rights(home, 0o000),
    "file without rights": lambda home: rights(home / "store.db", 0o000),
    "home moved away": home_moved,
    "home deleted": home_deleted,
}


def saving_in_the_store(home: Path) -> tuple[Store, Save]:
    store = Store.open(home / "store.db")

    def save(turn: int) -> Saved:
        shown = Shown("nyuki " * 20, "sw", "bm25", 1, "a" * 64, "", "b" * 64)
        return store.append(
            Event(new_event_id(), "grade", JudgmentKey(AMA, "small", "q", f"d{turn}"), turn % 4, shown, None, TIME)
        )

    return store, save


def saving_in_the_app(home: Path) -> tuple[Store, Save]:
    """The path that the page's own grades take."""
    bench = Workbench(Settings(home=home))
    bench._keep(small())
    bench.build("small")

    def save(turn: int) -> Saved:
        return bench.grade(
            Gesture(
                new_event_id(), AMA, "Ama", "small", "nyuki", "sw", DOCS[turn % len(DOCS)], turn % 2, None,
                "bm25", 1, TIME,
            )
        )  # fmt: skip

    return bench.store, save


def outage(home: Path, scenario: str, store: Store, save: Save) -> dict[str, object]:
    acknowledged = [save(turn).event_id for turn in range(5)]
    if os.getuid() == 0 and scenario not in ("disk full", "file-size limit"):
        give_up_root(home)
    told, slowest, meanwhile = "", 0.0, 0
    with SCENARIOS[scenario](home):
        for turn in range(MAX_TRIES if scenario in ("disk full", "file-size limit") else 20):
            begun = time.perf_counter()
            try:
                acknowledged.append(save(5 + turn).event_id)
                meanwhile += 1
            except AppError as error:
                told = told or str(error)
            slowest = max(slowest, time.perf_counter() - begun)
            if told and turn > meanwhile + 5:
                break
    acknowledged += [save(turn).event_id for turn in range(5)]
    stored = {logged.event.event_id for logged in store.history()}
    lost = set(acknowledged) - stored
    return {
        "told": told, "seconds": slowest, "meanwhile": meanwhile, "lost": len(lost),
        "unacknowledged": len(stored - set(acknowledged)), "faults": store.verify().faults,
    }  # fmt: skip


def give_up_root(home: Path) -> None:
    """Rights mean nothing to root: from here on nobody, who owns the home."""
    for path in (home.parent, home, *home.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def main(level: str, home: Path, scenario: str) -> None:
    store, save = {"store": saving_in_the_store, "app": saving_in_the_app}[level](home)
    print(json.dumps(outage(home, scenario, store, save)))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
