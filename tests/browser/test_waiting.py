"""What one sees while systems run: skeletons with their stage, stop, a column that fails, a search that overtakes."""

import uuid

import pytest
from conftest import serving
from slow_app import SECONDS, SENTENCE
from steps import answered

expect = pytest.importorskip(
    "playwright.sync_api", reason="NOT TESTED IN A BROWSER: playwright is not installed"
).expect
pytestmark = pytest.mark.slow

SYSTEMS = "/?v=1&s=bm25[q=lex];dense:static-26;rrf(bm25, bm25[q=lex])"
SKELETONS = """(text) => new Promise((done) => {
  const box = document.querySelector('#query');
  const begun = performance.now();
  box.value = text;
  box.form.requestSubmit();
  const look = () => {
    const column = document.querySelector('section.column[data-state=running] .skeleton');
    if (column) done(performance.now() - begun);
    else requestAnimationFrame(look);
  };
  look();
})"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The app on the slow encoder, in the place of the other tests' server."""
    with serving(tmp_path_factory.mktemp("slow"), ["tests/browser/slow_app.py"]) as url:
        yield url


def column(page, place):
    return page.locator("section.column").nth(place)


def asking(page, words):
    """Sends a query and does not wait; every query is another, so that nothing of it is kept."""
    page.locator("#query").fill(f"{words} {uuid.uuid4().hex[:6]}")
    page.locator("#query").press("Enter")


def cards(page, place):
    return column(page, place).locator("article.card")


def test_a_skeleton_says_its_stage_at_once(open_page, capsys):
    page = open_page(SYSTEMS)
    took = [page.evaluate(SKELETONS, f"slow honey {uuid.uuid4().hex[:6]}")]
    expect(column(page, 1)).to_have_attribute("data-state", "running")
    expect(column(page, 1).locator(".system")).to_have_text("dense:static-26")
    expect(column(page, 1).locator(".time")).to_have_text("running …")
    expect(column(page, 0).locator("article.card").first).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    answered(page)
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    assert page.locator(".skeleton").count() == 0
    for _ in range(4):
        page = open_page(SYSTEMS)
        took.append(page.evaluate(SKELETONS, f"slow honey {uuid.uuid4().hex[:6]}"))
        answered(page)
    with capsys.disabled():
        print(f"\nskeletons after Enter: {sorted(map(round, took))} ms")
    assert min(took) < 500


def test_old_cards_stay_for_a_moment_and_then_give_way_to_skeletons(open_page):
    page = open_page(SYSTEMS)
    asking(page, "honey")
    answered(page)
    asking(page, "slow honey")
    expect(cards(page, 1)).to_have_count(0)
    expect(column(page, 1).locator(".skeleton").first).to_be_visible()
    answered(page)
    expect(cards(page, 1)).to_have_count(20)


@pytest.mark.parametrize("by", ["button", "key"])
def test_stop_ends_what_runs_and_keeps_what_there_is(open_page, by):
    page = open_page(SYSTEMS)
    asking(page, "slow honey")
    expect(cards(page, 0)).to_have_count(20)
    if by == "button":
        page.get_by_role("button", name="Stop").click()
    else:
        page.locator("#query").press("Escape")
        page.keyboard.press(".")
    expect(column(page, 2)).to_have_attribute("data-state", "stopped")
    expect(column(page, 2)).to_contain_text("Stopped before it answered.")
    assert cards(page, 0).count() == 20
    answered(page)
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    asking(page, "honey")
    answered(page)
    expect(cards(page, 2)).to_have_count(20)


def test_a_column_that_fails_says_why_and_is_tried_again(open_page):
    page = open_page(SYSTEMS)
    asking(page, "once honey")
    answered(page)
    expect(column(page, 1).locator(".failed")).to_contain_text(SENTENCE)
    assert cards(page, 0).count() == cards(page, 2).count() == 20
    column(page, 1).get_by_role("button", name="Try again").click()
    expect(cards(page, 1)).to_have_count(20)
    answered(page)
    assert page.locator(".failed").count() == 0


def test_a_search_that_overtakes_another_is_the_one_that_stays(open_page):
    page = open_page(SYSTEMS)
    asking(page, "slower honey")
    expect(cards(page, 0)).to_have_count(20)
    asking(page, "tides moon")
    last = page.locator("#query").input_value()
    answered(page)
    page.wait_for_timeout(1000 * SECONDS["slower"])
    assert page.evaluate("new URLSearchParams(location.search).get('q')") == last
    assert [column(page, place).get_attribute("data-state") for place in range(3)] == ["done"] * 3
    assert page.locator("article.card[data-group=tides]").count() > 0
