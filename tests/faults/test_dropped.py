"""The tab is closed or the network drops just after the click: the grade is stored, or sent when one is back.

BABELSCOPE_DROPS: how often. What is on the way is lost in either direction, so that some answers never arrive.
"""

import os
import random
import time
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import pytest

from core.store.store import Store
from tests.faults.figures import record
from tests.faults.wire import wired
from tests.serving import start

playwright = pytest.importorskip("playwright.sync_api", reason="NOT TESTED IN A BROWSER: playwright is not installed")
CHROMIUM = os.environ.get("BABELSCOPE_CHROMIUM", "/usr/bin/chromium")
DROPS = int(os.environ.get("BABELSCOPE_DROPS", "200"))
WAYS = ("tab closed", "connection cut", "network off")
ASKED = ["honey", "vaccine", "tides", "bread", "printing", "solar panel", "battery", "volcano", "paper", "soap"]
MOST_MS = 200
CARDS = 20


@pytest.fixture
def browser():
    if not Path(CHROMIUM).exists():
        pytest.skip(f"NOT TESTED IN A BROWSER: there is no {CHROMIUM}; set BABELSCOPE_CHROMIUM")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM)
        yield chromium
        chromium.close()


class Judge:
    """One person in one browser, at the far end of a wire."""

    def __init__(self, browser, wire):
        self.wire, self.context = wire, browser.new_context()
        self.context.set_default_timeout(30_000)
        self.page = self.text = None

    def look_at(self, text):
        """Opens the list for a query, in a new tab where there is none."""
        self.page, self.text = self.page or self.context.new_page(), text
        self.page.goto(f"{self.wire.url}/?v=1&c=demo&q={quote(text)}&ql=en&s=dense:static-26")
        self.page.wait_for_function("document.querySelector('div.grid')?.dataset.done === 'yes'")

    def card(self, place):
        return self.page.locator("article.card").nth(place)

    def drop(self, way, milliseconds):
        """Waits that long, and is gone."""
        self.page.wait_for_timeout(milliseconds)
        match way:
            case "tab closed":
                self.page.close()
            case "connection cut":
                self.wire.cut()
            case "network off":
                self.context.set_offline(True)

    def come_back(self, way):
        """Is there again; the page hears that the network is back, as from a real one."""
        match way:
            case "tab closed":
                self.page = None
                self.look_at(self.text)
            case "connection cut":
                self.page.evaluate("window.dispatchEvent(new Event('online'))")
            case "network off":
                self.context.set_offline(False)


def test_a_grade_is_never_lost_silently_and_never_stored_twice(browser, tmp_path):
    process, url = start(tmp_path)
    seed = random.randrange(10**6)
    try:
        with wired(int(url.rpartition(":")[2])) as wire, Store.open(tmp_path / "store.db") as store:
            found = dropped(Judge(browser, wire), store, random.Random(seed))
            given = [(logged.event.key.query_id, logged.event.key.doc_id) for logged in store.history()]
    finally:
        process.kill()
        process.wait()
    assert len(given) == len(set(given)) == DROPS, "a grade is stored twice, or not at all"
    seen = "; ".join(f"{way}, {what}: {count} times" for (way, what), count in sorted(found.items()))
    record("17", f"{DROPS} clicks, dropped 0 to {MOST_MS} ms later", f"0 lost, 0 stored twice; {seen}; seed {seed}")


def dropped(judge, store, chance):
    """How often each way ended how: what was stored by then, and what the page says that it keeps and sends again."""
    outcomes = Counter()
    for at in range(DROPS):
        turn, place = divmod(at, CARDS)
        if place == 0:
            judge.look_at(f"{ASKED[turn % len(ASKED)]} {turn // len(ASKED) or ''}".strip())
        way, value = chance.choice(WAYS), chance.randrange(4)
        judge.card(place).locator(".grade").nth(value).evaluate("(button) => button.click()")  # and is back at once
        judge.drop(way, chance.uniform(0, MOST_MS))
        time.sleep(0.1)  # what is on the way arrives, or never does
        was = "stored" if any(True for _ in store.history(after=at)) else "not stored"
        if way != "tab closed":
            was += f", shown {judge.card(place).get_attribute('data-state')}"
        judge.come_back(way)
        playwright.expect(judge.card(place)).to_have_attribute("data-state", "saved", timeout=30_000)
        playwright.expect(judge.card(place).locator(".grade[aria-checked=true]")).to_have_text(str(value))
        outcomes[way, was] += 1
    return outcomes
