"""The Collections page's handlers: rights, what a file holds, pieces of one, taking in, building, and bad input."""

import base64
import gzip
import json
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.access import ALLOWED, Person
from core.collections import incoming
from core.errors import Forbidden, Stopped
from core.indexing import Standing
from core.settings import Settings
from core.workbench import Workbench
from ui.events import answering, identified
from ui.identity import Visit
from ui.jobs import MOST_RUNNING, Jobs
from ui.views.collections import REFUSED, Collections
from ui.words import say

BEES = "Bees carry nectar home and dry it in the comb."
NYUKI = "Nyuki hubeba nekta hadi nyumbani na kuikausha katika sega."
CSV = f'docno,headline,body,lang,url\n007,Honey,"{BEES}",en,u\nNA,Asali,"{NYUKI}",sw,u\n1e5,,,en,u\n'
DETECT = {"id": "docno", "title": "headline", "text": "body", "language": "", "group": ""}
HOSTILE = "<img src=x onerror=alert(1)> ${HOME} {{x}}"


@pytest.fixture
def view(tmp_path):
    bench = Workbench(Settings(home=tmp_path / "home"))
    yield Collections(bench)
    bench.close()


@pytest.fixture
def call(view):
    """Calls a handler as the page does, in private mode: what it answers."""

    def called(name, /, **data):
        handler, _ = view.functions()[name]
        return answering(view.told(handler), name)(data)

    return called


@pytest.fixture
def file(tmp_path):
    def written(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def asked(path="", **more):
    return {"path": str(path), "file": "", "language": "", "columns": None} | more


def sent(call, name, content, piece=400_000):
    begun = call("begin_file", name=name, size=len(content))
    assert begun["ok"], begun
    for start in range(0, len(content), piece):
        raw = base64.b64encode(content[start : start + piece]).decode()
        assert call("put_piece", file=begun["file"], start=start, piece=raw)["ok"]
    return begun["file"]


def over(call, kind, subject):
    """That job once it is over."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        jobs = [job for job in call("work_under_way")["jobs"] if (job["kind"], job["subject"]) == (kind, subject)]
        if jobs and jobs[0]["state"] != "running":
            return jobs[0]
        time.sleep(0.02)
    raise AssertionError(f"{kind} {subject} did not end")


# Rights


@pytest.mark.parametrize("mode", ALLOWED)
@pytest.mark.parametrize("owner", [False, True])
def test_only_who_may_import_and_index_gets_past_the_list(view, mode, owner):
    visit = Visit(mode, Person("3b7c1f0e-58b1-4c39-9f0b-6a2d5a9d1c11", "Ada", verified=True, owner=owner))
    may = mode == "private" or (mode == "session" and owner)
    for name, (_, right) in view.functions().items():
        if name in ("list_collections", "describe_collection"):
            assert right == "search"
        elif may:
            assert identified({}, visit, right) is not None
        else:
            with pytest.raises(Forbidden):
                identified({}, visit, right)


@pytest.mark.parametrize("mode", ["session", "public"])
def test_paths_of_the_server_are_neither_taken_nor_told_elsewhere(tmp_path, file, mode):
    bench = Workbench(Settings(home=tmp_path / "home", mode=mode))
    view = Collections(bench)
    path = file("notes.csv", CSV)
    with pytest.raises(Forbidden, match="one person"):
        view.preview(asked(path))
    (tmp_path / "home" / "collections" / "bad").mkdir(parents=True)
    (tmp_path / "home" / "collections" / "bad" / "corpus.jsonl").write_text("{\n")
    visit = Visit(mode, Person(), str(bench.settings.home))
    fault = visit.discreet(view.described({"collection": "bad"}))["fault"]
    assert "corpus.jsonl, line 1 is not JSON" in fault and str(tmp_path) not in fault
    assert view.refused({"collection": "bad"})["file"] == ""
    bench.close()


# What there is


def test_the_list_and_what_a_collection_holds(call):
    assert call("list_collections", link="?v=1&c=demo") == {
        "ok": True, "ids": ["demo"], "chosen": "demo", "start": "demo", "notes": [],
        "backed": None,
    }  # fmt: skip
    gone = call("list_collections", link="?c=gone&x=1")
    assert gone["chosen"] == "" and len(gone["notes"]) == 2
    demo = call("describe_collection", collection="demo")
    assert demo["documents"] == sum(demo["languages"].values())
    assert (demo["provenance"], demo["licence"]) == ("machine-written", "CC-BY-4.0")
    assert demo["index"]["state"] == "missing"
    assert demo["tongues"]["ar"]["direction"] == "rtl"
    assert call("describe_collection", collection="gone")["error"].startswith("No collection 'gone'")


# A file from the machine, then taken in, then indexed


def test_a_file_is_looked_at_taken_in_and_indexed(view, call, file):
    path = file("My notes.csv", CSV)
    found = call("preview_documents", **asked(path))
    assert (found["id"], found["id_fault"], found["fault"], found["fixed"]) == ("My-notes", "", "", False)
    assert {role: one["column"] for role, one in found["choices"].items()} == {
        "id": "docno", "title": "headline", "text": "body", "language": "lang",
    }  # fmt: skip
    assert found["shown"] == ["docno", "headline", "body", "lang", "url"]
    assert [(row["line"], row["language"], row["reason"]) for row in found["rows"]] == [
        (2, "en", ""), (3, "sw", ""), (4, "", "no text"),
    ]  # fmt: skip
    assert found["rows"][1]["cells"] == ["NA", "Asali", NYUKI, "sw", "u"]

    assert call("take_in", **asked(path, id="mine"))["ok"]
    done = over(call, "take", "mine")
    assert done["state"] == "done", done
    assert (done["result"]["documents"], done["result"]["rows"], done["result"]["refused"]) == (2, 3, {"no text": 1})
    assert done["result"]["unused"] == ["url"]
    assert [document.doc_id for document in view.bench.collection("mine").documents] == ["007", "NA"]
    shelved = call("describe_collection", collection="mine")
    assert (shelved["languages"], shelved["refused"], shelved["index"]["state"]) == ({"en": 1, "sw": 1}, 1, "missing")
    refused = call("refused_rows", collection="mine")
    assert refused["rows"] == [{"line": 4, "reason": "no text", "row": "1e5,,,en,u"}]
    assert refused["file"].endswith("mine.refused.jsonl")

    assert call("build_index", collection="mine")["ok"]
    assert over(call, "build", "mine")["result"] == {"documents": 2}
    assert call("describe_collection", collection="mine")["index"]["state"] == "ready"
    query, _ = view.bench.query("mine", "nyuki")
    (trace,) = view.bench.search(query, ["bm25"], collection_id="mine")
    assert trace.ranking.doc_ids == ["NA"]


def test_columns_and_one_language_are_as_chosen(view, call, file):
    path = file("a.csv", CSV)
    found = call("preview_documents", **asked(path, columns=DETECT | {"text": "headline", "title": ""}))
    assert found["choices"]["text"] == {"column": "headline", "why": "as asked"}
    assert "language" not in found["choices"]
    assert call("preview_documents", **asked(path, columns=DETECT, language="de"))["rows"][0]["language"] == "de"
    assert call("take_in", **asked(path, id="a", columns=DETECT, language="de"))["ok"]
    over(call, "take", "a")
    assert view.bench.collection("a").languages == {"de": 2}


def test_a_beir_folder_says_its_columns_itself(view, call, tmp_path):
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "corpus.jsonl").write_text(json.dumps({"_id": "a", "text": BEES, "language": "en"}) + "\n")
    found = call("preview_documents", **asked(folder))
    assert (found["said"], found["id"], found["fixed"]) == ("BEIR folder", "kept", True)
    assert found["rows"][0]["language"] == "en"
    assert call("take_in", **asked(folder, id="other", language="de", columns=DETECT))["ok"]
    assert over(call, "take", "other")["state"] == "done"
    assert view.bench.collection("other").languages == {"en": 1}


# A file from the browser, in pieces


def test_a_file_comes_in_pieces_and_leaves_nothing_behind(view, call):
    rows = "".join(json.dumps({"id": f"d{n}", "text": f"{BEES} {n}", "lang": "en"}) + "\n" for n in range(3000))
    number = sent(call, "../../<b>notes.jsonl", rows.encode(), piece=10_000)
    path = view.incoming.path(number)
    assert path.parent.parent == view.bench.settings.home / "incoming"
    found = call("preview_documents", **asked(file=number))
    assert (found["id"], found["rows"][0]["cells"][0]) == ("_b_notes", "d0")
    assert call("take_in", **asked(file=number, id="came"))["ok"]
    assert over(call, "take", "came")["result"]["documents"] == 3000
    assert list((view.bench.settings.home / "incoming").iterdir()) == []


def test_a_piece_sent_twice_is_one_and_a_gap_is_refused(call):
    begun = call("begin_file", name="a.csv", size=9)["file"]
    piece = base64.b64encode(b"abcdef").decode()
    assert call("put_piece", file=begun, start=0, piece=piece)["there"] == 6
    assert call("put_piece", file=begun, start=0, piece=piece)["there"] == 6
    for start in (7, 6):  # a gap; more than was announced
        assert "do not fit" in call("put_piece", file=begun, start=start, piece=piece)["error"]
    assert "not arrived whole" in call("preview_documents", **asked(file=begun))["error"]
    assert call("drop_file", file=begun)["ok"] and call("drop_file", file=begun)["ok"]
    assert "not here any more" in call("put_piece", file=begun, start=0, piece=piece)["error"]


def test_files_that_cannot_come_are_one_sentence(view, call, monkeypatch):
    assert "is empty" in call("begin_file", name="a.csv", size=0)["error"]
    assert "2,147,483,648 are the most" in call("begin_file", name="a.csv", size=2**31 + 1)["error"]
    monkeypatch.setattr(incoming.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 2_000_000}))
    assert "2 MB are free" in call("begin_file", name="a.csv", size=1_000_000)["error"]
    monkeypatch.undo()
    numbers = [call("begin_file", name="a.csv", size=3)["file"] for _ in range(incoming.MAX_OPEN)]
    assert len(set(numbers)) == incoming.MAX_OPEN
    assert "on their way already" in call("begin_file", name="a.csv", size=3)["error"]
    later = time.time() + 61
    monkeypatch.setattr(incoming.time, "time", lambda: later)
    with view.incoming.held(numbers[2]):
        assert call("begin_file", name="a.csv", size=3)["ok"]  # those that nobody touched gave way
    assert len(view.incoming.numbers()) == 2 and numbers[2] in view.incoming.numbers()


def test_a_full_disk_while_a_file_comes_is_said(call, view, monkeypatch):
    begun = call("begin_file", name="a.csv", size=3)["file"]
    view.incoming.drop(begun)
    begun = call("begin_file", name="a.csv", size=3)["file"]
    path = view.incoming._file(begun).path
    path.unlink()
    path.parent.rmdir()
    assert "Nothing can be written" in call("put_piece", file=begun, start=0, piece="YWJj")["error"]


# Bad input


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", "", "holds no row"),
        ("a.docx", "x", "save it as one of them"),
        ("zip.csv", b"PK\x03\x04" + b"0" * 99, "zip archive or a spreadsheet"),
        ("wide.csv", CSV.encode("utf-16"), "UTF-16; save it as UTF-8"),
        ("bomb.jsonl.gz", gzip.compress(b"{" * 30_000_000), "unpacks to more than"),
        ("list.json", "[1, 2]", "one JSON list"),
        ("a.parquet", "PAR1", "no Parquet file"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(call, file, name, content, said):
    answer = call("preview_documents", **asked(file(name, content)))
    assert answer["ok"] is False
    assert said in answer["error"] and answer["error"].count("\n") == 0


def test_a_path_that_leads_nowhere_is_one_sentence(call, tmp_path):
    for path, said in [
        ("", "Type the path"), (tmp_path / "gone.csv", "There is no file or folder"), (tmp_path, "not a BEIR folder"),
        ("/dev/null", "no file and no folder"), ("~nobody-at-all/x.csv", "no such home folder"),
        ("x" * 3000, "cannot be read"),
        ("a\0b.csv", "There is no file or folder"),
    ]:  # fmt: skip
        answer = call("preview_documents", **asked(path))
        assert answer["ok"] is False and said in answer["error"], (path, answer)


def test_a_file_without_a_text_column_asks_for_it(call, file):
    found = call("preview_documents", **asked(file("a.csv", "a,b\n1,2\n")))
    assert found["ok"] and "looks like the text" in found["fault"]
    assert found["rows"][0]["cells"] == ["1", "2"]
    found = call("preview_documents", **asked(file("a.csv", "a,b\n1,2\n"), columns={"text": "gone"}))
    assert "No column in a.csv 'gone'. There is 'a', 'b'" in found["fault"]


@pytest.mark.parametrize("name", ["demo", "../up", ".hidden", "", "a b", "a/b", HOSTILE, "x" * 300, "nul\0"])
def test_an_id_that_cannot_be_is_said_at_once(call, file, name):
    fault = call("check_id", id=name)["id_fault"]
    assert fault.endswith(".")
    assert call("take_in", **asked(file("a.csv", CSV), id=name))["error"] == fault
    assert call("check_id", id="fine-1")["id_fault"] == ""


def test_too_many_bad_rows_leave_nothing_but_the_quarantine(view, call, file):
    rows = "".join(f'{n},t,"{BEES if n % 20 else ""}",en,u\n' for n in range(400))
    assert call("take_in", **asked(file("bad.csv", CSV + rows), id="bad"))["ok"]
    job = over(call, "take", "bad")
    assert job["state"] == "failed" and "21 of 403 rows" in job["error"] and "(mostly: no text)" in job["error"]
    assert view.bench.collections() == ["demo"]
    refused = call("refused_rows", collection="bad")
    assert (refused["total"], len(refused["rows"])) == (21, REFUSED)
    assert refused["rows"][1] == {"line": 5, "reason": "no text", "row": '0,t,"",en,u'}


def test_hostile_names_and_texts_stay_text(call, file):
    path = file("x.csv", f'{HOSTILE},text\n1,"{HOSTILE}"\n')
    found = call("preview_documents", **asked(path, columns={"text": "text", "id": HOSTILE}))
    assert found["shown"] == [HOSTILE, "text"]
    assert found["rows"][0]["cells"] == ["1", HOSTILE]
    keys = json.dumps({"\ud800": "a", "text": BEES})
    assert "\ufffd" in call("preview_documents", **asked(file("s.jsonl", keys)))["columns"]


def test_a_very_long_line_is_a_row_that_cannot_be_used(call, file):
    found = call("preview_documents", **asked(file("long.jsonl", b'{"text": "' + b"x" * 100_000_000 + b'"}\n')))
    assert [row["reason"] for row in found["rows"]] == ["a line over 16 MiB"]


def test_a_file_that_vanishes_is_said(call, file, view, monkeypatch):
    path = file("a.csv", CSV)
    taking = view.bench.take

    def vanished(*args, **more):
        path.unlink()
        return taking(*args, **more)

    monkeypatch.setattr(view.bench, "take", vanished)
    assert call("take_in", **asked(path, id="a"))["ok"]
    assert "There is no file or folder" in over(call, "take", "a")["error"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(
    st.dictionaries(
        st.sampled_from(["path", "file", "id", "columns", "language", "collection", "link", "size", "start", "piece"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.lists(st.text()) | st.just({"text": 3}),
    )
)
def test_whatever_is_sent_ends_in_an_answer(call, view, data):
    for name in view.functions():
        if name not in ("build_index", "take_in"):
            answer = call(name, **data)
            assert answer["ok"] is True or answer["error"] not in ("", say("error.bug")), (name, data)


# Work


def test_work_goes_on_without_its_page_and_one_of_a_kind_at_a_time(view, call):
    go = threading.Event()

    def work(progress, control):
        progress(0, 10, "documents")
        progress(4, 10, "documents")
        go.wait(20)
        control.check()
        return {}

    view.jobs.start("build", "demo", work)
    assert "being worked on already" in call("build_index", collection="demo")["error"]
    other = Collections(view.bench)
    other.jobs = view.jobs
    (job,) = other.work({})["jobs"]  # another page, or this one again
    assert (job["state"], job["done"], job["total"], job["what"]) == ("running", 4, 10, "documents")
    assert job["rate"] > 0 and job["left"] > 0
    call("stop_work", kind="build", subject="demo")
    go.set()
    assert over(call, "build", "demo")["state"] == "stopped"
    call("stop_work", kind="build", subject="demo")
    assert call("work_under_way")["jobs"] == []


def test_no_more_than_some_pieces_of_work_at_once():
    jobs, go = Jobs(), threading.Event()
    for n in range(MOST_RUNNING):
        jobs.start("build", str(n), lambda progress, control: {"waited": go.wait(20)})
    with pytest.raises(Exception, match="pieces of work"):
        jobs.start("build", "one more", lambda progress, control: {})
    go.set()


def test_a_bug_in_work_is_a_neutral_sentence(call, view, caplog):
    view.jobs.start("build", "demo", lambda progress, control: {}["gone"])
    assert over(call, "build", "demo")["error"] == say("error.bug")
    assert "build demo failed" in caplog.text


def test_a_stopped_build_says_how_far_it_is_and_goes_on(view, call, file, monkeypatch):
    rows = "".join(json.dumps({"id": f"d{n}", "text": f"{BEES} {n}", "lang": "en"}) + "\n" for n in range(50))
    view.bench.take(file("some.jsonl", rows), _wish("some"))
    monkeypatch.setattr("core.indexing.CHUNK", 10)

    def stop_at_vectors(done, total, what):
        if what.startswith("vectors") and done == 20:
            raise Stopped

    with pytest.raises(Stopped):
        view.bench.build("some", progress=stop_at_vectors)
    assert view.bench.standing("some") == Standing("begun", 70, 100)
    assert call("describe_collection", collection="some")["index"] == {"state": "begun", "done": 70, "total": 100}
    assert call("build_index", collection="some")["ok"]
    assert over(call, "build", "some")["state"] == "done"
    assert view.bench.standing("some") == Standing("ready")


def _wish(name):
    from core.collections.importing import Wish

    return Wish(name)
