"""An index build that is killed goes on where it was and ends equal to one that was left alone.

BABELSCOPE_INDEX_DOCUMENTS: how many documents are indexed.
"""

import dataclasses
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from core.index import Index, index_path, read_info
from core.indexing import CHUNK, build
from core.lexicon import Entry
from core.service import LocalService
from core.settings import DATA, EMBEDDED
from tests.bench.generated import generated
from tests.faults.figures import record

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = int(os.environ.get("BABELSCOPE_INDEX_DOCUMENTS", "50000"))
KILLED_AT = (("documents", 0.3), ("vectors", 0.1), ("encoded", 0.2), ("vectors", 0.8), ("words", 0.0))
"""In each of these phases, when that share of the documents is behind it; `encoded` are not yet written."""
TERMS = (["honey"], ["moon", "sea"], ["vaccine", "salt", "tide"])


@pytest.fixture(scope="module")
def collection():
    return generated(DOCUMENTS)


@pytest.fixture(scope="module")
def service():
    return LocalService(DATA / "models")


class Build:
    """A build in a process of its own: what it encoded, and how long it took."""

    def __init__(self, root: Path) -> None:
        self.encoded, self.seconds, self.begun = 0, 0.0, 0.0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.indexing_process", str(root), str(DOCUMENTS)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip

    def until(self, phase: str, at: int) -> None:
        """Follows it to that place, where the process is still at work."""
        for line in self.process.stdout:
            what, _, number = line.strip().partition(" ")
            if what == "begun":
                self.begun = time.monotonic()
            if what == "encoded":
                self.encoded += int(number)
            if what == phase and (self.encoded if what == "encoded" else int(number or 0)) >= at:
                self.seconds = time.monotonic() - self.begun
                return
        raise AssertionError(f"The build ended before '{phase}' was at {at}.")

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.encoded += sum(int(line.split()[1]) for line in self.process.stdout if line.startswith("encoded"))
        self.end()
        assert self.process.returncode == -signal.SIGKILL

    def finished(self) -> "Build":
        self.until("done", 0)
        self.end()
        assert self.process.returncode == 0
        return self

    def end(self) -> None:
        self.process.stdout.close()
        self.process.wait()


def opened(root: Path, collection) -> Index:
    path = index_path(root, collection)
    return Index(path, read_info(path))


def found(index: Index) -> list[list[str]]:
    return [index.lexical(terms, languages=(), depth=200).doc_ids for terms in TERMS]


def test_a_build_that_is_killed_five_times_ends_equal_to_one_that_was_left_alone(tmp_path, collection, service):
    chance = random.Random(len(KILLED_AT))
    older = dataclasses.replace(generated(1_000, seed=1), collection_id=collection.collection_id)
    before = found(build(older, [EMBEDDED], root=tmp_path / "killed", service=service))
    encoded, seconds = 0, 0.0
    for phase, share in KILLED_AT:
        one = Build(tmp_path / "killed")
        one.until(phase, round(share * DOCUMENTS))
        time.sleep(0 if phase == "encoded" else chance.uniform(0, 0.3))
        one.kill()
        encoded, seconds = encoded + one.encoded, seconds + one.seconds
        assert found(opened(tmp_path / "killed", older)) == before, "the index of the older documents is not served"
    last = Build(tmp_path / "killed").finished()
    alone = Build(tmp_path / "alone").finished()
    encoded, seconds = encoded + last.encoded, seconds + last.seconds
    assert alone.encoded == DOCUMENTS <= encoded <= DOCUMENTS + len(KILLED_AT) * CHUNK
    equal(opened(tmp_path / "killed", collection), opened(tmp_path / "alone", collection), collection, service)
    record(
        "27", f"an index build of {DOCUMENTS:,} documents, killed {len(KILLED_AT)} times",
        f"{seconds:.0f} s in all; {alone.seconds:.0f} s undisturbed; {encoded - DOCUMENTS:,} documents encoded again "
        f"(chunks of {CHUNK:,}); ids, texts, vectors, words and searches are equal",
    )  # fmt: skip


def equal(killed: Index, alone: Index, collection, service) -> None:
    card = service.card(EMBEDDED)
    assert killed.info == alone.info
    assert killed.doc_ids == alone.doc_ids == [document.doc_id for document in collection.documents]
    assert killed.documents(killed.doc_ids) == alone.documents(alone.doc_ids) == list(collection.documents)
    assert np.array_equal(killed.vectors(card), alone.vectors(card))
    for terms in TERMS:
        assert killed.lexical(terms, languages=(), depth=200) == alone.lexical(terms, languages=(), depth=200)
    one, other = killed.lexicon(card), alone.lexicon(card)
    assert list(map(plain, one.entries)) == list(map(plain, other.entries))
    assert np.array_equal(one.vectors, other.vectors)


def plain(entry: Entry) -> tuple[str, str, str, list[int], list[int]]:
    return entry.language, entry.term, entry.surface, list(entry.rows), list(entry.counts)
