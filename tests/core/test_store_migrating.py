"""Reliability 9 and 10: every released schema opens with the same log; a killed migration is all or nothing."""

import os
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from core.errors import Damaged
from core.store.backup import backup, restore
from core.store.migrating import migrate
from core.store.store import Store
from core.store.tables import SCHEMA
from core.store.verifying import verify
from tests.faults.figures import record

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures" / "schema").glob("*.db"))
OLDER = [path for path in FIXTURES if int(path.stem) < SCHEMA]
names = {"ids": lambda path: f"schema {path.stem}"}


@pytest.fixture
def place(tmp_path):
    return tmp_path / "store.db"


@pytest.fixture(params=FIXTURES, **names)
def released(request, place) -> tuple[int, Path]:
    """A released schema and a copy of its fixture, because even reading leaves files beside one."""
    shutil.copy(request.param, place)
    return int(request.param.stem), place


def dump(path: Path) -> list[str]:
    """Structure and rows, as SQL."""
    with closing(sqlite3.connect(path)) as raw:
        return list(raw.iterdump())


def rows_of_the_log(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute("SELECT event_id, grade, version, prev_hash, hash FROM label_event ORDER BY seq").fetchall()


def test_a_released_schema_opens_with_its_labels_identical(released):
    """Reliability 9."""
    schema, path = released
    before, rows = verify(path), rows_of_the_log(path)
    assert before.ok, "a file of an older schema is verified as what it is"
    with Store.open(path) as store:
        after = store.verify()
        assert (after.faults, after.head, after.events, after.pairs) == ((), before.head, before.events, before.pairs)
    assert rows_of_the_log(path) == rows
    record("9", f"schema {schema}", f"{after.events} events, head {after.head[:12]} before and after")


def test_a_backup_of_an_older_schema_is_still_a_backup(released, tmp_path):
    """Reliability 9: taken before an update, put back after it."""
    schema, path = released
    manifest = backup(path, tmp_path / "backups")
    assert manifest.schema == schema
    restore(tmp_path / "backups" / manifest.file, tmp_path / "again.db")
    with Store.open(tmp_path / "again.db") as store:
        assert (store.verify().faults, store.verify().head) == ((), manifest.head)


def test_a_newer_schema_is_told_and_its_file_left_alone(place):
    """Reliability 9."""
    Store.open(place).close()
    with closing(sqlite3.connect(place)) as raw:
        raw.execute(f"UPDATE meta SET schema = {SCHEMA + 1}")
        raw.execute(f"UPDATE alembic_version SET version_num = '{SCHEMA + 1:04d}'")
        raw.commit()
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = place.read_bytes()
    with pytest.raises(Damaged, match=f"has schema {SCHEMA + 1}.*install a newer one"):
        Store.open(place)
    assert place.read_bytes() == before
    record("9", "a newer schema", "told, not a byte changed")


def killed_at(path: Path, moment: int) -> bool:
    """Migrates in a process that is killed before its n-th statement or renaming; False when it ended before."""
    child = os.fork()
    if child == 0:
        left = moment

        def count(*_: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "connect", lambda raw, _: raw.set_trace_callback(count))
        sys.addaudithook(lambda name, _: count() if name == "os.rename" else None)
        try:
            migrate(path, int(path.parent.name))
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("fixture", OLDER, **names)
def test_a_migration_killed_at_any_statement_leaves_the_old_file_or_the_new_one(fixture, tmp_path):
    """Reliability 10."""
    done = tmp_path / "done.db"
    shutil.copy(fixture, done)
    old, head = dump(done), verify(done).head
    migrate(done, int(fixture.stem))
    new = dump(done)
    assert old != new
    moment, found = 0, {"old": 0, "new": 0}
    while True:
        moment += 1
        place = tmp_path / str(moment) / fixture.stem / "store.db"
        place.parent.mkdir(parents=True)
        shutil.copy(fixture, place)
        if not killed_at(place, moment):
            break
        after = dump(place)
        assert after in (old, new), moment
        found["old" if after == old else "new"] += 1
        with Store.open(place) as store:
            assert (store.verify().faults, store.verify().head) == ((), head)
    assert dump(place) == new
    assert found["old"] > 10
    record(
        "10",
        f"kills of the migration from schema {fixture.stem}",
        f"{moment - 1}: {found['old']} old, {found['new']} new",
    )
    record("10", "kills", str(moment - 1))
