"""The app in each mode, over real HTTP, and a browser of it that keeps its cookies."""

import json
import shutil
import socket
import uuid
from contextlib import contextmanager

import gradio as gr
import httpx

from core.settings import Settings
from core.store.events import new_event_id
from core.workbench import Workbench
from ui.pages import build_app, launch

PAGE = {"accept": "text/html"}


class Served:
    """An app that listens, and what its pages call."""

    def __init__(self, bench, blocks):
        self.bench, self.blocks = bench, blocks
        self.url = f"http://127.0.0.1:{bench.settings.port}"
        self.component = next(part._id for part in blocks.blocks.values() if isinstance(part, gr.HTML))
        self.search = next(
            number
            for number, fn in blocks.fns.items()
            if any(target == (self.component, "search") for target in fn.targets)
        )


@contextmanager
def served(home, source, **settings):
    """The app with a copy of that home, so that every mode has its own grades."""
    shutil.copytree(source, home, ignore=shutil.ignore_patterns("store.db*", "secret"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    bench = Workbench(Settings(home=home, collection="tiny", port=port, **settings))
    blocks = build_app(bench)
    try:
        launch(bench, blocks)
        yield Served(bench, blocks)
    finally:
        blocks.close()
        bench.close()


class Browser(httpx.Client):
    """Keeps its cookies, and one page's session."""

    def __init__(self, app):
        super().__init__(base_url=app.url, timeout=20)
        self.app, self.session = app, uuid.uuid4().hex[:11]

    def page(self, path="/"):
        return self.get(path, headers=PAGE)

    def sign_in(self, name, password, **form):
        return self.post("/signin", data={"name": name, "password": password, **form})

    def call(self, name, data, session=None, **more):
        body = {
            "data": data, "component_id": self.app.component, "fn_name": name,
            "session_hash": session or self.session,
        }  # fmt: skip
        return self.post("/gradio_api/component_server/", json=body, **more)

    def grade(self, grade=2, **more):
        return self.call("save_grade", gesture(grade, **more)).json()

    def join(self, session=None, **wish):
        asked = {
            "run": "r", "annotator": "", "collection": "tiny", "query": "how do bees make honey", "language": "",
            "documents": [], "systems": ["bm25"], **wish,
        }  # fmt: skip
        return self.post(
            "/gradio_api/queue/join",
            json={
                "data": [], "event_data": {"wish": asked}, "fn_index": self.app.search,
                "trigger_id": self.app.component, "session_hash": session or self.session,
            },
        )  # fmt: skip

    def search(self, **wish):
        """Everything that came, as one text, and the grades that the page was told."""
        joined = self.join(**wish)
        assert joined.status_code == 200, joined.text
        texts, grades = [], None
        with self.stream("GET", f"/gradio_api/queue/data?session_hash={self.session}") as lines:
            for line in lines.iter_lines():
                if line.startswith("data:"):
                    message = json.loads(line[5:])
                    texts.append(line)
                    grades = _found(message, "grades") if grades is None else grades
                    if message["msg"] == "process_completed":
                        break
        return "\n".join(texts), grades


def gesture(grade=2, **more):
    return {
        "event_id": new_event_id(), "annotator": "", "annotator_name": "", "collection": "tiny",
        "query": "how do bees make honey", "language": "en", "doc": "honey.en", "grade": grade,
        "expected_version": None, "system": "bm25", "rank": 1, "client_time": "2026-11-20T09:00:00Z", **more,
    }  # fmt: skip


def back(**more):
    """What undo and redo send."""
    return {
        "event_id": new_event_id(), "annotator": "", "collection": "tiny",
        "client_time": "2026-11-20T09:00:00Z", **more,
    }  # fmt: skip


def _found(value, key):
    """The first object of that name anywhere in a message."""
    if isinstance(value, dict):
        if isinstance(value.get(key), dict):
            return value[key]
        value = list(value.values())
    if isinstance(value, list):
        return next((found for part in value if (found := _found(part, key)) is not None), None)
    return None
