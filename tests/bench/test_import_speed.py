"""How long 200,000 rows with 1 % bad ones take to come in, and how much memory. Figures, and one limit: a minute."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = 200_000
BAD = (
    b"{\n",
    b'{"_id": "x", "text": "\xff"}\n',
    b'{"_id": "0000001", "text": "twice"}\n',
    b'{"_id": "x", "text": ""}\n',
)

TAKE = """
import json, resource, sys, time
from pathlib import Path
from core.collections.importing import Wish
from core.settings import Settings
from core.workbench import Workbench
bench = Workbench(Settings(home=Path(sys.argv[2])))
begun, worked = time.perf_counter(), time.process_time()
_, summary = bench.take(Path(sys.argv[1]), Wish("big"))
print(json.dumps([time.perf_counter() - begun, time.process_time() - worked, summary.rows, dict(summary.refused),
      summary.detected, summary.unsure, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024]))
"""


def rows(with_language: bool):
    """(a good row or the bytes of a bad one), 1 % of them bad."""
    documents = [json.loads(line) for line in (ROOT / "data/demo/corpus.jsonl").read_text("utf-8").splitlines()]
    for number in range(ROWS):
        document = documents[number % len(documents)]
        if number % 100 == 50:
            yield BAD[number // 100 % len(BAD)]
            continue
        start = number % max(1, len(document["text"]) - 200)
        row = {"_id": f"{number:07}", "title": document["title"], "text": f"{document['text'][start:]} {number}"}
        yield row | ({"language": document["language"]} if with_language else {})


def written(path: Path, with_language: bool) -> Path:
    if path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        kept = [row if isinstance(row, dict) else {"_id": "x", "title": "", "text": ""} for row in rows(with_language)]
        pq.write_table(pa.Table.from_pylist(kept), path)
        return path
    with path.open("wb") as out:
        for row in rows(with_language):
            if isinstance(row, bytes):
                out.write(row)
            elif path.suffix == ".jsonl":
                out.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    return path


@pytest.mark.parametrize(
    ("name", "with_language"), [("said.jsonl", True), ("detected.jsonl", False), ("said.parquet", True)]
)
def test_two_hundred_thousand_rows(tmp_path, name, with_language):
    path = written(tmp_path / name, with_language)
    done = subprocess.run(
        [sys.executable, "-c", TAKE, str(path), str(tmp_path / "home")], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    seconds, worked, count, refused, detected, unsure, megabytes = json.loads(done.stdout)
    print(f"\n{name}, {path.stat().st_size / 2**20:.0f} MiB: {count:,} rows in {seconds:.1f} s ({worked:.1f} CPU), "
          f"refused {refused}, detected {detected:,}, unsure {unsure:,}; peak {megabytes:,} MiB; "
          f"load {os.getloadavg()[0]:.1f}")  # fmt: skip
    assert count == ROWS and sum(refused.values()) == ROWS // 100
    assert worked <= 60 and (seconds <= 60 or os.getloadavg()[0] > os.cpu_count())
