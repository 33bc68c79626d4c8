"""An index build that is killed goes on where it was and ends equal to one that was left alone."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np

from core.index import Index, index_path, read_info
from core.service import LocalService
from core.settings import DATA
from tests.core.test_index import many
from tests.faults.indexing_process import CHUNK, DOCUMENTS

ROOT = Path(__file__).resolve().parents[2]


def start(root: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.indexing_process", str(root)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip


def opened(root: Path) -> Index:
    path = index_path(root, many(DOCUMENTS))
    return Index(path, read_info(path))


def test_three_kills_cost_at_most_a_chunk_each(tmp_path):
    encoded = 0
    for stop_after in (3, 5, 4):
        process = start(tmp_path / "killed")
        for lines, line in enumerate(process.stdout, start=1):
            encoded += int(line.split()[1])
            if lines == stop_after:
                os.kill(process.pid, signal.SIGKILL)
                break
        process.stdout.close()
        process.wait()
        assert process.returncode == -signal.SIGKILL
    process = start(tmp_path / "killed")
    last, _ = process.communicate(timeout=300)
    encoded += sum(int(line.split()[1]) for line in last.splitlines() if line.startswith("encoded"))
    assert last.endswith("done\n")
    whole, _ = start(tmp_path / "alone").communicate(timeout=300)
    assert whole.endswith("done\n")
    print(f"\nindex: 3 kills, {DOCUMENTS:,} documents, {encoded - DOCUMENTS:,} encoded again (chunks of {CHUNK})")
    assert DOCUMENTS <= encoded <= DOCUMENTS + 3 * CHUNK

    killed, alone = opened(tmp_path / "killed"), opened(tmp_path / "alone")
    card = LocalService(DATA / "models").card("static-26")
    assert killed.doc_ids == alone.doc_ids == [document.doc_id for document in many(DOCUMENTS).documents]
    assert np.array_equal(killed.vectors(card), alone.vectors(card))
    for terms in (["honey"], ["moon", "n17"], ["glass", "salt", "tide"]):
        assert killed.lexical(terms, languages=(), depth=200) == alone.lexical(terms, languages=(), depth=200)
    assert killed.documents(["d0", "d4999"]) == alone.documents(["d0", "d4999"])
