"""The file: made once, migrated with a backup, read-only for a second process, never made over when it is not ours."""

import functools
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock
from sqlalchemy.exc import SQLAlchemyError

from core.errors import AppError, BadInput, Busy, Damaged
from core.records import JudgmentKey
from core.store.chain import Fold, row_hash
from core.store.engines import reading_engine
from core.store.events import Event, new_event_id
from core.store.migrating import MIGRATIONS, VERSIONS, back_up, migrate
from core.store.place import check_place, file_system
from core.store.store import Store
from core.store.tables import SCHEMA, metadata
from tests.faults.figures import record

FIXTURES = Path(__file__).parent.parent / "fixtures" / "schema"
AMA = "0b9f3a52-6a7e-4d0c-9c58-1f2d3c4b5a69"
HEADS = {
    1: "a883b5995dccfb4d22a1f46a9162d65d8c2918c8787bb1564a4e1b055a911b88",
    2: "68fb25d31f026ca9ebccc6178a7fd8a4341a6c8f4bdd15a5dca8492d56bb741a",
}
NEXT = SCHEMA + 1  # the schema of the fixtures' migrations: next, lossy, failing


def grade(value, doc="d"):
    return Event(new_event_id(), "grade", JudgmentKey(AMA, "demo", "q", doc), value, None, None, "2026-11-20T09:00:00Z")


@pytest.fixture
def path(tmp_path):
    """A closed store with events of every kind."""
    shutil.copy(FIXTURES / f"{SCHEMA}.db", tmp_path / "store.db")
    return tmp_path / "store.db"


def change(path, *statements):
    """What a bug, a fault or a person with an editor does to the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA ignore_check_constraints=ON")
        for statement in statements:
            raw.execute(statement)
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def refused(path, told, kind=Damaged):
    """Opening is refused in one sentence, and not a byte of the file changes."""
    before = path.read_bytes()
    with pytest.raises(kind, match=told) as caught:
        Store.open(path)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before
    beside = {file.name: file.stat().st_size for file in path.parent.iterdir() if file != path}
    assert set(beside) <= {path.name + end for end in (".lock", "-wal", "-shm")}
    assert beside.get(path.name + "-wal", 0) == 0


def test_a_new_file_is_marked_and_whole_and_leaves_nothing_else_behind(tmp_path):
    path = tmp_path / "a b%20?#é" / "store.db"
    with Store.open(path) as store:
        assert not store.read_only
        assert store.verify().ok
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA application_id").fetchone() == (0x42534350,)
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert raw.execute("SELECT project, schema FROM meta").fetchone() == ("babelscope", SCHEMA)
        strict = raw.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").fetchall()
    assert {name for name, is_strict in strict if is_strict} == set(metadata.tables)
    assert {file.name for file in path.parent.iterdir()} <= {"store.db", "store.db.lock"}


def test_what_a_kill_left_while_making_the_file_is_in_nobodys_way(tmp_path):
    (tmp_path / "store.db.new").write_bytes(b"half")
    (tmp_path / "store.db.new-wal").write_bytes(b"half")
    with Store.open(tmp_path / "store.db") as store:
        assert store.append(grade(1)).seq == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty, 0 bytes"),
        (b"hello, this is a text file\n" * 50, "is not a database"),
        (b"SQLite", "cut short"),
        (b"SQLite format 3\0" + b"\0" * 50, "cut short"),
        (b"SQLite format 3\0" + b"\0" * 500, "another program"),
        (bytes(range(256)) * 40, "is not a database"),
    ],
)
def test_what_is_no_store_is_never_made_over(tmp_path, content, told):
    """Reliability 5."""
    path = tmp_path / "store.db"
    path.write_bytes(content)
    refused(path, told)
    record("5", "faults injected", "1")


def test_a_database_of_another_program_is_left_alone(tmp_path):
    """Reliability 5."""
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE songs (title TEXT)")
    refused(path, "another program")
    with closing(sqlite3.connect(path)) as raw:  # by chance with our number, but without our row
        raw.execute(f"PRAGMA application_id={0x42534350}")
    refused(path, "lacks the row")


@pytest.mark.parametrize("keep", [0.3, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_told(path, keep):
    """Reliability 5."""
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    refused(path, "cut short")


def test_zeroed_pages_are_found(path):
    """Reliability 5."""
    whole = bytearray(path.read_bytes())
    for page in range(4096, len(whole), 4096):
        changed = whole.copy()
        changed[page : page + 4096] = bytes(4096)
        path.write_bytes(changed)
        refused(path, "damaged|lacks the row")


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM meta", "DROP TABLE meta", "UPDATE meta SET project = 'x'", "DROP TABLE alembic_version"],
)
def test_a_file_without_its_marks_is_refused(path, statement):
    change(path, statement)
    refused(path, "lacks the row")


def test_a_newer_file_is_refused_with_its_schema(path):
    change(path, "UPDATE meta SET schema = 7", "UPDATE alembic_version SET version_num = '0007'")
    refused(path, rf"has schema 7.*up to {SCHEMA}: install a newer")


def test_a_folder_a_dead_end_and_a_lost_main_file_are_told(tmp_path):
    (tmp_path / "store.db").mkdir()
    with pytest.raises(AppError, match="cannot be used"):
        Store.open(tmp_path / "store.db")
    (tmp_path / "file").write_text("x")
    with pytest.raises(AppError, match="cannot be used"):
        Store.open(tmp_path / "file" / "store.db")
    (tmp_path / "lost.db-wal").write_bytes(b"grades")
    with pytest.raises(Damaged, match="is gone"):
        Store.open(tmp_path / "lost.db")
    assert not (tmp_path / "lost.db").exists()


def test_a_second_opening_reads_and_does_not_write(path):
    with Store.open(path) as first, Store.open(path) as second:
        assert (first.read_only, second.read_only) == (False, True)
        first.append(grade(2))
        assert second.grades(AMA, "demo", ["q"]) == {("q", "d"): (2, 1)}
        for write in (
            lambda: second.append(grade(1)),
            lambda: second.undo(AMA, event_id=new_event_id(), client_time="2026-11-20"),
            lambda: second.name_annotator(AMA, "Ama"),
        ):
            with pytest.raises(Busy, match="open in another Babelscope"):
                write()
        assert second.verify().ok
    with Store.open(path) as third:
        assert not third.read_only


def test_a_second_process_reads_and_does_not_write(path):
    """Reliability 11."""
    code = """
import sys
from pathlib import Path
from core.errors import Busy
from core.store.store import Store
with Store.open(Path(sys.argv[1])) as store:
    try:
        store.name_annotator("0b9f3a52-6a7e-4d0c-9c58-1f2d3c4b5a69", "x")
    except Busy as error:
        print(store.read_only, len(store.judgments("demo")), error)
"""
    with Store.open(path) as store:
        told = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True).stdout
        assert told.startswith("True 3 ")
        assert "open in another Babelscope" in told
        assert store.append(grade(1)).seq == 10
        assert "x" not in store.names().values()
    record("11", "writes from a second process", "0; it is told that another Babelscope has the file")


def test_what_is_committed_but_not_in_the_main_file_is_read_after_a_crash(path, tmp_path):
    crashed = tmp_path / "crashed.db"
    with Store.open(path) as store:
        store.append(grade(3))
        for end in ("", "-wal"):
            shutil.copy(str(path) + end, str(crashed) + end)
    with Store.open(crashed) as store:
        assert store.grades(AMA, "demo", ["q"]) == {("q", "d"): (3, 1)}
        assert store.verify().ok


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        (["UPDATE label_event SET grade = 2 WHERE seq = 1"], "event 1 was altered"),
        (["UPDATE label_event SET client_time = '2020-01-01' WHERE seq = 3"], "event 3 was altered"),
        (
            ["UPDATE label_event SET payload = replace(payload, 'mawimbi', 'mawimbo') WHERE seq = 1"],
            "event 1 was altered",
        ),
        (["UPDATE label_event SET kind = 'grbde' WHERE seq = 2"], "event 2 was altered"),
        (["UPDATE label_event SET doc_id = CAST(x'ff80' AS TEXT) WHERE seq = 2"], "event 2 was altered"),
        (["UPDATE label_event SET hash = substr(hash, 2) || 'g' WHERE seq = 4"], "event 4 was altered"),
        (["DELETE FROM label_event WHERE seq = 4"], "events 4 to 4 are missing"),
        (["UPDATE label_event SET seq = seq + 1 WHERE seq = 9"], "events 9 to 9 are missing"),
        (["DELETE FROM label_event WHERE seq = 9"], "is not what its events add up to"),
        (["UPDATE label_current SET grade = 1 WHERE grade = 3"], "is not what its events add up to"),
        (["UPDATE label_current SET version = 9"], "is not what its events add up to"),
        (["DELETE FROM label_current WHERE grade = 3"], "is missing"),
        (["PRAGMA application_id = 7"], "application id"),
        (["UPDATE meta SET project = 'x'"], "meta row"),
        (["UPDATE label_current SET seq = 99 WHERE grade = 3"], "names a row of label_event that is not there"),
        (["UPDATE label_event SET grade = 'three' WHERE seq = 1"], "event 1"),
    ],
)
def test_verify_finds_what_was_tampered_with(path, statements, told):
    with Store.open(path) as store:
        assert store.verify().ok
        drop = [f"DROP TRIGGER label_event_no_{name}" for name in ("update", "delete")]
        try:
            change(path, *drop, "PRAGMA foreign_keys=OFF", *statements)
        except sqlite3.IntegrityError as error:
            assert "TEXT value in INTEGER column" in str(error)  # STRICT keeps even a determined person from this one
            return
        report = store.verify()
    assert not report.ok
    assert any(told in fault for fault in report.faults), report.faults


def test_verify_follows_the_chain_not_only_the_rows(path):
    """An event made up with a hash of its own breaks the next one's."""
    with closing(sqlite3.connect(path)) as raw:
        raw.row_factory = sqlite3.Row
        row = {**dict(raw.execute("SELECT * FROM label_event WHERE seq = 2").fetchone()), "client_time": "2020-01-01"}
    change(
        path, "DROP TRIGGER label_event_no_update", "UPDATE label_event SET client_time = '2020-01-01' WHERE seq = 2"
    )
    change(path, f"UPDATE label_event SET hash = '{row_hash(row)}' WHERE seq = 2")
    with Store.open(path) as store:
        assert any("event 3 does not follow event 2" in fault for fault in store.verify().faults)


def test_verify_of_a_file_that_can_no_longer_be_read(path):
    with Store.open(path) as store:
        whole = path.read_bytes()
        path.write_bytes(whole[:8192])
        assert not store.verify().ok
        path.write_bytes(whole)


@pytest.mark.parametrize("schema", range(1, SCHEMA + 1))
def test_every_released_schema_opens_with_all_its_grades(tmp_path, schema):
    shutil.copy(FIXTURES / f"{schema}.db", tmp_path / "store.db")
    with Store.open(tmp_path / "store.db") as store:
        report = store.verify()
        assert (report.faults, report.events, report.pairs, report.head) == ((), 9, 5, HEADS[schema])
        found = [(j.query_id, j.doc_id, j.grade) for j in store.judgments("demo")]
        assert found == [("n07.ar", "tides.sw", 2), ("n07.ja", "moon.ja", 0), ("n07.sw", "tides.sw", 3)]
        assert store.names()[AMA] == "Ama Ɔboɔ 阿玛"
        people = [(member.name, member.owner) for member in store.people.all()]
        assert people == ([] if schema < 2 else [("Ʊwner", True), ("José", False), ("李", False)])
        assert schema < 2 or store.people.signed_in("JOSÉ", "tides and moons")
        assert store.undo(AMA, event_id=new_event_id(), client_time="2026-11-20").version > 1
    assert (tmp_path / f"store.db.schema-{schema}.bak").exists() == (schema < SCHEMA)


def test_migrating_keeps_the_log_and_a_backup(path):
    old = path.read_bytes()
    backup = migrate(path, SCHEMA, newest=NEXT, folders=(VERSIONS, FIXTURES / "next"))
    assert backup.name == f"store.db.schema-{SCHEMA}.bak"
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT schema FROM meta").fetchone() == (NEXT,)
        raw.row_factory = sqlite3.Row
        fold = Fold()
        for row in map(dict, raw.execute("SELECT * FROM label_event ORDER BY seq")):
            assert row["dwell_ms"] is None
            assert row_hash(row) == row["hash"]
            key = JudgmentKey(row["annotator"], row["collection_id"], row["query_id"], row["doc_id"])
            assert fold.add(row, key, row["kind"]) == []
        assert len(fold.pairs) == 5
    with pytest.raises(Damaged, match=f"schema {NEXT}"):
        Store.open(path)
    path.write_bytes(backup.read_bytes())
    with Store.open(path) as store:
        assert store.verify().head == HEADS[SCHEMA]
    assert len(old) == backup.stat().st_size


@pytest.mark.parametrize("folder", ["lossy", "failing"])
def test_a_migration_that_fails_or_loses_an_event_leaves_the_old_file(path, folder):
    with pytest.raises(AppError):
        migrate(path, SCHEMA, newest=NEXT, folders=(VERSIONS, FIXTURES / folder))
    with Store.open(path) as store:
        assert (store.verify().faults, store.verify().head) == ((), HEADS[SCHEMA])


def test_an_older_file_is_migrated_by_opening_it_but_only_by_its_writer(path, monkeypatch):
    folders = (VERSIONS, FIXTURES / "next")
    with Store.open(path) as older, monkeypatch.context() as newer:
        newer.setattr("core.store.store.SCHEMA", NEXT)
        with pytest.raises(Busy, match="open in an older Babelscope"):
            Store.open(path)
        older.append(grade(1))
    monkeypatch.setattr("core.store.store.SCHEMA", NEXT)
    monkeypatch.setattr("core.store.store.migrate", functools.partial(migrate, newest=NEXT, folders=folders))
    with Store.open(path) as store:
        assert store.append(grade(2)).seq == 11
        assert [logged.event.grade for logged in store.history(after=9)] == [1, 2]
    assert path.with_name(f"store.db.schema-{SCHEMA}.bak").exists()


def test_a_file_that_another_process_is_making_is_waited_for(tmp_path):
    with FileLock(tmp_path / "store.db.lock"), pytest.raises(Busy, match="just being made"):
        Store.open(tmp_path / "store.db")


def test_a_backup_is_never_overwritten(path):
    first, second = back_up(path, "schema-1"), back_up(path, "schema-1")
    assert [first.name, second.name] == ["store.db.schema-1.bak", "store.db.schema-1.2.bak"]
    assert not list(path.parent.glob("*.new*"))


def test_the_tables_are_what_the_migrations_make(tmp_path):
    Store.open(tmp_path / "store.db").close()
    engine = reading_engine(tmp_path / "store.db")
    with engine.connect() as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []
        made = {row[0]: " ".join(row[1].split()) for row in conn.exec_driver_sql(TABLE_TEXTS)}
    engine.dispose()
    script = ScriptDirectory.from_config(_config())
    assert script.get_current_head() == f"{SCHEMA:04d}"
    for name, table in metadata.tables.items():
        checks = {str(c.sqltext) for c in table.constraints if hasattr(c, "sqltext")}
        assert {check for check in checks if check in made[name]} == checks
        assert made[name].count("CHECK") == len(checks)


TABLE_TEXTS = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name <> 'alembic_version'"


def _config():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


MOUNTS = """\
overlay / overlay rw 0 0
/dev/sda1 /home ext4 rw 0 0
server:/x /home/lab nfs4 rw 0 0
hf /data fuse.hf-mount rw 0 0
//nas/x /mnt/nas cifs rw 0 0
//nas/y /mnt/nas3 smb3 rw 0 0
s3 /bucket fuse rw 0 0
/dev/sdb1 /my\\040disk fuseblk rw 0 0
fuse-overlayfs /c fuse.fuse-overlayfs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("path", "kind", "fine"),
    [
        ("/home/ama/store.db", "ext4", True),
        ("/home/lab/ama/store.db", "nfs4", False),
        ("/home/labor/store.db", "ext4", True),
        ("/data/store.db", "fuse.hf-mount", False),
        ("/mnt/nas/store.db", "cifs", False),
        ("/mnt/nas3/store.db", "smb3", False),
        ("/bucket/store.db", "fuse", False),
        ("/my disk/store.db", "fuseblk", True),
        ("/c/store.db", "fuse.fuse-overlayfs", True),
        ("/x/store.db", "overlay", True),
    ],
)
def test_network_and_bucket_mounts_are_refused(tmp_path, path, kind, fine):
    """Reliability 12."""
    assert file_system(Path(path), MOUNTS) == kind
    (tmp_path / "mounts").write_text(MOUNTS)
    if fine:
        check_place(Path(path), tmp_path / "mounts")
    else:
        with pytest.raises(BadInput, match="BABELSCOPE_HOME"):
            check_place(Path(path), tmp_path / "mounts")
    check_place(Path(path), tmp_path / "no such list")
    record("12", kind, "taken" if fine else "refused")


def test_sqlalchemy_errors_never_come_out_of_reading(path):
    with Store.open(path) as store:
        change(path, "DROP TABLE label_current")
        with pytest.raises(AppError) as caught:
            store.judgments("demo")
    assert not isinstance(caught.value, SQLAlchemyError)


def test_a_file_overwritten_while_in_use_is_noticed_before_the_next_grade(tmp_path):
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        store.check()
        with path.open("r+b") as file:
            file.write(b"noise" * 100)
        with pytest.raises(Damaged, match="overwritten while in use"):
            store.look()
        with pytest.raises(Damaged, match="overwritten"):
            store.check()
