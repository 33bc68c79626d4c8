"""Reliability 30: the same seed and versions give the same runs, coordinates and exports, in whatever order sets go."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.faults.figures import record

ROOT = Path(__file__).resolve().parents[2]


def checksums(home: Path, hash_seed: str) -> tuple[dict[str, str], int]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.repeatable", str(home)],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    sums, lines = done.stdout.splitlines()[-2:]
    return json.loads(sums), int(lines)


def test_two_processes_with_other_hash_seeds_make_the_same(tmp_path):
    first, lines = checksums(tmp_path / "one", "0")
    second, _ = checksums(tmp_path / "two", "4242")
    record(
        "30",
        "two processes, other hash seeds",
        f"{lines:,} lines equal: " + ", ".join(f"{n} {s[:12]}" for n, s in first.items()),
    )
    assert first == second
    assert lines > 1_000
