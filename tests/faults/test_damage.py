"""Reliability 5: damaged files. Whatever changes a stored value or the structure is found, at open or by verify."""

import os
import random
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from core.errors import AppError
from core.records import JudgmentKey
from core.store.events import Event, Shown, new_event_id
from core.store.store import Store
from tests.faults.figures import record

PEOPLE = {"0b9f3a52-6a7e-4d0c-9c58-1f2d3c4b5a69": "Ama Ɔboɔ 阿玛", "7c1d2e3f-4a5b-4c6d-8e9f-0a1b2c3d4e5f": "بو"}
TIME = "2026-11-20T09:00:00Z"
PAGE = 4096
MUTATIONS = int(os.environ.get("BABELSCOPE_MUTATIONS", "200"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> bytes:
    """The bytes of a closed store of some sixty pages, with events of every kind."""
    path = tmp_path_factory.mktemp("whole") / "store.db"
    chance = random.Random(5)
    with Store.open(path) as store:
        for who, name in PEOPLE.items():
            store.name_annotator(who, name)
        store.people.add(["José"], owner=True, password="tides and moons")
        store.sets.save("", "Fusions", ["rrf(bm25, dense:static-26)", "bm25"])
        for turn in range(120):
            who = chance.choice(list(PEOPLE))
            grade = chance.choice((None, 0, 1, 2, 3))
            shown = Shown("潮の満ち引き", "ja", "bm25", 1, "a" * 64, "", "b" * 64)
            key = JudgmentKey(who, "demo", f"q{turn % 7}", f"d{turn % 11}")
            kind = "clear" if grade is None else "grade"
            store.append(Event(new_event_id(), kind, key, grade, shown, None, TIME))
            if turn % 10 == 9:
                store.undo(who, event_id=new_event_id(), client_time=TIME)
                store.redo(who, event_id=new_event_id(), client_time=TIME)
        assert store.verify().ok
    return path.read_bytes()


def content(path: Path) -> object:
    """All that is stored, read past every index; None where it cannot be read."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as raw:
            raw.text_factory = bytes
            schema = raw.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
            structure = sorted(
                (kind, name, table, b" ".join((sql or b"").split())) for kind, name, table, sql in schema
            )
            tables = [name.decode() for kind, name, *_ in structure if kind == b"table"]
            rows = {name: sorted(raw.execute(f'SELECT * FROM "{name}" NOT INDEXED'), key=repr) for name in tables}
            marks = [
                raw.execute(f"PRAGMA {name}").fetchall() for name in ("application_id", "user_version", "encoding")
            ]
            return structure, rows, marks
    except (sqlite3.Error, ValueError):
        return None


def found(path: Path) -> str:
    """Where the damage is found: "at open" in one sentence that changes no byte, "by verify", or "" for nowhere."""
    before = path.read_bytes()
    try:
        with Store.open(path) as store:
            return "by verify" if store.verify().faults else ""
    except AppError as error:
        assert "\n" not in str(error)
        assert path.read_bytes() == before, "a refused file was written to"
        return "at open"


def flip(data: bytearray, chance: random.Random) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def overwrite(data: bytearray, chance: random.Random) -> None:
    at, size = chance.randrange(len(data)), chance.choice((1, 2, 8, 100, 1_000))
    data[at : at + size] = chance.randbytes(len(data[at : at + size]))


def zero(data: bytearray, chance: random.Random) -> None:
    at, size = chance.randrange(len(data)), chance.choice((1, 16, 512, PAGE))
    data[at : at + size] = bytes(len(data[at : at + size]))


def zero_page(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) // PAGE) * PAGE
    data[at : at + PAGE] = bytes(PAGE)


def swap_pages(data: bytearray, chance: random.Random) -> None:
    one, other = (chance.randrange(len(data) // PAGE) * PAGE for _ in range(2))
    data[one : one + PAGE], data[other : other + PAGE] = data[other : other + PAGE], data[one : one + PAGE]


def truncate(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def lose_a_byte(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data))]


def gain_a_byte(data: bytearray, chance: random.Random) -> None:
    data.insert(chance.randrange(len(data)), chance.randrange(256))


HARM = (flip, flip, flip, flip, overwrite, overwrite, zero, zero_page, swap_pages, truncate, lose_a_byte, gain_a_byte)


def test_random_mutations_are_found(whole, tmp_path):
    seed = int(os.environ.get("BABELSCOPE_SEED", random.randrange(10**6)))
    print(f"seed {seed}")  # BABELSCOPE_SEED makes the same again
    chance, seen, missed = random.Random(seed), Counter(), []
    path = tmp_path / "store.db"
    path.write_bytes(whole)
    original = content(path)
    for turn in range(MUTATIONS):
        data, harm = bytearray(whole), chance.choice(HARM)
        harm(data, chance)
        for end in ("", "-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        path.write_bytes(data)
        changed = content(path) != original
        where = found(path)
        seen[where if changed or where else "nothing stored was changed"] += 1
        if changed and not where:
            missed.append(
                (turn, harm.__name__, next(at for at, (a, b) in enumerate(zip(whole, data, strict=False)) if a != b))
            )
    record("5", "faults injected", str(MUTATIONS))
    record(
        "5", "random mutations", f"{MUTATIONS} (seed {seed}): " + ", ".join(f"{n} {k}" for k, n in sorted(seen.items()))
    )
    assert not missed, f"seed {seed}"


def test_a_flipped_bit_in_any_byte_of_a_table_that_no_hash_covers_is_found(whole, tmp_path):
    """Names, accounts and marks are outside the log: their pages, byte by byte."""
    path = tmp_path / "store.db"
    path.write_bytes(whole)
    original = content(path)
    with closing(sqlite3.connect(path)) as raw:
        asked = "SELECT name, rootpage FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'label_%'"
        roots = dict(raw.execute(asked))
    tried, missed = 0, []
    for table, root in roots.items():
        start = (root - 1) * PAGE
        used = [at for at in range(start, start + PAGE) if whole[at]]
        for at in used:
            data = bytearray(whole)
            data[at] ^= 1 << at % 8
            path.write_bytes(data)
            changed, where = content(path) != original, found(path)
            tried += changed
            if changed and not where:
                missed.append((table, at - start))
    record("5", "faults injected", str(tried))
    record(
        "5",
        "flipped bits in every byte of the tables outside the log",
        f"{tried} that change a value, {len(missed)} not found",
    )
    assert not missed
