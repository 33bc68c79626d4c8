"""Reliability test 24: what a default Gradio app exposes, probed over real HTTP in every mode; each row is closed here.

Rows that have nothing to probe: Radio, CheckboxGroup, Dropdown, Slider and Number are not in the page (their values are
checked as any other); Markdown, Chatbot, Dataframe and gr.load are not used; guessing passwords and cookies are in
test_identity.
"""

import json
import threading
import time
import uuid
from contextlib import contextmanager

import httpx
import pytest
from modes import PAGE, Browser, gesture, served

from core.service import LocalService
from core.settings import DATA
from core.store import passwords
from tests.faults.figures import record
from ui.guard import HEADERS, MOST_BYTES
from ui.pages import options

MODES = ("private", "session", "public")
PASSWORD = "tides and moons"
SEEN: set[str] = set()


@pytest.fixture(scope="module", params=MODES)
def app(request, tmp_path_factory, bench):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "COST", (16, 1, 1))
        home = tmp_path_factory.mktemp(request.param) / "home"
        with served(home, bench.settings.home, mode=request.param) as app:
            if request.param == "session":
                app.bench.store.people.add(["Ann"], owner=True, password=PASSWORD)
                app.bench.store.people.add(["Ben"], password=PASSWORD)
            yield app


@pytest.fixture(scope="module")
def ann(app):
    """A browser that has opened the page, and signed in where one does."""
    with known(app, "Ann") as browser:
        yield browser


@pytest.fixture(autouse=True)
def counted(request):
    """The rows, for the figure."""
    yield
    SEEN.add(request.node.originalname)


@pytest.fixture(scope="module", autouse=True)
def figure():
    yield
    record("24", "rows of the settings probe, each in the modes it concerns", str(len(SEEN)))


@contextmanager
def known(app, name):
    with Browser(app) as browser:
        if app.bench.settings.mode == "session":
            assert browser.sign_in(name, PASSWORD).status_code == 303
        assert browser.page().status_code == 200
        yield browser


def mine(app, browser):
    """What that browser says of itself where the page says who it is: in private; elsewhere the request proves it."""
    number = str(uuid.uuid4()) if app.bench.settings.mode == "private" else ""
    return {"annotator": number, "annotator_name": "Ann" if number else ""}


# Events and functions that no page shows


@pytest.mark.parametrize(
    "path",
    [
        "call/follow",
        "call/v2/search",
        "call/lambda",
        "run/predict",
        "api/predict",
        "run/search",
        "api/save_grade",
        "info",
    ],
)
def test_private_endpoints_cannot_be_called_past_the_pages(ann, path):
    body = {"data": [], "fn_index": 0, "session_hash": ann.session}
    assert ann.post(f"/gradio_api/{path}", json=body).status_code == 404
    assert ann.get(f"/gradio_api/{path}").status_code == 404


@pytest.mark.parametrize(
    "name",
    ["add_people", "remove_person", "renew_password", "list_people"],
)
def test_a_function_asks_for_its_right_whoever_calls_it(app, ann, name):
    data = {"name": "Ben", "names": ["Eve"], **mine(app, ann)}
    with known(app, "Ben") as ben:
        answer = ben.call(name, data).json()
    if app.bench.settings.mode == "private":
        assert "error" not in answer or "public copy" not in answer["error"]
    else:
        assert answer["ok"] is False
        assert ("Only the owner" if app.bench.settings.mode == "session" else "public copy") in answer["error"]
        assert "Eve" not in {one.name for one in app.bench.store.people.all()}


# Values


def test_lengths_and_choices_are_checked_again(app, ann):
    me = mine(app, ann)
    for wrong, said in (
        ({"query": "x" * 1_001}, "shorten it to 1,000"),
        ({"query": "x" * 200_001}, "are the most"),
        ({"grade": 99}, "grade"),
        ({"grade": 2.5}, "whole number"),
        ({"grade": True}, "whole number"),
        ({"rank": 0}, "whole number"),
        ({"collection": "nowhere"}, "nowhere"),
        ({"doc": "not.there"}, "not.there"),
        ({"language": "no tag!"}, "no tag!"),
        ({"system": "bm52"}, "bm52"),
        ({"event_id": "1"}, "event"),
        ({"client_time": "yesterday"}, "time"),
    ):
        answer = ann.grade(**{**me, "grade": 2, **wrong})
        assert answer["ok"] is False, wrong
        assert said in answer["error"], (wrong, answer)
    text, _ = ann.search(systems=[f"bm25[q=lex]@{n}" for n in range(1, 40)])
    assert "more than" in text
    assert app.bench.store.judgments("tiny") == []


def test_identity_is_not_what_a_component_says(app, ann):
    """In private it is by design: one trusted machine."""
    if app.bench.settings.mode == "private":
        assert "set-cookie" not in ann.page().headers
        return
    other = str(uuid.uuid4())
    assert ann.grade(3, annotator=other, annotator_name="Eve")["ok"] is False
    assert ann.grade(3, annotator_name="Eve")["ok"] is True
    found = {judgment.annotator for judgment in app.bench.store.judgments("tiny")}
    assert found == {ann.call("read_person", {}).json()["annotator"]} and other not in found
    assert "Eve" not in app.bench.store.names().values()
    assert ann.call("undo_grade", {**gesture(), "annotator": ""}).json()["ok"]


# Files


def test_no_file_of_the_machine_is_served(app, ann):
    home = app.bench.settings.home
    (home / "incoming").mkdir(exist_ok=True)
    (home / "incoming" / "x.txt").write_text("grades")
    places = [
        home / "store.db",
        home / "incoming" / "x.txt",
        "/etc/passwd",
        "/proc/self/environ",
        DATA.parent / "app.py",
        DATA.parent / "pyproject.toml",
        DATA / "models" / "static-26" / "model.toml",
        "/tmp",
    ]
    for place in places:
        for path in (
            f"file={place}",
            f"file={str(place).replace('/', '%2F')}",
            f"file=/tmp/../{place}",
            f"file/{place}",
        ):
            answer = ann.get(f"/gradio_api/{path}")
            assert answer.status_code in (403, 404), (path, answer.status_code)
    for path in ("static/../../app.py", "assets/..%2f..%2f..%2fetc%2fpasswd", "static/%2e%2e/%2e%2e/routes.py"):
        assert ann.get(f"/{path}").status_code in (403, 404), path


def test_no_component_takes_or_gives_a_file(ann):
    kinds = {part["type"] for part in ann.get("/config").json()["components"]}
    assert kinds <= {"html", "column", "row", "form"}, kinds


@pytest.mark.parametrize("path", ["file=http://example.org/a", "file=//example.org/a", "proxy=https://x.hf.space/a"])
def test_no_address_is_fetched_or_redirected_to(ann, path):
    assert ann.get(f"/gradio_api/{path}").status_code == 404


@pytest.mark.parametrize("content", [b"x" * 900_000, b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"])
def test_nothing_is_uploaded_past_the_pages(ann, content):
    assert ann.post("/gradio_api/upload", files={"files": ("a.svg", content)}).status_code == 404


# Other sites


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_no_other_site_is_let_in(app, ann, origin, method):
    asked = {"origin": origin, "access-control-request-method": "POST"}
    for path in ("/", "/config", "/gradio_api/component_server/", "/gradio_api/queue/join", "/health"):
        answer = ann.request(method, path, headers=asked)
        assert answer.status_code == 403, path
        assert "access-control-allow-origin" not in answer.headers
    own = ann.get("/config", headers={"origin": app.url})
    assert own.status_code == 200


def test_a_host_that_is_not_ours_gets_nothing_on_a_private_machine(app):
    answer = httpx.get(app.url, headers={"host": "evil.example", **PAGE})
    if app.bench.settings.mode == "private":
        assert answer.status_code == 403
    else:
        assert answer.status_code in (200, 303), "a proxy stands in front and knows its names"


def test_in_a_container_a_name_that_points_here_is_refused_unless_it_is_ours(tmp_path, bench):
    given = {"mode": "private", "host": "0.0.0.0", "names": ("lab.example",)}
    with served(tmp_path / "home", bench.settings.home, **given) as app:
        codes = {
            host: httpx.get(app.url, headers={"host": host, **PAGE}).status_code
            for host in ("evil.example", "localhost:7860", "127.0.0.1:7860", "lab.example")
        }
    assert codes == {"evil.example": 403, "localhost:7860": 200, "127.0.0.1:7860": 200, "lab.example": 200}


def test_a_function_takes_only_json(ann):
    body = json.dumps({"data": {"run": "r"}, "component_id": ann.app.component, "fn_name": "stop_search"})
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert (
            ann.post("/gradio_api/component_server/", content=body, headers={"content-type": kind}).status_code == 415
        )


def test_every_answer_has_the_security_headers(ann):
    for path in (
        "/",
        "/config",
        "/theme.css",
        "/health",
        "/nowhere",
        "/gradio_api/upload",
        "/gradio_api/file=/etc/passwd",
    ):
        answer = ann.get(path)
        for name, value in HEADERS.items():
            assert answer.headers.get(name) == value, (path, name)


# What Gradio has open


@pytest.mark.parametrize(
    "path",
    [
        "/monitoring",
        "/monitoring/summary",
        "/gradio_api/monitoring/summary",
        "/gradio_api/monitoring/x",
        "/openapi.json",
        "/gradio_api/openapi.json",
        "/docs",
        "/redoc",
        "/gradio_api/info",
        "/runs",
        "/gradio_api/run-history/buckets",
        "/gradio_api/run-history/records",
        "/gradio_api/run-history/connect",
        "/gradio_api/deep_link?session_hash=x",
        "/gradio_api/profiling/traces",
        "/gradio_api/vibe-code",
        "/login",
        "/gradio_api/token",
        "/gradio_api/user",
        "/gradio_api/dev/reload",
        "/gradio_api/mcp",
        "/gradio_api/mcp/sse",
        "/gradio_api/custom_component/1/client/component/x.js",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_the_pages_do_not_use_is_closed(ann, path, method):
    assert ann.request(method, path, json={} if method == "POST" else None).status_code in (404, 405)


def test_nothing_is_shared_recorded_or_shown_of_errors(app, ann):
    told = options(app.bench)
    assert [told[name] for name in ("share", "run_history", "enable_monitoring", "mcp_server", "show_error")] == [
        False
    ] * 5
    assert told["allowed_paths"] == [] and told["blocked_paths"] == [str(app.bench.settings.home)]
    config = ann.get("/config").json()
    assert not config.get("analytics_enabled") and not config.get("run_history") and not config.get("show_error")
    assert str(app.bench.settings.home) not in ann.get("/config").text


def test_a_template_is_constant_and_holds_no_text(ann):
    parts = [part for part in ann.get("/config").json()["components"] if part["type"] == "html"]
    assert parts
    for part in parts:
        assert part["props"]["html_template"] == ""
        assert not part["props"].get("value")


# Size and number


def test_a_large_body_is_refused_whether_it_says_its_length_or_not(ann):
    kind = {"content-type": "application/json"}
    whole = ann.post("/gradio_api/component_server/", content=b" " * (MOST_BYTES + 1), headers=kind)
    assert whole.status_code == 413
    pieces = (b" " * 100_000 for _ in range(30))
    assert ann.post("/gradio_api/queue/join", content=pieces, headers=kind).status_code == 413


def test_deep_json_is_refused(ann):
    deep = b'{"data": ' + b"[" * 5_000 + b"]" * 5_000 + b', "session_hash": "s"}'
    for path in ("component_server/", "queue/join", "cancel", "reset"):
        answer = ann.post(f"/gradio_api/{path}", content=deep, headers={"content-type": "application/json"})
        assert 400 <= answer.status_code < 500, (path, answer.status_code)


@pytest.mark.parametrize("value", ["bytes=1-2-3", "bytes=-", "bytes=9-1-", "bytes=0-1,5-9", "lines=1"])
def test_a_range_that_makes_no_sense_is_a_416(ann, value):
    assert ann.get("/theme.css", headers={"range": value}).status_code == 416


@pytest.mark.parametrize("value", ["bytes=999999999-", "bytes=5-1"])
def test_a_range_past_the_end_is_no_error_of_ours(ann, value):
    assert ann.get("/theme.css", headers={"range": value}).status_code < 500


class Waiting(LocalService):
    """A service whose encoder does not answer before it is let go."""

    def __init__(self):
        super().__init__(DATA / "models")
        self.go = threading.Event()

    def encode(self, model, texts, side):
        self.go.wait(60)
        return super().encode(model, texts, side)


@pytest.mark.slow
def test_a_queue_that_is_full_says_so(app):
    service, was = Waiting(), app.bench.service
    app.bench.service = service
    try:
        with known(app, "Ann") as browser:
            codes = [
                browser.join(session=f"full{number}", systems=["dense:static-26"]).status_code for number in range(100)
            ]
            assert browser.get("/health").status_code == 200, "it answers while searches hang"
    finally:
        service.go.set()
        app.bench.service = was
    assert set(codes) == {200, 503}
    assert 64 <= codes.count(200) <= 64 + 16
    assert codes[:64] == [200] * 64


# Sessions of others


def test_a_stream_is_read_by_who_opened_it_alone(app, ann):
    """In private a number is all there is: one trusted machine."""
    ann.join()
    with known(app, "Ben") as ben:
        paths = (f"queue/data?session_hash={ann.session}", f"heartbeat/{ann.session}")
        if app.bench.settings.mode == "private":
            return
        for path in paths:
            assert ben.get(f"/gradio_api/{path}").status_code == 403
        cancel = {"session_hash": ann.session, "fn_index": app.search, "event_id": "e"}
        assert ben.post("/gradio_api/cancel", json=cancel).status_code == 403
    if app.bench.settings.mode == "session":
        with Browser(app) as stranger:
            for path in (*paths, "queue/status", "app_id"):
                assert stranger.get(f"/gradio_api/{path}").status_code == 401
            assert stranger.post("/gradio_api/cancel", json=cancel).status_code == 401


# What comes out


def test_a_lone_surrogate_ends_no_stream(app, ann):
    me = mine(app, ann)["annotator"]
    body = json.dumps({
        "data": [], "fn_index": app.search, "trigger_id": app.component, "session_hash": ann.session,
        "event_data": {"wish": {"run": "r\ud800", "annotator": me, "collection": "tiny", "query": "honey \udfff \ud83d",
                                "language": "", "documents": [], "systems": ["bm25"]}},
    })  # fmt: skip
    until = time.monotonic() + 10
    while True:  # another test may have left the queue full
        joined = ann.post("/gradio_api/queue/join", content=body, headers={"content-type": "application/json"})
        if joined.status_code != 503 or time.monotonic() > until:
            break
        time.sleep(0.1)
    assert joined.status_code == 200
    with ann.stream("GET", f"/gradio_api/queue/data?session_hash={ann.session}") as lines:
        for line in lines.iter_lines():
            assert "unexpected_error" not in line
            if "process_completed" in line:
                assert json.loads(line[5:])["success"] is True
                break
    answer = ann.call("read_text", {"collection": "tiny", "doc": "x"})
    assert answer.status_code == 200
    said = json.dumps(
        {
            "data": {"run": "\ud800"},
            "component_id": app.component,
            "fn_name": "stop_search",
            "session_hash": ann.session,
        }
    )
    answer = ann.post("/gradio_api/component_server/", content=said, headers={"content-type": "application/json"})
    assert answer.status_code < 500


def test_an_error_shows_no_more_than_a_sentence(app, ann, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("/secret/path and a password")

    monkeypatch.setattr(app.bench, "grade", broken)
    answer = ann.call("save_grade", gesture(2, **mine(app, ann)))
    assert answer.status_code == 200 and answer.json()["ok"] is False
    assert "secret" not in answer.text and "Traceback" not in answer.text
    monkeypatch.setattr(app.bench, "query", broken)
    text, _ = ann.search()
    assert "secret" not in text and "Traceback" not in text


def test_one_page_cannot_ask_without_end(app):
    with known(app, "Ben") as browser:
        codes = {browser.call("stop_search", {"run": "r"}).status_code for _ in range(400)}
        assert codes == {200, 429}
        waiting = browser.call("stop_search", {"run": "r"})
        while waiting.status_code != 429:
            waiting = browser.call("stop_search", {"run": "r"})
        assert int(waiting.headers["retry-after"]) >= 1
