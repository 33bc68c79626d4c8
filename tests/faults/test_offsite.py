"""Tests 7 and 8: the disk is lost, or the Hub is away; what was graded is on the shelf, or waits for it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.errors import Unreachable
from core.offsite import hub as hubs
from core.offsite.carrier import Carrier
from core.offsite.hub import HubShelf
from core.offsite.recovery import recover
from core.store.store import Store
from tests.core.test_offsite import Clock, Drawer, everything, grade
from tests.faults.figures import record
from tests.hub import TOKEN, Hub

ROOT = Path(__file__).resolve().parents[2]
LOSSES, EVERY = int(os.environ.get("BABELSCOPE_LOSSES", "3")), 2.0


@pytest.fixture
def hub():
    running = Hub()
    yield running
    running.close()


def storm(home: Path, url: str, seconds: float) -> list[tuple[str, int, float]]:
    """The acknowledgements (event id, seq, time) of a process that is killed -9 after so long."""
    command = [sys.executable, str(Path(__file__).with_name("offsite_storm.py")), str(home), url, str(EVERY)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        lines = [line.split() for line in process.stdout if line.endswith("\n")]
    return [(event, int(seq), float(at)) for event, seq, at in lines]


def test_7_a_lost_disk_costs_at_most_the_last_interval(hub, tmp_path):
    """Killed and its home deleted, again and again: each life goes on from the shelf where the last one was pushed."""
    shelf = HubShelf("ada/grades", TOKEN, endpoint=hub.url)
    total = lost = 0
    oldest = 0.0
    for life in range(LOSSES):
        home = tmp_path / str(life)
        if life:
            said = recover(shelf, home / "store.db")
            assert said.left_out == []
        acknowledged = storm(home, hub.url, 5 + life)
        killed = acknowledged[-1][2]
        shutil.rmtree(home)
        found = recover(shelf, tmp_path / f"after-{life}" / "store.db")
        assert f"Recovered {found.events:,} events up to " in str(found)
        with Store.open(tmp_path / f"after-{life}" / "store.db") as again:
            assert again.verify().faults == ()
            stored = {item.event.event_id for item in again.history()}
        missing = [at for event, _, at in acknowledged if event not in stored]
        assert len(missing) < len(acknowledged)
        total, lost = total + len(acknowledged), lost + len(missing)
        oldest = max([oldest, *(killed - at for at in missing)])
    assert oldest <= EVERY + 3, "one interval, and one push that was under way"
    record(
        "7", f"home deleted after kill -9, {LOSSES} times, a push every {EVERY:.0f} s",
        f"{total:,} grades acknowledged, {total - lost:,} recovered; the oldest that was lost was {oldest:.1f} s old",
    )  # fmt: skip
    record("7", "acknowledged", str(total))


class Weather(Drawer):
    """A shelf with an hour of outages; `until` is when it is over."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock, self.begins, self.until = clock, clock.now + 600, clock.now + 4_200
        self.refused = 0

    def push(self, path: str, content: bytes | Path) -> None:
        minute = int(self.clock.now - self.begins) // 60
        if self.begins <= self.clock.now < self.until:
            self.refused += 1
            match minute % 4:
                case 0:
                    raise Unreachable("The Hub does not answer.")
                case 1:
                    raise Unreachable("The Hub does not take anything now (status 429).", retry_seconds=45)
                case 2:  # half of it arrives
                    whole = content if isinstance(content, bytes) else content.read_bytes()
                    self.there[path] = whole[: len(whole) // 2]
                    raise Unreachable("drawer took only a part of a file; it is sent again.")
                case 3:  # all of it arrives, the answer does not
                    super().push(path, content)
                    raise Unreachable("The Hub does not answer in time.")
        super().push(path, content)


def test_8_an_hour_without_the_hub_holds_nobody_up_and_is_made_good(tmp_path):
    """Two hours of one grade a second by a clock of the test: ten minutes well, an hour of faults, then well again."""
    clock = Clock()
    shelf, seconds, due, waited = Weather(clock), 7_200, 0.0, 0
    slowest = 0.0
    drained: float | None = None
    with Store.open(tmp_path / "home" / "store.db") as store:
        carrier = Carrier(store.path, shelf, clock=clock)
        for at in range(seconds):
            clock.now += 1
            begun = time.perf_counter()
            carrier.saw(store.append(grade(f"d{at}", at % 4)).seq)
            slowest = max(slowest, time.perf_counter() - begun)
            waited = max(waited, carrier.state().waiting)
            if clock.now >= due:
                due = clock.now + carrier.turn()
                if drained is None and clock.now >= shelf.until and carrier.state().waiting == 0:
                    drained = clock.now - shelf.until
        carrier.last()
        assert carrier.state().waiting == 0
        report, log = store.verify(), everything(store.path)
    held = shelf.segments()
    assert [name.first for name in held] == [1, *(name.last + 1 for name in held[:-1])], "each event once"
    assert held[-1].last == seconds
    for path in shelf.snapshots():
        del shelf.there[path]  # the segments alone bring it back
    found = recover(shelf, tmp_path / "new" / "store.db")
    assert (found.events, found.head, found.left_out) == (report.events, report.head, [])
    assert everything(tmp_path / "new" / "store.db") == log
    assert drained is not None and drained <= 60
    record(
        "8", "an hour of refusals, 429, half uploads and lost answers, by a clock of the test",
        f"{seconds:,} grades, slowest save {slowest * 1000:.0f} ms; {shelf.refused} pushes refused, "
        f"{waited:,} grades waiting at most, drained {drained:.0f} s after; {len(held)} segments, each event once",
    )  # fmt: skip
    record("8", "faults injected", str(shelf.refused))


@pytest.mark.parametrize("place", ["ada/grades", "datasets/ada/grades"])
def test_8_every_fault_of_the_real_client_passes(hub, tmp_path, monkeypatch, place):
    monkeypatch.setattr(hubs, "ANSWER_SECONDS", 1.0)
    monkeypatch.setattr(hubs, "IN_ALL_SECONDS", 2.0)
    shelf = HubShelf(place, TOKEN, endpoint=hub.url)
    clock = Clock()

    def slow(method: str, path: str) -> None:
        time.sleep(3)

    faults = {
        "down (503)": lambda: setattr(hub, "fault", lambda method, path: (503, {})),
        "429": lambda: setattr(hub, "fault", lambda method, path: (429, {"Retry-After": "30"})),
        "no answer in time": lambda: setattr(hub, "fault", slow),
        "half an upload": lambda: setattr(hub, "cut", lambda path: path.startswith("segments/")),
        "an expired token": lambda: setattr(hub, "token", "renewed"),
    }
    sentences = {}
    with Store.open(tmp_path / "home" / "store.db") as store:
        carrier = Carrier(store.path, shelf, clock=clock)
        carrier.turn()
        for at, (name, begin) in enumerate(faults.items()):
            begin()
            carrier.saw(store.append(grade(f"d{at}", 1)).seq)
            clock.now += 120
            carrier.turn()
            assert carrier.state().waiting == 1, name
            sentences[name] = carrier.state().error
            hub.fault, hub.cut, hub.token = (lambda method, path: None), (lambda path: False), TOKEN
            clock.now += 120
            carrier.turn()
            assert (carrier.state().waiting, carrier.state().error) == (0, ""), name
        log = everything(store.path)
    assert len(set(sentences.values())) == len(faults), sentences
    assert TOKEN not in "".join(sentences.values())
    found = recover(shelf, tmp_path / "new" / "store.db")
    assert (found.segments, found.left_out) == (len(faults), [])
    assert everything(tmp_path / "new" / "store.db") == log
    kind = "dataset" if place.startswith("datasets") else "bucket"
    record("8", f"the real client on a {kind}", f"{', '.join(faults)}: each told, each made good, no segment twice")
