"""Segments are what they say or are found out; a log goes to the shelf once and comes back as it was."""

import hashlib
import json
import shutil
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import BadInput, Busy, Damaged, Forbidden, Unreachable
from core.offsite import carrier as carrying
from core.offsite.carrier import Carrier
from core.offsite.hub import HubShelf, parsed
from core.offsite.offsite import Offsite
from core.offsite.recovery import recover
from core.offsite.segments import Name, named, packed, unpacked
from core.records import JudgmentKey
from core.settings import Settings
from core.store.chain import canonical, row_hash
from core.store.events import Event, Shown, new_event_id
from core.store.replaying import last_seq, rows_between
from core.store.store import Store
from tests.hub import TOKEN, Hub

ADA = "3b7c1f0e-58b1-4c39-9f0b-6a2d5a9d1c11"
TIME = "2026-01-02T03:04:05Z"


def grade(doc: str, value: int | None = 1, text: str = "nyuki", who: str = ADA) -> Event:
    shown = Shown(text, "sw", "bm25", 1, "0" * 64, "", "0" * 64)
    kind = "clear" if value is None else "grade"
    return Event(new_event_id(), kind, JudgmentKey(who, "demo", "q", doc), value, shown, None, TIME)


def fill(store: Store, count: int) -> int:
    """So many grades, and the seq of the last."""
    return max(store.append(grade(f"d{at}", at % 4)).seq for at in range(count))


class Drawer:
    """A shelf in memory; `fail` is raised by the next pushes, as often as it says."""

    name = "drawer"

    def __init__(self) -> None:
        self.there: dict[str, bytes] = {}
        self.fail: list[Exception] = []
        self.pushes = 0

    def ready(self) -> None:
        if self.fail:
            raise self.fail.pop(0)

    def files(self) -> dict[str, int]:
        return {path: len(content) for path, content in self.there.items()}

    def push(self, path: str, content: bytes | Path) -> None:
        self.pushes += 1
        if self.fail:
            raise self.fail.pop(0)
        self.there[path] = content if isinstance(content, bytes) else content.read_bytes()

    def fetch(self, path: str, into: Path) -> None:
        into.write_bytes(self.there[path])

    def segments(self) -> list[Name]:
        return sorted(name for path in self.there if (name := named(path)))

    def snapshots(self) -> list[str]:
        return sorted(path for path in self.there if path.startswith("snapshots/"))


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    """An empty store, made once."""
    path = tmp_path_factory.mktemp("empty") / "store.db"
    Store.open(path).close()
    return path


@pytest.fixture
def store(tmp_path, empty):
    (tmp_path / "home").mkdir()
    shutil.copyfile(empty, tmp_path / "home" / "store.db")
    with Store.open(tmp_path / "home" / "store.db") as opened:
        yield opened


@pytest.fixture
def drawer() -> Drawer:
    return Drawer()


def everything(path: Path) -> list[dict]:
    return rows_between(path, 1, last_seq(path))


# Segments


def test_a_segment_is_the_same_file_whenever_it_is_made_and_gives_the_events_back(store):
    fill(store, 3)
    store.undo(ADA, event_id=new_event_id(), client_time=TIME)
    rows = rows_between(store.path, 1, 4)
    name, content = packed(rows)
    assert packed(rows_between(store.path, 1, 4)) == (name, content)
    assert (name.first, name.last, name.sha256) == (1, 4, hashlib.sha256(content).hexdigest())
    assert named(name.path) == name
    assert unpacked(name, content) == rows
    header = json.loads(content.split(b"\n")[0])
    assert header == {
        "project": "babelscope", "schema": 1, "first": 1, "last": 4, "prev": "0" * 64, "head": rows[-1]["hash"],
    }  # fmt: skip


@pytest.mark.parametrize("path", ["", "segments/1-2-ab.jsonl", "segments/0000000002-0000000001-" + "a" * 64 + ".jsonl"])
def test_other_paths_are_no_segments(path):
    assert named(path) is None


def renamed(content: bytes, first: int, last: int) -> tuple[Name, bytes]:
    return Name(first, last, hashlib.sha256(content).hexdigest()), content


def test_what_is_not_whole_is_found_out(store):
    fill(store, 3)
    name, content = packed(rows_between(store.path, 1, 3))
    lines = content.decode().splitlines()
    event = json.loads(lines[2])
    other = canonical(event | {"grade": 3})
    rehashed = canonical(event | {"grade": 3, "hash": row_hash(event | {"grade": 3})})
    wrong = {
        "cut short": (name, content[:-20]),
        "altered": (name, content.replace(b'"grade":1', b'"grade":2', 1)),
        "does not hold": renamed(content, 1, 4),
        "event 2 in .* does not fit": renamed("\n".join([*lines[:2], other, lines[3], ""]).encode(), 1, 3),
        "event 3 in .* does not fit": renamed("\n".join([*lines[:2], rehashed, lines[3], ""]).encode(), 1, 3),
        "is not a label segment": renamed(b"\xff\x00", 1, 3),
        "not a label segment": renamed("\n".join([lines[0], '{"seq":"1"}', ""]).encode(), 1, 1),
        "another version": renamed(content.replace(b'"schema":1', b'"schema":9', 1), 1, 3),
    }
    for sentence, (claimed, damaged) in wrong.items():
        with pytest.raises(Damaged, match=sentence):
            unpacked(claimed, damaged)


# Recovery


def shelved(store: Store, drawer: Drawer, *splits: int) -> None:
    """The log in segments that end at these events."""
    first = 1
    for last in splits:
        name, content = packed(rows_between(store.path, first, last))
        drawer.there[name.path] = content
        first = last + 1


def test_a_lost_store_comes_back_as_it_was(store, drawer, tmp_path):
    fill(store, 5)
    store.undo(ADA, event_id=new_event_id(), client_time=TIME)
    shelved(store, drawer, 2, 3, 6)
    found = recover(drawer, tmp_path / "new" / "store.db")
    assert str(found).startswith("Recovered 6 events up to 20")
    assert str(found).endswith("from drawer: 3 segments.")
    with Store.open(tmp_path / "new" / "store.db") as again:
        assert again.verify() == store.verify()
        assert again.judgments("demo") == store.judgments("demo")
        assert again.redo(ADA, event_id=new_event_id(), client_time=TIME).seq == 7
    assert not list((tmp_path / "new").glob(".recovering-*"))


words = st.text(max_size=40).map(lambda text: "q " + text.replace("\0", ""))
gestures = st.lists(
    st.tuples(st.sampled_from(["grade", "clear", "undo", "redo"]), st.sampled_from("abc"), words), max_size=20
)


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(gestures=gestures, ends=st.sets(st.integers(1, 20)))
def test_any_log_in_any_split_comes_back_byte_for_byte(gestures, ends):
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "a" / "store.db") as store:
        for kind, doc, text in gestures:
            try:
                if kind in ("grade", "clear"):
                    store.append(grade(doc, 1 if kind == "grade" else None, text))
                else:
                    getattr(store, kind)(ADA, event_id=new_event_id(), client_time=TIME)
            except BadInput:  # nothing to undo or redo
                continue
        drawer, last = Drawer(), last_seq(store.path)
        shelved(store, drawer, *sorted({end for end in ends if end < last} | ({last} if last else set())))
        found = recover(drawer, Path(folder) / "b" / "store.db")
        assert (found.events, found.left_out) == (last, [])
        if last:
            assert everything(Path(folder) / "b" / "store.db") == everything(store.path)
            with Store.open(Path(folder) / "b" / "store.db") as again:
                assert again.verify() == store.verify()


def test_what_comes_after_a_gap_or_a_damaged_segment_is_named_and_left_out(store, drawer, tmp_path):
    fill(store, 9)
    shelved(store, drawer, 3, 6, 9)
    middle = drawer.segments()[1].path
    content = drawer.there.pop(middle)
    assert "events 4 to 6 are missing, so 7 to 9 cannot be joined" in str(recover(drawer, tmp_path / "a" / "store.db"))
    drawer.there[middle] = content[: len(content) // 2]
    found = recover(drawer, tmp_path / "b" / "store.db")
    assert found.events == 3
    assert found.left_out == [
        f"{middle} is cut short or altered", "events 4 to 6 are missing, so 7 to 9 cannot be joined",
    ]  # fmt: skip
    with Store.open(tmp_path / "b" / "store.db") as again:
        assert again.verify().faults == ()


def test_segments_that_overlap_are_folded_once_and_another_history_is_left_out(store, drawer, tmp_path):
    fill(store, 6)
    shelved(store, drawer, 2, 4)
    shelved(store, drawer, 3, 6)
    with Store.open(tmp_path / "other" / "store.db") as other:
        fill(other, 8)
        name, content = packed(rows_between(other.path, 7, 8))
        drawer.there[name.path] = content
    found = recover(drawer, tmp_path / "new" / "store.db")
    assert (found.events, found.left_out) == (6, [f"{name.path} goes on from other events than these"])
    assert everything(tmp_path / "new" / "store.db") == everything(store.path)


def test_a_store_is_never_overwritten_and_an_unreachable_shelf_makes_none(store, drawer, tmp_path):
    fill(store, 2)
    shelved(store, drawer, 2)
    with pytest.raises(Busy):
        recover(drawer, store.path)
    store.close()
    with pytest.raises(BadInput, match="never overwritten"):
        recover(drawer, store.path)
    drawer.fail = [Unreachable("no answer")]
    with pytest.raises(Unreachable):
        recover(drawer, tmp_path / "new" / "store.db")
    assert not (tmp_path / "new" / "store.db").exists()


def test_an_empty_shelf_makes_no_store(drawer, tmp_path):
    assert str(recover(drawer, tmp_path / "store.db")) == "There are no grades on drawer yet."
    assert not (tmp_path / "store.db").exists()


# The carrier


def test_new_events_go_to_the_shelf_once(store, drawer):
    carrier = Carrier(store.path, drawer, every=30)
    assert carrier.turn() == 30
    assert (carrier.state().waiting, drawer.there) == (0, {})
    carrier.saw(fill(store, 5))
    assert carrier.state().waiting == 5
    carrier.turn()
    carrier.turn()
    assert [(name.first, name.last) for name in drawer.segments()] == [(1, 5)]
    assert carrier.state().waiting == 0
    again = Carrier(store.path, drawer)
    again.turn()
    assert drawer.pushes == 1, "a process that starts finds what is there"


def test_what_fails_stays_and_goes_again_under_the_same_name(store, drawer):
    clock = Clock()
    carrier = Carrier(store.path, drawer, clock=clock)
    carrier.turn()
    carrier.saw(fill(store, 3))
    drawer.fail = [Unreachable("no answer"), Unreachable("asks to wait", retry_seconds=90)]
    assert carrier.turn() == 2
    assert carrier.state().error == "no answer"
    assert carrier.turn() == 2, "not before its time"
    clock.now += 2
    carrier.saw(fill(store, 1))
    assert carrier.turn() == 90
    clock.now += 90
    assert carrier.turn() == 30
    assert [(name.first, name.last) for name in drawer.segments()] == [(1, 3), (4, 4)]
    assert (carrier.state().waiting, carrier.state().error) == (0, "")


def test_a_hole_on_the_shelf_is_filled_and_nothing_else_is_sent(store, drawer):
    fill(store, 9)
    shelved(store, drawer, 3, 6, 9)
    middle = drawer.segments()[1].path
    drawer.there[middle] = drawer.there[middle][:-1]  # half-written: the size tells
    Carrier(store.path, drawer).turn()
    assert drawer.pushes == 1
    assert [(name.first, name.last) for name in drawer.segments()] == [(1, 3), (4, 6), (7, 9)]
    assert packed(rows_between(store.path, 4, 6))[1] == drawer.there[middle]


def test_the_shelf_of_another_history_is_left_alone(store, drawer, tmp_path):
    with Store.open(tmp_path / "other" / "store.db") as other:
        fill(other, 4)
        shelved(other, drawer, 4)
    before = dict(drawer.there)
    carrier = Carrier(store.path, drawer)
    carrier.saw(fill(store, 2))
    carrier.turn()
    assert "drawer holds other grades from event 1 on" in carrier.state().error
    assert carrier.state().waiting == 2
    assert drawer.there == before


def test_a_store_that_is_behind_its_own_shelf_overwrites_nothing(store, drawer, tmp_path):
    fill(store, 2)
    store.close()
    shutil.copyfile(store.path, tmp_path / "old.db")
    with Store.open(store.path) as ahead:
        fill(ahead, 2)
        shelved(ahead, drawer, 2, 4)
    carrier = Carrier(tmp_path / "old.db", drawer)
    carrier.turn()
    assert "holds other grades from event 3 on" in carrier.state().error


def test_a_backlog_goes_in_pieces(store, drawer, monkeypatch):
    monkeypatch.setattr(carrying, "MOST_EVENTS", 4)
    fill(store, 10)
    Carrier(store.path, drawer).turn()
    assert [(name.first, name.last) for name in drawer.segments()] == [(1, 4), (5, 8), (9, 10)]


def test_a_snapshot_each_hour_and_at_the_end_holds_no_name(store, drawer, tmp_path):
    clock = Clock()
    carrier = Carrier(store.path, drawer, clock=clock)
    fill(store, 3)
    store.name_annotator(ADA, "Ada Lovelace")
    carrier.turn()
    assert drawer.snapshots() == []
    clock.now += 3_600
    carrier.turn()
    clock.now += 3_600
    carrier.turn()
    (path,) = drawer.snapshots()
    assert b"Lovelace" not in drawer.there[path]
    assert b"Lovelace" not in b"".join(drawer.there.values())
    carrier.saw(fill(store, 1))
    carrier.last()
    assert len(drawer.snapshots()) == 2
    for segment in drawer.segments():
        del drawer.there[segment.path]
    found = recover(drawer, tmp_path / "new" / "store.db")
    assert (found.events, found.snapshot) == (4, True)
    with Store.open(tmp_path / "new" / "store.db") as again:
        assert (again.verify(), again.names()) == (store.verify(), {})


def test_a_damaged_snapshot_is_named_and_the_one_before_serves(store, drawer, tmp_path):
    carrier = Carrier(store.path, drawer)
    carrier.saw(fill(store, 2))
    carrier.last()
    carrier.saw(fill(store, 2))
    carrier.last()
    newest = drawer.snapshots()[-1]
    drawer.there[newest] = drawer.there[newest][:5_000]
    found = recover(drawer, tmp_path / "new" / "store.db")
    assert (found.events, found.segments, found.left_out) == (4, 1, [f"{newest} is cut short or altered"])


def test_the_thread_pushes_a_burst_at_once_and_the_rest_when_closed(store, drawer):
    carrier = Carrier(store.path, drawer, every=3_600)
    carrier.start()
    arrived = threading.Event()
    push = drawer.push

    def seen(path, content):
        push(path, content)
        arrived.set()

    drawer.push = seen
    carrier.saw(fill(store, 200))
    assert arrived.wait(10)
    carrier.saw(fill(store, 1))
    carrier.close()
    assert drawer.segments()[-1].last == 201
    assert len(drawer.snapshots()) == 1


# The Hub, by its own client


@pytest.fixture
def hub():
    running = Hub()
    yield running
    running.close()


@pytest.mark.parametrize("place", ["ada/grades", "datasets/ada/grades"])
def test_a_private_place_on_the_hub_is_made_filled_and_read(hub, store, tmp_path, place):
    shelf = HubShelf(place, TOKEN, endpoint=hub.url)
    carrier = Carrier(store.path, shelf)
    carrier.saw(fill(store, 3))
    carrier.turn()
    carrier.saw(fill(store, 2))
    carrier.last()
    assert carrier.state().error == ""
    (repo,) = hub.repos.values()
    assert repo.private
    assert sorted(name.last for path in repo.files if (name := named(path))) == [3, 5]
    found = recover(shelf, tmp_path / "new" / "store.db")
    assert (found.events, found.snapshot) == (5, True)
    assert everything(tmp_path / "new" / "store.db") == everything(store.path)


@pytest.mark.parametrize("place", ["ada/grades", "datasets/ada/grades"])
def test_a_public_place_gets_nothing(hub, store, place):
    shelf = HubShelf(place, TOKEN, endpoint=hub.url)
    shelf.ready()
    (repo,) = hub.repos.values()
    repo.private = False
    with pytest.raises(Forbidden, match="is public, and grades are not"):
        shelf.ready()
    with pytest.raises(Forbidden, match="is public"):
        shelf.push("segments/x", b"x")
    assert repo.files == {}


@pytest.mark.parametrize("place", ["ada/grades", "datasets/ada/grades"])
def test_what_the_hub_refuses_is_a_sentence_without_the_token(hub, place):
    shelf = HubShelf(place, TOKEN, endpoint=hub.url)
    shelf.ready()
    hub.fault = lambda method, path: (429, {"Retry-After": "77"})
    with pytest.raises(Unreachable, match="429") as caught:
        shelf.push("segments/x", b"x")
    assert caught.value.retry_seconds == 77
    hub.fault = lambda method, path: (503, {})
    with pytest.raises(Unreachable, match="503"):
        shelf.files()
    hub.fault = lambda method, path: None
    hub.cut = lambda path: True
    with pytest.raises(Unreachable, match="only a part"):
        shelf.push("segments/x", b"xyz" * 9)
    hub.token = "another"
    with pytest.raises(Forbidden, match=r"refuses the token \(401\)") as refused:
        shelf.push("segments/x", b"x")
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("ada/grades", ("bucket", "ada/grades")),
        ("hf://buckets/ada/grades", ("bucket", "ada/grades")),
        ("datasets/ada/grades", ("dataset", "ada/grades")),
        (" hf://datasets/ada/grades/ ", ("dataset", "ada/grades")),
    ],
)
def test_the_form_of_a_place_says_what_it_is(place, expected):
    assert parsed(place) == expected


@pytest.mark.parametrize(
    "place", ["grades", "https://huggingface.co/ada/grades", "models/ada/grades", "a/b/c", "ada/ä"]
)
def test_other_places_are_refused(place):
    with pytest.raises(BadInput, match="is no place for grades"):
        parsed(place)


# Settings


def test_a_space_has_its_own_defaults_which_the_environment_changes(monkeypatch):
    monkeypatch.setenv("SPACE_ID", "ada/babelscope")
    here = Settings()
    assert (here.host, here.port, here.mode) == ("0.0.0.0", 7860, "public")
    monkeypatch.setenv("BABELSCOPE_MODE", "session")
    monkeypatch.setenv("BABELSCOPE_HOST", "127.0.0.1")
    assert (Settings().host, Settings().mode) == ("127.0.0.1", "session")


def test_the_token_falls_back_to_the_hubs_and_is_never_printed(monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert "hf_secret" not in repr(Settings())
    token = Settings().labels_token
    assert token is not None and token.get_secret_value() == "hf_secret"


def test_a_place_without_a_token_is_refused_and_on_a_space_the_grades_are_called_passing(monkeypatch, tmp_path):
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.delenv("SPACE_ID", raising=False)
    assert not Offsite(Settings(home=tmp_path)).ephemeral
    without = Offsite(Settings(home=tmp_path, labels_to="ada/grades"))
    with pytest.raises(BadInput, match="needs a token"):
        without.recover(tmp_path / "store.db")
    monkeypatch.setenv("SPACE_ID", "ada/babelscope")
    assert without.ephemeral
    without.recover(tmp_path / "store.db")
    assert without.state() is None
