"""Reliability 1: BABELSCOPE_KILLS kill -9 in a write storm. What was acknowledged is there, once; the file is whole."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from core.store.store import Store
from tests.faults.figures import record

ROOT = Path(__file__).resolve().parent.parent.parent
KILLS = int(os.environ.get("BABELSCOPE_KILLS", "3"))


def storm(path: Path, acks: int) -> list[str]:
    """The acknowledgements of a process that is killed after about that many."""
    command = [sys.executable, str(Path(__file__).with_name("store_storm.py")), str(path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready False\n"
        lines = [process.stdout.readline() for _ in range(acks)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    assert process.returncode == -signal.SIGKILL
    return [line for line in lines if line.endswith("\n")]


def test_no_acknowledged_event_is_lost_to_kill_9(tmp_path):
    path, acked, lost, seed = tmp_path / "store.db", {}, [], random.randrange(10**6)
    chance = random.Random(seed)
    for _ in range(KILLS):
        for line in storm(path, chance.randrange(50, 600)):
            event_id, seq, version, grade = line.split()
            acked[event_id] = (int(seq), int(version), grade)
        with Store.open(path) as store:
            assert not store.read_only, "the lock outlived its process"
            stored = {item.event.event_id: (item.seq, item.version, str(item.event.grade)) for item in store.history()}
            lost = [event_id for event_id, ack in acked.items() if stored.get(event_id) != ack]
            report = store.verify()
            assert lost == []
            assert report.faults == ()
            last = next(store.history(after=report.events - 1)).event
            if last.kind in ("grade", "clear"):
                assert store.append(last).repeated, "a resend of an event that was stored, acknowledged or not"
        with closing(sqlite3.connect(path)) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    record("1", "kills", str(KILLS))
    record("1", "acknowledged", f"{len(acked):,}")
    record("1", "lost", str(len(lost)))
    record("1", "stored but not acknowledged", f"{report.events - len(acked)} (seed {seed})")


def test_a_kill_while_the_file_is_made_leaves_none_or_a_whole_one(tmp_path):
    """The first start, killed at some point of its first tenths of a second; the next start always works."""
    command = [sys.executable, str(Path(__file__).with_name("store_storm.py"))]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for turn in range(KILLS):
        path = tmp_path / str(turn) / "store.db"
        with subprocess.Popen([*command, str(path)], stdout=subprocess.DEVNULL, env=environment) as process:
            while not path.with_name("store.db.lock").exists() and process.poll() is None:
                pass
            try:
                process.wait(random.random() * 0.2)
            except subprocess.TimeoutExpired:
                process.kill()
        with Store.open(path) as store:
            assert store.verify().faults == ()
    record("1", "kills while the file is made", f"{KILLS}, each next start works")
