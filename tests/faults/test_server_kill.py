"""The whole app is killed while people grade through the page's own path: nothing that was acknowledged is lost."""

import itertools
import os
import signal
import threading
import time
import uuid
from datetime import UTC, datetime

import httpx

from core.store.events import new_event_id
from core.store.store import Store
from tests.serving import start

KILLS, PEOPLE = int(os.environ.get("BABELSCOPE_KILLS", "3")), 4
ARTICLES = ["honey", "pollination", "tides", "tsunami", "bread", "vaccine", "printing", "solar"]
LANGUAGES = ["ar", "de", "en", "es", "fr", "hi", "ja", "ko", "ru", "sw", "th", "zh"]
PAIRS = [f"{article}.{tag}" for article in ARTICLES for tag in LANGUAGES]


def component(url: str) -> int:
    """The id of the part of the page that saves grades."""
    parts = httpx.get(f"{url}/config").json()["components"]
    return next(part["id"] for part in parts if "save_grade" in str(part["props"].get("server_fns", part["props"])))


class Person(threading.Thread):
    """Grades one document after the other, without a pause, until the server is gone."""

    def __init__(self, url: str, part: int, acknowledged: dict[str, tuple[str, str, int]]) -> None:
        super().__init__()
        self.url, self.part, self.acknowledged = url, part, acknowledged
        self.annotator = str(uuid.uuid4())

    def run(self) -> None:
        with httpx.Client(base_url=self.url, timeout=10) as client:
            for at in itertools.count():
                event = new_event_id()
                doc, grade = PAIRS[at % len(PAIRS)], at % 4
                data = {
                    "event_id": event, "annotator": self.annotator, "annotator_name": "Ada", "collection": "demo",
                    "query": "nyuki", "language": "sw", "doc": doc, "grade": grade, "expected_version": None,
                    "system": "bm25", "rank": 1, "client_time": datetime.now(UTC).isoformat(),
                }  # fmt: skip
                body = {
                    "data": data,
                    "component_id": self.part,
                    "fn_name": "save_grade",
                    "session_hash": self.annotator,
                }
                try:
                    answer = client.post("/gradio_api/component_server/", json=body)
                except httpx.HTTPError:
                    return
                if answer.status_code == 200 and answer.json().get("ok") is True:
                    self.acknowledged[event] = (self.annotator, doc, grade)


def test_three_kills_of_the_server_lose_no_acknowledged_grade(tmp_path):
    acknowledged: dict[str, tuple[str, str, int]] = {}
    for _ in range(KILLS):
        process, url = start(tmp_path)
        people = [Person(url, component(url), acknowledged) for _ in range(PEOPLE)]
        enough = len(acknowledged) + 60
        for person in people:
            person.start()
        until = time.monotonic() + 60
        while len(acknowledged) < enough and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        for person in people:
            person.join()
        with Store.open(tmp_path / "store.db") as store:
            report = store.verify()
            stored = {logged.event.event_id: logged.event for logged in store.history()}
        assert report.faults == ()
        lost = set(acknowledged) - set(stored)
        assert not lost
        for event_id, (annotator, doc, grade) in acknowledged.items():
            event = stored[event_id]
            assert (event.key.annotator, event.key.doc_id, event.grade) == (annotator, doc, grade)
    assert len(acknowledged) >= 60 * KILLS
    print(
        f"\nserver: {KILLS} kills, {len(acknowledged):,} acknowledged grades, 0 lost, "
        f"{len(stored) - len(acknowledged)} stored but not acknowledged; chain, projection and integrity ok"
    )
