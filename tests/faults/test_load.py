"""A room full of people grades at once, beside others who search without end: everybody is served, nothing is lost.

BABELSCOPE_LOAD_MINUTES: how long the room grades; the bars are met by the best of three runs, and the first that meets
them is enough. The people are in a process of their own, on the same cores.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from core.store.store import Store
from tests.faults.figures import record
from tests.faults.people import ASKED, BUSY, PAIRS, Person, Record, page_of
from tests.serving import ROOT, start

MINUTES = float(os.environ.get("BABELSCOPE_LOAD_MINUTES", "5"))
SECONDS = {8: 20, 32: 60, 64: 20}
"""How many people grade without thinking, and how long at five minutes; longer ones change nothing."""
RUNS = 3
TICKS, PAGE_BYTES = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def server(tmp_path):
    process, url = start(tmp_path)
    yield Server(process.pid, url, tmp_path)
    process.kill()
    process.wait()


@dataclass(frozen=True)
class Server:
    pid: int
    url: str
    home: Path

    @property
    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def memory_mb(self) -> float:
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * PAGE_BYTES / 2**20

    def stored(self) -> dict[str, tuple[str, str, int]]:
        """What is in the store now: event id → (annotator, document, grade)."""
        with Store.open(self.home / "store.db") as store:
            assert store.read_only
            events = [logged.event for logged in store.history()]
        return {event.event_id: (event.key.annotator, event.key.doc_id, event.grade) for event in events}


@dataclass(frozen=True, repr=False)
class Run:
    """What a crowd saw."""

    people: list[Record]
    searched: Record
    seconds: float
    told: str

    @cached_property
    def saves(self) -> list[float]:
        return sorted(took for person in self.people for took in person.seconds)

    @property
    def slowest_share(self) -> float:
        """How much the person with the fewest grades got, of the mean."""
        counts = [len(person.acknowledged) for person in self.people]
        return min(counts) * len(counts) / sum(counts)

    @property
    def rate(self) -> float:
        return len(self.saves) / self.seconds

    def __repr__(self) -> str:
        times = ", ".join(f"{name} {_ms(self.saves, share)}" for name, share in SHARES)
        searches = sorted(self.searched.searches)
        found = f"; {len(searches):,} searches, median {_ms(searches, 0.5)}" if searches else ""
        return (
            f"{len(self.saves):,} grades, {self.rate:.0f} a second, {times} ms, "
            f"slowest person {self.slowest_share:.0%} of the mean{found}; {self.told}"
        )


SHARES = (("median", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))


def crowd(server: Server, *, people: int, searchers: int, think: float, seconds: float) -> Run:
    """Lets them loose; everything that was acknowledged is in the store, and nobody was refused or left unanswered."""
    wanted = {"people": people, "searchers": searchers, "think": think, "seconds": seconds}
    command = [sys.executable, "-m", "tests.faults.people", server.url]
    command += [part for name, value in wanted.items() for part in (f"--{name}", str(value))]
    cpu, memory, begun = server.cpu_seconds, server.memory_mb, time.monotonic()
    answered = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=seconds + 60)
    wall = time.monotonic() - begun
    said = json.loads(answered.stdout)
    told = (
        f"server {(server.cpu_seconds - cpu) / wall:.2f} and clients {said['cpu'] / wall:.2f} cores, "
        f"memory {memory:.0f} to {server.memory_mb:.0f} MB, load average {os.getloadavg()[0]:.1f}"
    )
    run = Run([Record(**one) for one in said["people"]], Record(**said["searched"]), seconds, told)
    stored = server.stored()
    for person in run.people:
        assert person.unanswered == []
        assert person.refused == []
        assert all(stored.get(event_id) == tuple(ack) for event_id, ack in person.acknowledged.items())
    assert run.searched.failed_searches == []
    return run


def test_a_room_of_people_is_served_beside_endless_searches(server):
    runs = []
    while len(runs) < RUNS and not any(map(meets_the_bars, runs)):
        runs.append(crowd(server, people=32, searchers=6, think=2, seconds=60 * MINUTES))
        print(f"\n  {runs[-1]}")
    best = min(runs, key=lambda run: _ms(run.saves, 0.95))
    record("13", f"32 people, {MINUTES:g} minutes, 6 endless searches, run {len(runs)} of {RUNS}", f"0 lost, {best}")
    assert any(map(meets_the_bars, runs))


def meets_the_bars(run: Run) -> bool:
    return _ms(run.saves, 0.95) <= 300 and _ms(run.saves, 1) <= 2000 and run.slowest_share >= 0.8


@pytest.mark.parametrize("people", SECONDS)
def test_people_who_do_not_think_are_served(server, people):
    runs, seconds = [], max(5, SECONDS[people] * min(1, MINUTES / 5))
    while len(runs) < RUNS and not any(run.rate >= 80 for run in runs):
        runs.append(crowd(server, people=people, searchers=0, think=0, seconds=seconds))
    best = max(runs, key=lambda run: run.rate)
    waited = sum(person.told_to_wait for person in best.people)
    record(
        "14", f"{people} people without think time, {seconds:g} s",
        f"0 lost, 0 errors, {waited} times told to wait, {best}",
    )  # fmt: skip
    assert best.rate >= 80


def test_more_than_can_be_served_at_once_is_answered_and_does_not_hang(server):
    """Three hundred grades and as many searches in one moment: each is done, or told to come again."""
    page = page_of(server.url)
    people = [Person(page) for _ in range(300)]
    begun = time.monotonic()
    statuses, saves = asyncio.run(burst(people))
    took = time.monotonic() - begun
    assert set(statuses) <= {200, *BUSY}
    assert saves == [True] * len(people), "a grade had no answer"
    acknowledged = {event_id for person in people for event_id in person.record.acknowledged}
    assert len(acknowledged) == len(people)
    assert acknowledged <= set(server.stored())
    busy = sum(status in BUSY for status in statuses)
    record(
        "14", "300 people who grade and search in one moment",
        f"all grades saved, slowest {max(took for person in people for took in person.record.seconds):.1f} s; "
        f"{busy} searches answered 429 or 503; over after {took:.1f} s, load average {os.getloadavg()[0]:.1f}",
    )  # fmt: skip
    assert busy > 0


async def burst(people: list[Person]) -> tuple[list[int], list[bool]]:
    """The statuses of the searches, and whether each grade had an answer."""
    asked = [person.ask(ASKED[0]) for person in people]
    graded = [person.grade(PAIRS[0], 3) for person in people]
    answers = await asyncio.gather(*asked, *graded)
    for person in people:
        await person.client.aclose()
    return [answer.status_code for answer in answers[: len(people)]], answers[len(people) :]


def _ms(times: list[float], share: float) -> int:
    """The time that this share of all did not exceed, in milliseconds."""
    return round(1000 * times[min(len(times) - 1, int(share * len(times)))])
