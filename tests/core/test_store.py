"""The store: what is acknowledged is there, once, in order, and everybody else's too."""

import shutil
import sqlite3
import threading
import uuid
from contextlib import closing

import pytest
from sqlalchemy.exc import IntegrityError

from core.errors import AppError, BadInput, Busy, Conflict, Damaged
from core.records import JudgmentKey
from core.store import engines
from core.store.backup import backup
from core.store.chain import GENESIS
from core.store.events import Event, Shown, new_event_id
from core.store.store import Store

AMA, BO = "0b9f3a52-6a7e-4d0c-9c58-1f2d3c4b5a69", "7c1d2e3f-4a5b-4c6d-8e9f-0a1b2c3d4e5f"
TIME = "2026-11-20T09:00:00.000Z"


def grade(
    value, doc="tides.sw", *, who=AMA, query="n07.sw", collection="demo", expected=None, text="maji", event_id=None
):
    shown = Shown(text, "sw", "bm25", 1, "a" * 64, "", "b" * 64)
    return Event(
        event_id=event_id or new_event_id(),
        kind="clear" if value is None else "grade",
        key=JudgmentKey(who, collection, query, doc),
        grade=value,
        shown=shown,
        expected_version=expected,
        client_time=TIME,
    )


def undo(store, who=AMA, collection_id=None, event_id=None):
    return store.undo(who, event_id=event_id or new_event_id(), client_time=TIME, collection_id=collection_id)


def redo(store, who=AMA, collection_id=None, event_id=None):
    return store.redo(who, event_id=event_id or new_event_id(), client_time=TIME, collection_id=collection_id)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "home" / "store.db") as opened:
        yield opened
        assert opened.verify().faults == ()


def standing(store, who=AMA, query="n07.sw"):
    return {doc: pair for (_, doc), pair in store.grades(who, "demo", [query]).items()}


def test_a_grade_is_there_after_it_is_acknowledged_and_after_reopening(tmp_path):
    with Store.open(tmp_path / "store.db") as store:
        first = store.append(grade(2))
        second = store.append(grade(3))
        assert (first.seq, first.version, first.grade, first.repeated) == (1, 1, 2, False)
        assert (second.seq, second.version, second.grade) == (2, 2, 3)
        assert standing(store) == {"tides.sw": (3, 2)}
    with Store.open(tmp_path / "store.db") as store:
        assert standing(store) == {"tides.sw": (3, 2)}
        assert store.append(grade(None)).version == 3
        assert standing(store) == {"tides.sw": (None, 3)}
        assert store.judgments("demo") == []


def test_the_log_keeps_all_that_was_on_screen_and_is_a_chain(store):
    event = grade(2, expected=0, text="潮\ud800\0")
    store.append(event)
    undo(store)
    first, second = store.history()
    assert first.event == event
    assert first.event.shown.query_text == "潮\ufffd\u2400"
    assert (first.prev_hash, second.prev_hash) == (GENESIS, first.hash)
    assert (second.event.kind, second.event.undoes, second.event.grade) == ("undo", event.event_id, None)
    assert store.verify().head == second.hash
    assert first.server_time.endswith("+00:00")


def test_a_resend_changes_nothing_and_another_event_with_its_id_is_refused(store):
    event = grade(2, expected=0)
    saved = store.append(event)
    store.append(grade(1))
    again = store.append(event)
    assert again.repeated
    assert (again.seq, again.grade, again.version) == (saved.seq, 2, 1)
    assert standing(store) == {"tides.sw": (1, 2)}
    for other in (grade(3), grade(2, "moon.ja"), grade(2, who=BO), grade(None), grade(2, text="maji!")):
        with pytest.raises(BadInput, match="already saved"):
            store.append(
                Event(event.event_id, other.kind, other.key, other.grade, other.shown, other.expected_version, TIME)
            )
    assert store.verify().events == 2


def test_a_resent_undo_takes_back_nothing_more(store):
    store.append(grade(1))
    store.append(grade(2))
    wish = new_event_id()
    assert undo(store, event_id=wish).grade == 1
    again = undo(store, event_id=wish)
    assert again.repeated
    assert standing(store) == {"tides.sw": (1, 3)}
    assert undo(store, event_id=wish, collection_id="demo").repeated
    for attempt in (
        lambda: redo(store, event_id=wish),
        lambda: undo(store, BO, event_id=wish),
        lambda: undo(store, collection_id="other", event_id=wish),
        lambda: store.append(grade(2, event_id=wish)),
    ):
        with pytest.raises(BadInput, match="already saved"):
            attempt()


def test_two_tabs_do_not_overwrite_each_other(store):
    assert store.append(grade(2, expected=0)).version == 1
    with pytest.raises(Conflict, match=r"tides\.sw.*grade 2"):
        store.append(grade(3, expected=0))
    assert store.append(grade(3, expected=1)).version == 2
    store.append(grade(None, expected=2))
    with pytest.raises(Conflict, match="no grade"):
        store.append(grade(1, expected=2))
    assert store.append(grade(1, who=BO, expected=0)).version == 1  # another person's pair is another pair
    assert standing(store) == {"tides.sw": (None, 3)}


def test_undo_goes_back_step_by_step_and_redo_forward(store):
    for value, doc in ((1, "a"), (2, "b"), (3, "a"), (None, "a")):
        store.append(grade(value, doc))
    steps = [undo(store) for _ in range(4)]
    assert [(step.key.doc_id, step.grade) for step in steps] == [("a", 3), ("a", 1), ("b", None), ("a", None)]
    with pytest.raises(BadInput, match=r"^Nothing to undo\.$"):
        undo(store)
    steps = [redo(store) for _ in range(4)]
    assert [(step.key.doc_id, step.grade) for step in steps] == [("a", 1), ("b", 2), ("a", 3), ("a", None)]
    with pytest.raises(BadInput, match=r"^Nothing to redo\.$"):
        redo(store)
    assert undo(store).grade == 3


def test_after_a_grade_there_is_nothing_to_redo(store):
    store.append(grade(1, "a"))
    store.append(grade(2, "b"))
    undo(store)
    store.append(grade(3, "c"))
    with pytest.raises(BadInput, match="Nothing to redo"):
        redo(store)
    assert [undo(store).key.doc_id for _ in range(2)] == ["c", "a"]


def test_undo_is_ones_own_and_keeps_to_the_collection_asked_for(store):
    store.append(grade(1, "a"))
    store.append(grade(2, "a", collection="other"))
    store.append(grade(3, "a", who=BO))
    with pytest.raises(BadInput, match="Nothing to undo"):
        undo(store, str(uuid.uuid4()))
    assert undo(store, collection_id="demo").key.collection_id == "demo"
    assert redo(store, collection_id="demo").grade == 1
    assert undo(store).key.collection_id == "other"
    assert standing(store, BO) == {"a": (3, 1)}


@pytest.mark.parametrize("step", [undo, redo])
def test_undo_and_redo_check_what_they_are_given(store, step):
    with pytest.raises(BadInput, match="not a UUID"):
        step(store, "Ama")
    with pytest.raises(BadInput, match="UUIDv7"):
        step(store, event_id="x")
    with pytest.raises(BadInput, match="finds what it reverses"):
        key = JudgmentKey(AMA, "demo", "q", "d")
        store.append(Event(new_event_id(), step.__name__, key, None, None, None, TIME, new_event_id()))


def test_names_are_outside_the_log(store):
    store.name_annotator(AMA, " Ama\0 ")
    store.name_annotator(BO, "بو")
    store.name_annotator(AMA, "Ama Mensah")
    assert store.names() == {AMA: "Ama Mensah", BO: "بو"}
    assert list(store.history()) == []
    with pytest.raises(BadInput, match="Type a name"):
        store.name_annotator(AMA, " ")
    with pytest.raises(BadInput, match="not a UUID"):
        store.name_annotator("x", "Ama")
    with closing(sqlite3.connect(store.path)) as raw:
        assert raw.execute("SELECT verified FROM annotator").fetchall() == [(0,), (0,)]


def test_grades_of_many_queries_and_of_none(store):
    for number in range(3):
        store.append(grade(number, query=f"q{number}"))
    asked = [f"q{number}" for number in range(1_200)] + ["q0"]
    assert store.grades(AMA, "demo", asked) == {(f"q{n}", "tides.sw"): (n, 1) for n in range(3)}
    assert store.grades(AMA, "demo", []) == {}
    assert store.grades(BO, "demo", asked) == {}


def test_judgments_are_the_grades_in_force_in_one_order(store):
    store.append(grade(2, "b"))
    store.append(grade(1, "a", who=BO))
    store.append(grade(3, "a"))
    store.append(grade(0, "c", collection="other"))
    found = [(j.annotator, j.query_id, j.doc_id, j.grade, j.seq) for j in store.judgments("demo")]
    assert found == [(AMA, "n07.sw", "a", 3, 3), (BO, "n07.sw", "a", 1, 2), (AMA, "n07.sw", "b", 2, 1)]


def test_history_is_filtered_and_goes_past_a_page(store, monkeypatch):
    monkeypatch.setattr("core.store.store.PAGE", 3)
    for number in range(8):
        store.append(grade(1, f"d{number}", who=(AMA, BO)[number % 2]))
    assert [logged.seq for logged in store.history()] == list(range(1, 9))
    assert [logged.seq for logged in store.history(annotator=BO)] == [2, 4, 6, 8]
    assert [logged.seq for logged in store.history(doc_id="d3", query_id="n07.sw", collection_id="demo")] == [4]
    assert [logged.seq for logged in store.history(after=6)] == [7, 8]


def test_eight_threads_write_at_once_and_each_is_served(store):
    problems, saved = [], [[] for _ in range(8)]

    def work(number):
        who = str(uuid.UUID(int=number, version=4))
        try:
            for turn in range(25):
                saved[number].append(store.append(grade(turn % 4, f"d{turn % 5}", who=who)))
                if turn % 10 == 9:
                    saved[number].append(undo(store, who))
        except AppError as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    everything = sorted(item.seq for mine in saved for item in mine)
    assert everything == list(range(1, 8 * 27 + 1))
    assert {logged.event.event_id for logged in store.history()} == {s.event_id for mine in saved for s in mine}


def test_two_tabs_racing_have_one_winner_each_time(store):
    outcomes = []

    def tab():
        for version in range(10):
            try:
                outcomes.append(("saved", store.append(grade(1, expected=version)).version))
            except Conflict:
                outcomes.append(("conflict", version))

    threads = [threading.Thread(target=tab) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [version for what, version in outcomes if what == "saved"]
    assert sorted(won) == list(range(1, len(won) + 1))
    assert len(outcomes) == 40


def test_a_piece_that_fails_costs_its_neighbours_in_the_batch_nothing(store):
    started, go = threading.Event(), threading.Event()

    def hold(_):
        started.set()
        go.wait(10)

    def half_done(conn):
        conn.exec_driver_sql("INSERT INTO annotator VALUES (?, 'half', 0, 'now')", (BO,))
        conn.exec_driver_sql("INSERT INTO annotator VALUES ('too short', 'x', 0, 'now')")

    outcomes = {}

    def ask(name, call):
        try:
            outcomes[name] = call()
        except (AppError, IntegrityError, KeyError) as error:
            outcomes[name] = error

    calls = {
        "hold": lambda: store._writer.run(hold),
        "good": lambda: store.append(grade(2, "a", event_id=new_event_id())),
        "half": lambda: store._writer.run(half_done),
        "bug": lambda: store._writer.run(lambda conn: {}["no such key"]),
        "conflict": lambda: store.append(grade(2, "b", expected=7)),
        "also good": lambda: store.append(grade(2, "c")),
    }
    threads = [threading.Thread(target=ask, args=item) for item in calls.items()]
    threads[0].start()
    started.wait(10)
    for thread in threads[1:]:
        thread.start()
    while store._writer._queue.qsize() < 5:
        pass
    go.set()
    for thread in threads:
        thread.join()
    assert isinstance(outcomes["half"], IntegrityError)
    assert isinstance(outcomes["bug"], KeyError)
    assert isinstance(outcomes["conflict"], Conflict)
    assert {outcomes["good"].grade, outcomes["also good"].grade} == {2}
    assert store.names() == {}
    assert set(standing(store)) == {"a", "c"}


def test_a_full_disk_is_told_and_nothing_is_acknowledged_or_kept(store):
    store.append(grade(1))
    pages = store._writer.run(lambda conn: conn.exec_driver_sql("PRAGMA page_count").scalar())
    store._writer.run(lambda conn: conn.exec_driver_sql(f"PRAGMA max_page_count={pages}").scalar())
    with pytest.raises(AppError, match=r"cannot be used \(database or disk is full\)"):
        store.append(grade(2, "x", text="y" * 50_000))
    assert [logged.seq for logged in store.history()] == [1]
    store._writer.run(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count=1000000").scalar())
    assert store.append(grade(2, "x", text="y" * 50_000)).seq == 2


def test_a_file_locked_by_another_program_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(engines, "LOCK_WAIT_SECONDS", 0.05)
    with Store.open(tmp_path / "store.db") as store:
        with closing(sqlite3.connect(store.path, isolation_level=None)) as raw:
            raw.execute("BEGIN IMMEDIATE")
            with pytest.raises(Busy, match="held by another program"):
                store.append(grade(1))
            raw.execute("ROLLBACK")
        assert store.append(grade(1)).seq == 1


def test_a_file_moved_away_while_in_use_takes_no_further_grade(tmp_path):
    """Reliability 4: and the next one goes through as soon as it is back."""
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        store.append(grade(1))
        path.rename(tmp_path / "elsewhere.db")
        with pytest.raises(Damaged, match=r"moved or deleted.*put it, or a backup, back"):
            store.append(grade(2))
        (tmp_path / "elsewhere.db").rename(path)
        assert store.append(grade(3)).seq == 2


@pytest.mark.parametrize("waiting", [False, True], ids=["a backup", "a copy of the crashed file with its -wal"])
def test_after_the_home_was_deleted_writing_goes_on_with_what_is_put_there(tmp_path, waiting):
    """Reliability 4: without a restart; the store never makes a new file where one was lost."""
    home, aside = tmp_path / "home", tmp_path / "aside"
    path = home / "store.db"
    with Store.open(path) as store:
        store.append(grade(1))
        store.append(grade(2))
        if waiting:
            shutil.copytree(home, aside)
        else:
            aside.mkdir()
            (aside / "store.db").write_bytes((tmp_path / backup(path, tmp_path).file).read_bytes())
        store.append(grade(3, "lost"))
        shutil.rmtree(home)
        for _ in range(2):
            with pytest.raises(Damaged, match="moved or deleted"):
                store.append(grade(2))
        assert not home.exists()
        home.mkdir()
        path.write_text("not a database")
        with pytest.raises(Damaged, match="not a database"):
            store.append(grade(2))
        assert path.read_text() == "not a database"
        for file in aside.iterdir():
            shutil.copy(file, home)
        assert store.append(grade(0)).seq == 3
        assert standing(store) == {"tides.sw": (0, 3)}
        with Store.open(path) as second:
            assert second.read_only, "the lock was not taken again"
        assert store.verify().ok
    with Store.open(path) as store:
        assert [logged.event.grade for logged in store.history()] == [1, 2, 0]


def test_what_another_babelscope_took_meanwhile_is_left_to_it(tmp_path):
    """Reliability 4 and 11: the file was put back elsewhere first; and ours again once it lets go."""
    path = tmp_path / "home" / "store.db"
    with Store.open(path) as store:
        store.append(grade(1))
        copy = tmp_path / backup(path, tmp_path).file
        shutil.rmtree(path.parent)
        path.parent.mkdir()
        shutil.copy(copy, path)
        with Store.open(path) as other:
            assert not other.read_only
            with pytest.raises(Busy, match="taken by another Babelscope"):
                store.append(grade(2))
            other.append(grade(3))
        assert store.append(grade(2)).seq == 3


def test_the_log_itself_refuses_to_be_changed(store):
    store.append(grade(1))
    for change in ("UPDATE label_event SET grade = 3", "DELETE FROM label_event"):
        with pytest.raises(Exception, match="append-only"):
            store._writer.run(lambda conn, change=change: conn.exec_driver_sql(change))


def test_readers_cannot_write_and_the_writer_syncs_fully(store):
    with store._readers.connect() as conn, pytest.raises(Exception, match="readonly"):
        conn.exec_driver_sql("DELETE FROM label_current")

    def pragmas(conn):
        return [
            conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("synchronous", "foreign_keys", "journal_mode")
        ]

    assert store._writer.run(pragmas) == [2, 1, "wal"]


@pytest.mark.filterwarnings("ignore:Exception in thread store-writer:pytest.PytestUnhandledThreadExceptionWarning")
def test_after_the_writer_ended_nobody_waits_for_it(tmp_path):
    """An end that no piece of work should bring about: all who wait are told, and so is who comes later."""
    started, go = threading.Event(), threading.Event()

    def end(_):
        started.set()
        go.wait(10)
        raise SystemExit

    with Store.open(tmp_path / "store.db") as store:
        told = []

        def ask(work):
            with pytest.raises(AppError) as caught:
                work()
            told.append(str(caught.value))

        works = [lambda: store._writer.run(end), lambda: store.append(grade(1))]
        threads = [threading.Thread(target=ask, args=(work,)) for work in works]
        threads[0].start()
        started.wait(10)
        threads[1].start()
        while store._writer._queue.empty():
            pass
        go.set()
        for thread in threads:
            thread.join()
        assert told == ["The grade was not saved: the writer ended; start Babelscope again."] * 2
        ask(works[1])
        assert "closed" in told[-1]
    with Store.open(tmp_path / "store.db") as store:
        assert store.append(grade(1)).seq == 1


def test_a_closed_store_says_so_and_closing_twice_is_fine(tmp_path):
    store = Store.open(tmp_path / "store.db")
    store.close()
    store.close()
    with pytest.raises(AppError, match="closed"):
        store.append(grade(1))
