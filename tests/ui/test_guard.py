"""Each row of what the guard refuses, on the real app."""

import socket

import gradio as gr
import pytest
from fastapi.testclient import TestClient

from ui.guard import HEADERS, MOST_BYTES, Guard, is_local, same_origin
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
    assert same_origin(None, "a")
    assert same_origin("https://A:1", "a:1")
    assert not same_origin("https://a", "")


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("lab.example", False),
        ("::", False),
    ],
)
def test_what_is_local(host, local):
    assert is_local(host) is local
