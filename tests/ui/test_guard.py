"""Each row of what the guard refuses, on the real app."""

import json
import socket

import gradio as gr
import pytest
from fastapi.testclient import TestClient

from ui.guard import (
    BY_ADDRESS,
    BY_SESSION,
    HEADERS,
    MOST_BYTES,
    MOST_SESSION,
    SESSION,
    Guard,
    address_of,
    same_origin,
    session_of,
)
from ui.limits import Buckets, Rate
from ui.pages import build_app, launch

HOST = {"host": "localhost:7860"}


@pytest.fixture(scope="module")
def client(bench):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bench.settings = bench.settings.model_copy(update={"port": probe.getsockname()[1]})
    blocks = build_app(bench)
    launch(bench, blocks)
    with TestClient(blocks.app, base_url="http://localhost:7860") as client:
        client.component = next(part._id for part in blocks.blocks.values() if isinstance(part, gr.HTML))
        yield client
    blocks.close()


def call(client, **more):
    body = {"data": {"run": "r"}, "component_id": client.component, "fn_name": "stop_search", "session_hash": "s"}
    return client.post("/gradio_api/component_server/", **({"json": body} | more))


def test_own_requests_go_through_with_the_headers(client):
    page = client.get("/")
    assert page.status_code == 200
    for name, value in HEADERS.items():
        assert page.headers[name] == value
    assert call(client).json() == {"ok": True}
    assert call(client, headers={"origin": "http://localhost:7860"}).status_code == 200
    assert client.get("/theme.css").status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://evil.example",
        "http://localhost",
        "http://localhost:7861",
        "http://localhost:7860.evil.example",
        "file://",
        "http://[",
    ],
)
def test_another_origin_is_refused(client, origin):
    answer = call(client, headers={"origin": origin})
    assert answer.status_code == 403
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "localhost.evil.example", ""])
def test_a_foreign_host_name_is_refused_on_a_local_app(client, host):
    assert client.get("/", headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "[::1]:7860", "LOCALHOST:1", "app.localhost", "10.0.0.7:7860"])
def test_own_names_and_numbers_are_served(client, host):
    assert client.get("/", headers={"host": host}).status_code == 200


def test_any_host_is_served_where_the_app_is_public():
    assert Guard(None).host_is_ours("lab.example")
    assert Guard(None, local=True, names=["lab.example"]).host_is_ours("Lab.Example:7860")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_component_server_takes_only_json(client, kind):
    assert call(client, json=None, content=b"{}", headers={"content-type": kind}).status_code == 415


def test_a_large_body_is_refused_by_its_length(client):
    assert (
        call(
            client, json=None, content=b"x" * (MOST_BYTES + 1), headers={"content-type": "application/json"}
        ).status_code
        == 413
    )
    assert call(client, headers={"content-length": "many"}).status_code == 413


def test_a_large_body_in_pieces_is_refused_on_the_way(client):
    pieces = (b"x" * 100_000 for _ in range(20))
    assert call(client, json=None, content=pieces, headers={"content-type": "application/json"}).status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/upload/",
        "/gradio_api/upload_progress",
        "/gradio_api/process_recording",
        "/monitoring",
        "/monitoring/summary",
        "/gradio_api/monitoring",
        "/gradio_api/vibe-edit/",
        "/gradio_api/vibe-code",
        "/gradio_api/undo-vibe-edit",
        "/gradio_api/vibe-starter-queries/",
        "/gradio_api/proxy=https://x.hf.space/a",
        "/gradio_api/deep_link",
        "/gradio_api/run/search",
        "/gradio_api/run/predict",
        "/gradio_api/api/search",
        "/gradio_api/call/search",
        "/gradio_api/call/v2/search",
        "/gradio_api/call/search/0f0f",
        "/gradio_api/info",
        "/gradio_api/login_check",
        "/gradio_api/user",
        "/gradio_api/custom_component/x/client/component/index.js",
        "/login",
        "/logout",
        "/gradio_api/runs",
        "/gradio_api/run-history/connect",
        "/gradio_api/openapi.json",
        "/openapi.json",
        "/docs",
        "/redoc",
        "/gradio_api/token",
        "/gradio_api/dev/reload",
        "/gradio_api/stream/x/y/z/playlist.m3u8",
        "/gradio_api/file=http://example.org/a",
        "/gradio_api/file=HTTPS://example.org/a",
        "/gradio_api/file=//example.org/a",
        "/gradio_api/file=%68ttp://example.org/a",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unused_routes_are_closed(client, path, method):
    answer = client.request(method, path)
    assert (answer.status_code, answer.text) == (404, "Not found.\n")


@pytest.mark.parametrize(
    "value", ["bytes=1-2-3", "bytes=-", "lines=1-2", "bytes=a-b", "bytes=0-1,5-9", "bytes=" + "9" * 30 + "-"]
)
def test_a_bad_range_is_refused(client, value):
    assert client.get("/theme.css", headers={"range": value}).status_code == 416


@pytest.mark.parametrize("value", ["bytes=0-99", "bytes=5-", "bytes=-20"])
def test_a_good_range_is_not(client, value):
    assert client.get("/theme.css", headers={"range": value}).status_code in (200, 206)


def test_origins():
    assert same_origin(None, ["a"])
    assert same_origin("https://A:1", ["a:1"])
    assert same_origin("https://lab.example", ["127.0.0.1:7860", "lab.example"])
    assert not same_origin("https://a", [""])
    assert not same_origin("https://a:2", ["a"])


# How much


class Clock:
    """A time that the test moves."""

    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_a_bucket_has_its_burst_then_its_rate():
    clock = Clock()
    buckets = Buckets(Rate(3, 2), now=clock)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert buckets.take("b") == 0, "each key has its own"
    clock.seconds += 0.25
    assert buckets.take("a") == 0.25
    clock.seconds += 0.25
    assert [buckets.take("a"), buckets.take("a")] == [0, 0.5]
    clock.seconds += 3600
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5], "never more than the burst"
    buckets.give_back("a")
    assert buckets.take("a") == 0
    clock.seconds -= 7200
    assert buckets.take("a") == 0.5, "a clock set back gives nothing and takes nothing"


def test_the_memory_of_buckets_is_bounded():
    buckets = Buckets(Rate(1, 1), most=100)
    for number in range(10_000):
        buckets.take(str(number))
    assert len(buckets) == 100


def scope(path="/gradio_api/component_server/", method="POST", query="", client="10.0.0.1", **headers):
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "http", "path": path, "method": method, "query_string": query.encode(), "client": (client, 1),
        "headers": named, "root_path": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("of", "body", "session"),
    [
        (scope(), b'{"session_hash": "abc"}', "abc"),
        (scope(query="session_hash=mine"), b'{"session_hash": "theirs"}', "theirs"),
        (scope(), b'{"session_hash": "a", "session_hash": "b"}', "b"),
        (scope(), b'{"data": {"session_hash": "x"}}', ""),
        (scope(), b"[" * 100_000, ""),
        (scope(), b"{", ""),
        (scope(), b'"abc"', ""),
        (scope(), b'{"session_hash": ["a"]}', ""),
        (scope(), json.dumps({"session_hash": "s" * 5000}).encode(), "s" * MOST_SESSION),
        (scope("/gradio_api/queue/data", "GET", "session_hash=a&session_hash=b"), b"", "b"),
        (scope("/gradio_api/queue/data", "GET", "a=1"), b"", ""),
        (scope("/gradio_api/heartbeat/abc", "GET", "session_hash=own"), b"", "abc"),
    ],
)
def test_the_session_is_read_where_gradio_reads_it(of, body, session):
    assert session_of(of, body) == session


def test_an_address_is_a_proxys_word_only_where_it_is_ours():
    assert address_of(scope(x_forwarded_for="1.1.1.1, 2.2.2.2"), trust_proxy=False) == "10.0.0.1"
    assert address_of(scope(x_forwarded_for="1.1.1.1, 2.2.2.2"), trust_proxy=True) == "2.2.2.2"
    assert address_of(scope(), trust_proxy=True) == "10.0.0.1"


def guard_with(clock, **options):
    guard = Guard(None, **options)
    guard.by_session, guard.by_address = Buckets(BY_SESSION, now=clock), Buckets(BY_ADDRESS, now=clock)
    return guard


def asked(guard, session, **more):
    """The status that a request of that session gets, 200 for one that goes on."""
    refused = guard.too_many(scope(**more) | {SESSION: session})
    return refused.status_code if refused else 200


def test_a_room_at_one_address_is_served_where_one_flood_is_not():
    clock = Clock()
    guard = guard_with(clock)
    for _ in range(60):  # a minute: 32 people save four times a second each, without a pause
        assert {asked(guard, f"person {person}") for person in range(32) for _ in range(4)} == {200}
        clock.seconds += 1.0
    flood = [asked(guard, "flood") for _ in range(1000)]
    assert flood.count(200) == BY_SESSION.burst
    assert asked(guard, "person 1") == 200, "the others at that address go on"
    refused = guard.too_many(scope() | {SESSION: "flood"})
    assert refused.headers["retry-after"] == "1"
    assert b"Too many requests" in refused.body
    clock.seconds += 1
    assert asked(guard, "flood") == 200


def test_made_up_sessions_are_counted_by_their_address():
    guard = guard_with(Clock())
    answers = [asked(guard, f"made up {number}") for number in range(7000)]
    assert answers.count(200) == BY_ADDRESS.burst
    assert asked(guard, "another", client="10.0.0.2") == 200


def test_a_known_person_is_counted_as_one_whatever_session_they_name():
    guard = guard_with(Clock(), known=lambda scope: "ada")
    assert [asked(guard, f"made up {n}") for n in range(300)].count(200) == BY_SESSION.burst
    assert asked(guard, "", path="/assets/index.js", method="GET") == 200, "files are counted by address"


def test_a_flood_over_http_gets_429_and_a_sentence(client):
    def stop(session):
        body = {"data": {"run": "r"}, "component_id": client.component, "fn_name": "stop_search"}
        return client.post("/gradio_api/component_server/", json=body | {"session_hash": session})

    answers = [stop("flood") for _ in range(int(BY_SESSION.burst) + 200)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused and int(refused[0].headers["retry-after"]) >= 1
    assert "wait" in refused[0].text and refused[0].headers["X-Content-Type-Options"] == "nosniff"
    assert stop("another").json() == {"ok": True}


def test_a_proxy_that_is_trusted_says_what_the_app_is_called():
    guard = Guard(None, local=True, trust_proxy=True, names=["lab.example"])
    outside = {"host": "127.0.0.1:7860", "x_forwarded_host": "lab.example", "content_type": "application/json"}
    assert guard.refusal(scope(**outside, origin="https://lab.example")) is None
    assert guard.refusal(scope(**outside, origin="https://evil.example")).status_code == 403
    assert guard.refusal(scope(**outside | {"x_forwarded_host": "evil.example"})).status_code == 403
    other = Guard(None, local=True, names=["lab.example"])
    assert other.refusal(scope(**outside, origin="https://lab.example")) is None, "named, it needs no header"
