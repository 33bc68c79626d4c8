"""The whole app is killed while people grade and search through the page's own path: what was acknowledged is there.

What was not acknowledged is sent again under its own event id, as the page does, and is there once.
"""

import asyncio
import os
import random
import signal

from core.store.store import Store
from tests.faults.figures import record
from tests.faults.people import Page, Person, page_of
from tests.serving import start

KILLS = int(os.environ.get("BABELSCOPE_KILLS", "20"))
PEOPLE, SEARCHERS = 8, 2
FOREVER = float("inf")


async def storm(page: Page, people: list[Person], searchers: list[Person], acks: int, kill) -> None:
    """Everybody works, after sending again what was not answered before, until there are that many more grades."""
    await come_back(page, people)
    for person in [*people, *searchers]:
        person.visit(page)
    enough = acknowledged(people) + acks
    working = [asyncio.create_task(person.grade_until(FOREVER, 0)) for person in people]
    working += [asyncio.create_task(person.search_until(FOREVER)) for person in searchers]
    while acknowledged(people) < enough:
        assert not all(task.done() for task in working), "nobody can work"
        await asyncio.sleep(0.001)
    kill()
    await asyncio.gather(*working)
    for person in [*people, *searchers]:
        await person.client.aclose()


async def come_back(page: Page, people: list[Person]) -> None:
    """Everybody sends what was not answered, and goes."""
    for person in people:
        person.visit(page)
        await person.resend()
        await person.client.aclose()


def acknowledged(people: list[Person]) -> int:
    return sum(len(person.record.acknowledged) for person in people)


def stored(home, people: list[Person]) -> set[str]:
    """The event ids in the store, which is whole and has everything that was acknowledged."""
    with Store.open(home / "store.db") as store:
        assert not store.read_only, "the lock outlived its process"
        assert store.verify().faults == ()
        found = {logged.event.event_id: logged.event for logged in store.history()}
    for person in people:
        for event_id, ack in person.record.acknowledged.items():
            assert event_id in found, "an acknowledged grade is lost"
            event = found[event_id]
            assert (event.key.annotator, event.key.doc_id, event.grade) == ack
    return set(found)


def test_no_acknowledged_grade_is_lost_and_none_is_stored_twice_when_the_app_is_killed(tmp_path):
    seed = random.randrange(10**6)
    chance, people, searchers = random.Random(seed), [], []
    unanswered = already = 0
    for _ in range(KILLS):
        process, url = start(tmp_path)
        page = page_of(url)
        people = people or [Person(page) for _ in range(PEOPLE)]
        searchers = searchers or [Person(page) for _ in range(SEARCHERS)]

        def kill(process=process):
            os.kill(process.pid, signal.SIGKILL)
            process.wait()

        asyncio.run(storm(page, people, searchers, chance.randrange(20, 120), kill))
        there = stored(tmp_path, people)
        waiting = {data["event_id"] for person in people for data in person.record.unanswered}
        unanswered, already = unanswered + len(waiting), already + len(waiting & there)

    process, url = start(tmp_path)
    asyncio.run(come_back(page_of(url), people))
    process.kill()
    process.wait()
    assert [why for person in people for why in person.record.refused] == []
    assert [data for person in people for data in person.record.unanswered] == []
    there = stored(tmp_path, people)
    assert len(there) == acknowledged(people), "a grade is stored twice"
    record("2", "kills", str(KILLS))
    record("2", "acknowledged", str(len(there)))
    record("2", "lost", "0")
    record(
        "2", "clients",
        f"{PEOPLE} grading and {SEARCHERS} searching; {unanswered} grades without an answer sent again, {already} of "
        f"them were stored already, 0 stored twice; seed {seed}",
    )  # fmt: skip
