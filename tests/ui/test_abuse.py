"""Reliability test 23: every function and event of the app called directly with what no page sends, in every mode.

It is Hypothesis that makes the requests, not schemathesis, which starts from an OpenAPI document: this app serves none.
"""

import itertools
import json
import uuid
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from modes import Browser, gesture, served

from core.store import passwords
from tests.faults.figures import record
from ui import guard
from ui.limits import Rate

MODES = ("private", "session", "public")
PASSWORD = "tides and moons"
EXAMPLES = 750
"""In each mode."""

DEEP = json.loads("[" * 200 + "]" * 200)
WRONG = [None, True, -1, 2**70, 1.5, "", "x" * 5_000, "\x00\u202e'; DROP TABLE label_event; --", "../../store.db",
         "${7*7}{{x}}", [], {}, [[]], {"a": {"b": None}}, DEEP]  # fmt: skip


@pytest.fixture(scope="module", params=MODES)
def app(request, tmp_path_factory, bench):
    """Without a limit on requests, which would answer for what is behind it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "COST", (16, 1, 1))
        patch.setattr(guard, "BY_SESSION", Rate(1e9, 1e9))
        patch.setattr(guard, "BY_ADDRESS", Rate(1e9, 1e9))
        home = tmp_path_factory.mktemp(request.param) / "home"
        with served(home, bench.settings.home, mode=request.param) as app:
            if request.param == "session":
                app.bench.store.people.add(["Olga"], owner=True, password=PASSWORD)
                app.bench.store.people.add(["Ann", "Ben"], password=PASSWORD)
            yield app


@contextmanager
def known(app, name):
    with Browser(app) as browser:
        if app.bench.settings.mode == "session":
            assert browser.sign_in(name, PASSWORD).status_code == 303
        assert browser.page().status_code == 200
        browser.annotator = (
            str(uuid.uuid4()) if app.bench.settings.mode == "private"
            else browser.call("read_person", {}).json()["annotator"]
        )  # fmt: skip
        yield browser


@pytest.fixture(scope="module")
def victim(app):
    with known(app, "Ann") as browser:
        assert browser.grade(3, annotator=browser.annotator)["ok"]
        yield browser


@pytest.fixture(scope="module")
def ben(app, victim):
    with known(app, "Ben") as browser:
        yield browser


def functions(app):
    """(component, name) of every server function; of those that every page has, the first page's."""
    parts = reversed(app.blocks.get_config_file()["components"])
    found = {name: part["id"] for part in parts for name in part["props"].get("server_fns", [])}
    assert {"save_grade", "read_person", "take_in", "list_misses"} <= set(found)
    return [(component, name) for name, component in sorted(found.items())]


def fields(victim):
    """A value for every field that any function reads; of a document, a query and a collection that exist."""
    return gesture(2, annotator=victim.annotator, annotator_name="Ann") | {
        "run": "r",
        "link": "?v=1",
        "id": "tiny",
        "number": "1",
        "size": 5,
        "start": 0,
        "piece": "eA==",
        "names": ["Eve"],
        "path": "/etc/passwd",
        "file": "x",
        "columns": {},
        "model": "static-26",
        "asked": "en",
        "answering": "ar",
        "at": 0,
        "documents": [],
        "systems": ["bm25"],
        "word": "honey",
        "docs": ["honey.en"],
        "kind": "build",
        "subject": "tiny",
        "column": "bm25",
        "metric": "retrieval",
    }


def call(browser, component, name, data, **more):
    body = {"data": data, "component_id": component, "fn_name": name, "session_hash": browser.session} | more
    content = json.dumps(body).encode()
    return browser.post("/gradio_api/component_server/", content=content, headers={"content-type": "application/json"})


def clean(answer, *, function=True):
    """A refusal, or an answer in the form that the pages read; never a traceback, never a file's content."""
    assert answer.status_code < 500, (answer.status_code, answer.text[:300])
    assert "Traceback" not in answer.text and "root:x:0" not in answer.text
    if answer.status_code == 200 and function:
        said = answer.json()
        assert said["ok"] is True or (said["ok"] is False and isinstance(said["error"], str) and said["error"]), said
    return answer


def nothing_under_another_name(app, victim):
    """The store is whole, and what the victim graded is as it was; in private a page says itself who grades."""
    report = app.bench.store.verify()
    assert report.faults == ()
    if app.bench.settings.mode != "private":
        theirs = [event for event in app.bench.store.history(annotator=victim.annotator)]
        assert [(logged.event.kind, logged.event.grade) for logged in theirs] == [("grade", 3)]
    for event in app.bench.store.history():
        assert uuid.UUID(event.event.key.annotator)


def test_every_function_with_something_else_than_a_dict(app, ben, victim):
    for (component, name), data in itertools.product(functions(app), (None, [1], "x", {}, DEEP)):
        clean(call(ben, component, name, data))
    nothing_under_another_name(app, victim)


@pytest.mark.slow
def test_every_function_with_every_field_wrong_and_unknown_ones(app, ben, victim):
    for component, name in functions(app):
        for wrong in (None, 2**70, "x" * 5_000, "../../store.db", [[]], DEEP):
            data = dict.fromkeys(fields(victim), wrong) | {"unknown": wrong, "__proto__": wrong}
            clean(call(ben, component, name, data))
    nothing_under_another_name(app, victim)


def test_every_function_in_the_name_of_another(app, ben, victim):
    """Every field is right but the person."""
    if app.bench.settings.mode == "private":
        return
    for component, name in functions(app):
        if name not in ("read_person",):
            answer = clean(call(ben, component, name, fields(victim)))
            assert answer.json()["ok"] is False, name
    nothing_under_another_name(app, victim)


def test_functions_and_parts_that_are_not_there(app, ben, victim):
    for name in ("", "nothing", "__init__", "__class__", "build", "preprocess", "save_grade\x00", "x" * 10_000):
        clean(call(ben, app.component, name, {}), function=False)
    for component in (-1, 10**9, "1", None, [], {}, "../1"):
        clean(call(ben, component, "save_grade", {}), function=False)
    for session in (None, 5, [], {}, "", victim.session, "x" * 100_000):
        clean(call(ben, app.component, "stop_search", {"run": "r"}, session_hash=session), function=False)
    nothing_under_another_name(app, victim)


BODIES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"5",
    b'"x"',
    b"\xff\xfe",
    b"{}",
    b'{"data": 1e999}',
    b'{"data": NaN}',
    b'{"a":1,"a":2}',
]
ROUTES = ["component_server/", "queue/join", "cancel", "reset", "reset/"]


@pytest.mark.parametrize("route", ROUTES)
def test_bodies_that_are_not_what_the_route_reads(ben, route):
    for body in BODIES:
        answer = ben.post(f"/gradio_api/{route}", content=body, headers={"content-type": "application/json"})
        clean(answer, function=False)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "NONSENSE"])
def test_every_route_with_every_method(ben, method):
    for path in (
        "/",
        "/health",
        "/config",
        "/alignment",
        "/collections",
        "/signin",
        "/theme.css",
        "/nowhere",
        "/gradio_api/queue/join",
        "/gradio_api/queue/data",
        "/gradio_api/component_server",
        "/gradio_api/cancel",
        "/gradio_api/startup-events",
        "/gradio_api/queue/status",
        "/gradio_api/app_id",
        "/static/%00",
        "/assets/x",
        "/pwa_icon/x",
        "/manifest.json",
        "/robots.txt",
        "/?v=%ff&q=%00",
        "/config/",
        "/gradio_api/heartbeat/",
    ):
        if (method, path) != ("GET", "/gradio_api/queue/data"):
            clean(ben.request(method, path, headers={"content-type": "application/json"}), function=False)


def events(app):
    return list(app.blocks.fns)


def joined(browser, fn, wish, **more):
    body = {"data": [], "event_data": {"wish": wish}, "fn_index": fn, "trigger_id": browser.app.component} | more
    session = body.setdefault("session_hash", uuid.uuid4().hex[:11])
    answer = browser.post(
        "/gradio_api/queue/join", content=json.dumps(body).encode(), headers={"content-type": "application/json"}
    )
    clean(answer, function=False)
    if answer.status_code == 200:
        with browser.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as lines:
            assert lines.status_code < 500
            for line in lines.iter_lines():
                assert "Traceback" not in line
                if '"process_completed"' in line or '"unexpected_error"' in line or '"close_stream"' in line:
                    return line
    return ""


def test_every_event_with_wishes_that_no_page_has(app, ben, victim):
    for fn in events(app):
        for wish in (None, [], 5, "x", {}, {"run": []}, {"run": "r", "link": "?" + "&" * 500}, fields(victim)):
            said = joined(ben, fn, wish)
            assert '"unexpected_error"' not in said, (fn, wish)
    nothing_under_another_name(app, victim)


def test_events_that_are_not_there_or_are_anothers(app, ben, victim):
    for fn in (-1, 10_000, "0", None, [], 1.5):
        joined(ben, fn, {"run": "r"})
    joined(ben, app.search, {"run": "r"}, trigger_id=10**9)
    for data in (None, [1, 2, 3], {"a": 1}, "x", [DEEP]):
        joined(ben, app.search, {"run": "r"}, data=data)
    for data in (None, 5, [], "x"):
        joined(ben, app.search, {}, event_data=data)
    if app.bench.settings.mode != "private":
        theirs = {
            "data": [],
            "event_data": {"wish": {"run": "r"}},
            "fn_index": app.search,
            "session_hash": victim.session,
        }
        assert ben.post("/gradio_api/queue/join", json=theirs).status_code == 403
    nothing_under_another_name(app, victim)


# Many, made by Hypothesis

TEXT = st.text(st.characters(codec=None), max_size=60)
VALUE = st.one_of(
    st.sampled_from(WRONG),
    TEXT,
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.recursive(
        TEXT | st.none(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3)
    ),
)


@pytest.mark.slow
def test_thousands_of_requests_that_no_page_sends(app, ben, victim):
    """Right values, of which some are missing, wrong, or another's, beside unknown ones."""
    called, right, asked = functions(app), fields(victim), 0
    own = right | {"annotator": ben.annotator, "annotator_name": "Ben"}

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        at=st.integers(0, len(called) + len(events(app)) - 1),
        theirs=st.booleans(),
        gone=st.sets(st.sampled_from(sorted(own)), max_size=3),
        wrong=st.dictionaries(st.sampled_from(sorted(own)), VALUE, max_size=3),
        unknown=st.dictionaries(TEXT, VALUE, max_size=2),
    )
    def one(at, theirs, gone, wrong, unknown):
        nonlocal asked
        asked += 1
        data = {name: value for name, value in (right if theirs else own).items() if name not in gone} | wrong | unknown
        data |= {} if "event_id" in wrong else {"event_id": gesture()["event_id"]}
        if at < len(called):
            clean(call(ben, *called[at], data))
        else:
            joined(ben, events(app)[at - len(called)], data)

    one()
    nothing_under_another_name(app, victim)
    if app.bench.settings.mode != "private":
        graded = {logged.event.key.annotator for logged in app.bench.store.history()}
        assert graded <= {ben.annotator, victim.annotator}
    record(
        "23",
        f"requests in the mode {app.bench.settings.mode}; 5xx, tracebacks, grades under another name: 0",
        f"{asked:,}",
    )
    COUNTED.append(asked)
    if len(COUNTED) == len(MODES):
        record("23", "examples", str(sum(COUNTED)))


COUNTED: list[int] = []
