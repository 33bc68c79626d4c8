"""Two tabs of one person, and two people, on the same document: nobody's grade disappears without a word."""

import uuid

import pytest
from steps import answered, ask

expect = pytest.importorskip(
    "playwright.sync_api", reason="NOT TESTED IN A BROWSER: playwright is not installed"
).expect
pytestmark = pytest.mark.slow


def first_card(page):
    return page.locator("article.card").first


def press(page, key, state):
    page.bring_to_front()
    first_card(page).focus()
    page.keyboard.press(key)
    expect(first_card(page)).to_have_attribute("data-state", state)


def graded(page):
    return first_card(page).locator(".grade[aria-checked=true]")


def beside(page):
    """Another tab of the same person, at the same place."""
    other = page.context.new_page()
    other.goto(page.url)
    answered(other)
    return other


def test_the_slower_tab_sees_the_other_grade_and_can_then_decide(open_page):
    page = open_page()
    ask(page, f"solar panels {uuid.uuid4().hex[:6]}")
    other = beside(page)
    press(page, "1", "saved")
    press(other, "3", "refused")
    expect(graded(other)).to_have_text("1")
    expect(first_card(other).locator(".sentence")).to_contain_text("Your 3 was not saved")
    expect(first_card(other).locator(".sentence")).to_contain_text("elsewhere")
    press(other, "3", "saved")
    press(page, "2", "refused")  # now this tab is the one that is behind
    expect(graded(page)).to_have_text("3")
    for tab in (page, other):
        tab.reload()
        answered(tab)
        expect(graded(tab)).to_have_text("3")


def test_a_clear_in_one_tab_is_not_graded_over_by_the_other(open_page):
    page = open_page()
    ask(page, f"bread dough {uuid.uuid4().hex[:6]}")
    press(page, "2", "saved")
    other = beside(page)
    expect(graded(other)).to_have_text("2")
    press(page, "x", "")
    press(other, "3", "unsaved")
    expect(graded(other)).to_have_count(0)
    expect(first_card(other).locator(".sentence")).to_contain_text("no grade now")


def test_what_one_tab_could_not_send_is_taken_over_by_the_next(open_page):
    page = open_page()
    ask(page, f"how tides rise {uuid.uuid4().hex[:6]}")
    link = page.url
    page.route("**/component_server/**", lambda route: route.abort())
    press(page, "3", "unsaved")
    expect(graded(page)).to_have_text("3")
    context = page.context
    page.close()
    other = context.new_page()
    other.goto(link)
    answered(other)
    expect(first_card(other)).to_have_attribute("data-state", "saved")
    expect(graded(other)).to_have_text("3")
    open_page.errors[:] = [error for error in open_page.errors if "ERR_FAILED" not in error]


def test_two_people_on_one_document_each_keep_their_own_grade(open_page):
    ada = open_page()
    ask(ada, f"volcano {uuid.uuid4().hex[:6]}")
    bo = open_page("/" + ada.url.split("/", 3)[3])  # another browser
    answered(bo)
    press(ada, "1", "saved")
    press(bo, "3", "saved")
    for page, grade in ((ada, "1"), (bo, "3")):
        page.reload()
        answered(page)
        expect(graded(page)).to_have_text(grade)
