"""/health says whether the real app can serve: 200, or 503 with the sentence."""

import json
import resource
import threading

import anyio
import pytest
from fastapi.testclient import TestClient
from gradio.routes import App

from core.settings import Settings
from core.store.store import Store
from core.workbench import Workbench
from ui.guard import HEADERS
from ui.health import Health
from ui.pages import build_app, options

PLAIN = {"http://localhost:7860": "private", "http://lab.example": "session", "http://space.example": "public"}


@pytest.fixture
def home(tmp_path, bench):
    """A home with the tiny collection, indexed, and a store of its own."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("collections", "index"):
        (home / name).symlink_to(bench.settings.home / name)
    return home


@pytest.fixture
def own(home):
    made = Workbench(Settings(home=home, collection="tiny"))
    yield made
    made.close()


def asked(bench, method="GET", path="/health", **more):
    """The answer of the middleware alone, fresh."""

    async def app(scope, receive, send):
        raise AssertionError("the request went on")

    return TestClient(Health(app, bench=bench)).request(method, path, **more)


@pytest.mark.parametrize(("url", "mode"), PLAIN.items())
def test_the_real_app_answers_through_the_guard_in_every_mode(own, url, mode):
    own.settings = own.settings.model_copy(update={"mode": mode})
    blocks = build_app(own)
    with TestClient(App.create_app(blocks, **created(own)), base_url=url) as client:
        answer = client.get("/health")
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["ok"] is True
        assert (found["mode"], found["store"], found["index"]) == (mode, "writing", {"tiny": "ready"})
        assert answer.headers["cache-control"] == "no-store"
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
        assert client.get("/health", headers={"origin": "https://evil.example"}).status_code == 403
        assert client.head("/health").status_code == 200
        assert client.post("/health", json={}).status_code == 405


def created(bench):
    """What `launch` hands to the server of the options."""
    return {"app_kwargs": options(bench)["app_kwargs"]}


def test_another_process_that_writes_is_named(own, home):
    with Store.open(home / "store.db"):
        answer = asked(own)
        assert (answer.status_code, answer.json()["store"]) == (503, "read-only")


def test_a_full_disk_is_a_sentence_without_the_path_and_passes(own, home):
    assert asked(own).status_code == 200
    was = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, was[1]))
    try:
        answer = asked(own)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, was)
    assert answer.status_code == 503
    assert "cannot be used" in answer.json()["store"] and "free disk space" in answer.json()["store"]
    assert str(home) not in answer.text
    assert asked(own).status_code == 200


def test_a_moved_file_is_a_sentence(own, home):
    assert asked(own).status_code == 200
    (home / "store.db").rename(home / "elsewhere.db")
    answer = asked(own)
    assert answer.status_code == 503
    assert "'BABELSCOPE_HOME/store.db' was moved" in answer.json()["store"]
    (home / "elsewhere.db").rename(home / "store.db")
    assert asked(own).status_code == 200


def test_a_damaged_file_is_a_sentence(own, home):
    (home / "store.db").write_bytes(b"")
    answer = asked(own)
    assert answer.status_code == 503
    assert answer.json()["ok"] is False and "BABELSCOPE_HOME/store.db" in answer.json()["store"]


def test_a_collection_without_an_index(own, home):
    (home / "index").unlink()
    answer = asked(own)
    assert (answer.status_code, answer.json()["index"]) == (503, {"tiny": "not indexed"})


def test_asking_often_writes_once(own, home):
    client = TestClient(Health(None, bench=own))
    client.get("/health")
    written = (home / "store.db-wal").stat().st_size
    for _ in range(20):
        assert client.get("/health").status_code == 200
    assert (home / "store.db-wal").stat().st_size == written


def test_checking_changes_nothing_that_is_verified(own):
    for _ in range(5):
        own.store.check()
    report = own.store.verify()
    assert (report.faults, report.events) == ((), 0)


def test_it_answers_while_every_thread_of_the_app_works(own):
    """Forty threads are all that Gradio's handlers get; /health has its own."""
    release = threading.Event()

    async def both():
        async with anyio.create_task_group() as group:
            for _ in range(40):
                group.start_soon(anyio.to_thread.run_sync, release.wait, 20)
            await anyio.sleep(0.2)
            try:
                answer = await Health(None, bench=own).looked()
                assert not release.is_set()
            finally:
                release.set()
        return answer

    assert anyio.run(both).status_code == 200


def test_a_store_that_hangs_is_a_503(own, monkeypatch):
    monkeypatch.setattr("ui.health.LONGEST_SECONDS", 0.2)
    release = threading.Event()
    holding = threading.Thread(target=own.store._writer.run, args=(lambda _: release.wait(20),))
    holding.start()
    answer = asked(own)
    release.set()
    holding.join()
    assert answer.status_code == 503
    assert "did not answer" in json.loads(answer.text)["store"]


@pytest.mark.parametrize("path", ["/health/", "/app/health"])
def test_a_slash_at_the_end_and_a_mount_are_no_matter(own, path):
    client = TestClient(Health(None, bench=own), root_path="/app" if path.startswith("/app") else "")
    assert client.get(path).status_code == 200
