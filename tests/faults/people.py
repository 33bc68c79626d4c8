"""People who use the app over HTTP as its page does: they grade by the server function, and search by the queue.

`python -m tests.faults.people` runs a crowd in a process of its own, so that its CPU is told apart from the server's.
"""

import argparse
import asyncio
import itertools
import json
import resource
import ssl
import sys
import time
import uuid
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from core.store.events import new_event_id
from core.workbench import DEFAULT

Json = dict[str, Any]

ARTICLES = ["honey", "pollination", "tides", "tsunami", "bread", "vaccine", "printing", "solar"]
LANGUAGES = ["ar", "de", "en", "es", "fr", "hi", "ja", "ko", "ru", "sw", "th", "zh"]
PAIRS = [f"{article}.{tag}" for article in ARTICLES for tag in LANGUAGES]
ASKED = [
    "jinsi nyuki wanavyotengeneza asali",
    "how does a vaccine work",
    "蜂蜜はどうやって作られるか",
    "warum gibt es Ebbe und Flut",
]
ANSWER_SECONDS = 15
"""How long a page waits before it takes a grade for unsent (ui/js/grades.js)."""
TLS = ssl.create_default_context()
"""One for all: nobody here uses it, and httpx would read the certificates anew for each person."""
BUSY = (429, 503)
"""What a server answers that has too much to do."""


@dataclass(frozen=True)
class Page:
    """Where the app is, and the ids of the parts that the Search page calls."""

    url: str
    component: int
    search: int


def page_of(url: str) -> Page:
    """What the config of the page says."""
    config = httpx.get(f"{url}/config").json()
    part = next(part["id"] for part in config["components"] if "save_grade" in str(part["props"]))
    search = next(one["id"] for one in config["dependencies"] if [part, "search"] in one["targets"])
    return Page(url, part, search)


@dataclass
class Record:
    """What became of one person's grades. `acknowledged`: event id → (annotator, document, grade)."""

    acknowledged: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    unanswered: list[Json] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    told_to_wait: int = 0
    searches: list[float] = field(default_factory=list)
    failed_searches: list[str] = field(default_factory=list)


class Person:
    """One browser, which knows who it is. The server may end at any time; then every method returns False."""

    def __init__(self, page: Page) -> None:
        self.record, self.annotator = Record(), str(uuid.uuid4())
        self.versions: dict[str, int] = {}
        self.visit(page)

    def visit(self, page: Page) -> None:
        """Opens the page, a first time or again."""
        self.page, self.session = page, uuid.uuid4().hex[:11]
        self.client = httpx.AsyncClient(base_url=page.url, timeout=ANSWER_SECONDS, verify=TLS)

    async def resend(self) -> None:
        """Sends what nobody answered before, as it was."""
        waiting, self.record.unanswered = self.record.unanswered, []
        for data in waiting:
            await self.send(data)

    async def grade_until(self, end: float, think: float) -> None:
        """Grades one document after the other, `think` seconds apart, until that time or the server's end."""
        for at in itertools.count():
            if time.monotonic() >= end or not await self.grade(PAIRS[at % len(PAIRS)], at % 4):
                return
            if think:
                await asyncio.sleep(min(think, max(0.0, end - time.monotonic())))

    async def grade(self, doc: str, grade: int) -> bool:
        """Gives a grade once; False when nobody answered."""
        return await self.send(
            {
                "event_id": new_event_id(), "annotator": self.annotator, "annotator_name": "Ada", "collection": "demo",
                "query": "nyuki", "language": "sw", "doc": doc, "grade": grade,
                "expected_version": self.versions.get(doc, 0), "system": "bm25", "rank": 1,
                "client_time": datetime.now(UTC).isoformat(),
            }
        )  # fmt: skip

    async def send(self, data: Json) -> bool:
        """Sends the event, again or for the first time, and keeps what became of it; False when nobody answered."""
        body = {
            "data": data,
            "component_id": self.page.component,
            "fn_name": "save_grade",
            "session_hash": self.session,
        }
        begun, wait = time.monotonic(), True
        try:
            while wait:
                answer = await self.client.post("/gradio_api/component_server/", json=body)
                wait = await self.told_to_wait(answer)
        except httpx.HTTPError:
            self.record.unanswered.append(data)
            return False
        said = answer.json() if answer.status_code == 200 else None
        if said and said.get("ok") is True:
            self.record.seconds.append(time.monotonic() - begun)
            self.record.acknowledged[data["event_id"]] = (data["annotator"], data["doc"], data["grade"])
            self.versions[data["doc"]] = said["version"]
        else:
            self.record.refused.append(f"{answer.status_code} {said['error'] if said else answer.text[:200]}")
        return True

    async def told_to_wait(self, answer: httpx.Response) -> bool:
        """Whether the server was too busy; then the time it named is over."""
        if answer.status_code not in BUSY:
            return False
        self.record.told_to_wait += 1
        await asyncio.sleep(int(answer.headers.get("Retry-After", "1")))
        return True

    async def search_until(self, end: float) -> None:
        """Asks one query after the other, each as soon as the one before is answered."""
        for text in itertools.cycle(ASKED):
            if time.monotonic() >= end or not await self.search(text):
                return

    async def search(self, text: str) -> bool:
        """Asks as the page does, and listens until every column is there; False when the server is gone."""
        begun = time.monotonic()
        try:
            joined = await self.ask(text)
            if await self.told_to_wait(joined):
                return True
            columns = await self._columns() if joined.status_code == 200 else {str(joined.status_code)}
        except httpx.HTTPError:
            return False
        if columns == set(DEFAULT):
            self.record.searches.append(time.monotonic() - begun)
        else:
            self.record.failed_searches.append(f"columns {sorted(columns)}")
        return True

    async def ask(self, text: str) -> httpx.Response:
        """The answer to the event alone."""
        wish = {
            "collection": "demo", "query": text, "language": "", "documents": [], "systems": list(DEFAULT),
            "run": str(uuid.uuid4()), "annotator": self.annotator,
        }  # fmt: skip
        event = {
            "data": [], "event_data": {"wish": wish}, "fn_index": self.page.search,
            "trigger_id": self.page.component, "session_hash": self.session,
        }  # fmt: skip
        return await self.client.post("/gradio_api/queue/join", json=event)

    async def _columns(self) -> set[str]:
        """The systems whose columns came with documents in them."""
        found: set[str] = set()
        address = f"/gradio_api/queue/data?session_hash={self.session}"
        async with self.client.stream("GET", address) as lines:
            async for line in lines.aiter_lines():
                if not line.startswith("data:"):
                    continue
                message = json.loads(line[5:])
                found |= {column["system"] for column in _columns_in(message) if column["hits"]}
                if message["msg"] in ("process_completed", "close_stream"):
                    break
        return found


def _columns_in(value: object) -> list[Json]:
    """The columns anywhere in a message: the queue sends first whole values, then what differs."""
    if isinstance(value, dict):
        if "system" in value and "hits" in value:
            return [value]
        return [column for part in value.values() for column in _columns_in(part)]
    if isinstance(value, list):
        return [column for part in value for column in _columns_in(part)]
    if isinstance(value, str) and value.startswith('{"run"'):
        return _columns_in(json.loads(value))  # a column travels as one text
    return []


async def crowd(
    page: Page, *, people: int, searchers: int, think: float, seconds: float
) -> tuple[list[Record], Record]:
    """What became of each grading person's grades, and of all searches of those who only search."""
    grading, searching = ([Person(page) for _ in range(count)] for count in (people, searchers))
    end = time.monotonic() + seconds

    async def come_and_grade(at: int, person: Person) -> None:
        await asyncio.sleep(think * at / max(people, 1))  # they do not sit down at the same moment
        await person.grade_until(end, think)

    await asyncio.gather(
        *(come_and_grade(at, person) for at, person in enumerate(grading)),
        *(person.search_until(end) for person in searching),
    )
    for person in [*grading, *searching]:
        await person.client.aclose()
    searched = Record(
        told_to_wait=sum(person.record.told_to_wait for person in searching),
        searches=[took for person in searching for took in person.record.searches],
        failed_searches=[why for person in searching for why in person.record.failed_searches],
    )
    return [person.record for person in grading], searched


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    for name in ("people", "searchers"):
        parser.add_argument(f"--{name}", type=int, required=True)
    for name in ("think", "seconds"):
        parser.add_argument(f"--{name}", type=float, required=True)
    wanted = vars(parser.parse_args())
    records, searched = asyncio.run(crowd(page_of(wanted.pop("url")), **wanted))
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime
    json.dump({"people": [asdict(one) for one in records], "searched": asdict(searched), "cpu": cpu}, sys.stdout)


if __name__ == "__main__":
    main()
