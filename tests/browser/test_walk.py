"""A walk through the Search page: ask, read, grade, go back, by keyboard, in several scripts."""

import re
import uuid
from urllib.parse import quote

import pytest
from steps import answered, ask, words_of

expect = pytest.importorskip(
    "playwright.sync_api", reason="NOT TESTED IN A BROWSER: playwright is not installed"
).expect
pytestmark = pytest.mark.slow

QUERIES = {
    "ar": "كيف يصنع النحل العسل؟",
    "th": "ผึ้งทำน้ำผึ้งอย่างไร",
    "hi": "मधुमक्खियाँ शहद कैसे बनाती हैं",
    "ja": "ミツバチはどうやってはちみつを作るのですか？",
}
DIRECTION = {"ar": "rtl", "th": "ltr", "hi": "ltr", "ja": "ltr"}


def press(page, key, code="", **more):
    """A key as a keyboard of any layout gives it."""
    event = {"key": key, "code": code, "bubbles": True, "cancelable": True} | more
    page.evaluate("(event) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', event))", event)


def card(page, column=0, rank=1):
    return page.locator(f"section.column:nth-of-type({column + 1}) article.card[data-rank='{rank}']")


def saved(page, at, state="saved"):
    expect(at).to_have_attribute("data-state", state)


@pytest.mark.parametrize("tag", QUERIES)
def test_a_search_in_that_script_finds_and_marks(open_page, tag):
    page = open_page()
    ask(page, QUERIES[tag])
    first = card(page)
    expect(first.locator(".text")).to_have_attribute("lang", tag)
    expect(first.locator(".text")).to_have_attribute("dir", DIRECTION[tag])
    assert first.locator("mark").count() > 0
    assert page.evaluate("getComputedStyle(document.querySelector('#query')).direction") == DIRECTION[tag]
    expect(page.locator(".language-of-query")).to_have_value("")
    assert "%" in page.locator(".language-of-query option:checked").inner_text()
    assert page.locator("section.column").count() == 3
    assert len(page.locator(".found .share").all()) > 6
    assert "machine-written" in words_of(page, ".origin")


def test_an_example_is_a_click(open_page):
    page = open_page()
    expect(page.locator(".example")).to_have_count(12)
    page.locator(".example", has_text="Kiswahili").click()
    answered(page)
    assert "q=" in page.url


def test_a_grade_by_key_is_there_after_a_reload_and_goes_by_undo(open_page):
    page = open_page()
    ask(page, f"honey bees {uuid.uuid4().hex[:6]}")
    page.keyboard.press("Escape")
    expect(card(page)).to_be_focused()
    page.keyboard.press("3")
    saved(page, card(page))
    expect(card(page).locator(".grade[aria-checked=true]")).to_have_text("3")
    page.keyboard.press("j")
    expect(card(page, rank=2)).to_be_focused()
    page.keyboard.press("0")
    saved(page, card(page, rank=2))
    page.reload()
    answered(page)
    expect(card(page).locator(".grade[aria-checked=true]")).to_have_text("3")
    expect(card(page, rank=2).locator(".grade[aria-checked=true]")).to_have_text("0")
    page.keyboard.press("u")
    saved(page, card(page, rank=2), "")
    page.keyboard.press("Shift+U")
    saved(page, card(page, rank=2))
    page.keyboard.press("x")
    saved(page, card(page, rank=2), "")


def test_one_grade_shows_in_every_column(open_page):
    page = open_page()
    ask(page, f"how bees make honey {uuid.uuid4().hex[:6]}")
    doc = card(page).get_attribute("data-doc")
    card(page).locator(".grade").nth(2).click()
    copies = page.locator(f"article.card[data-doc='{doc}']")
    for at in range(copies.count()):
        saved(page, copies.nth(at))
    expect(card(page)).to_be_focused()


def test_keys_work_under_other_layouts(open_page):
    page = open_page()
    ask(page, f"jinsi nyuki {uuid.uuid4().hex[:6]}")
    page.keyboard.press("Escape")
    press(page, "о", "KeyJ")  # Russian
    expect(card(page, rank=2)).to_be_focused()
    press(page, "2", "Digit2")
    saved(page, card(page, rank=2))
    press(page, "л", "KeyK")
    expect(card(page)).to_be_focused()
    digits = {"٣": "3", "१": "1", "๒": "2", "０": "0", "&": "1"}  # Arabic-Indic, Devanagari, Thai, full-width, French
    for key, grade in digits.items():
        press(page, key, "Digit1" if key == "&" else "Digit9")
        expect(card(page).locator(".grade[aria-checked=true]")).to_have_text(grade)
    press(page, "д", "KeyL")
    expect(card(page, column=1)).to_be_focused()
    press(page, "г", "KeyU")
    expect(card(page).locator(".grade[aria-checked=true]")).to_have_text("0")
    press(page, ".", "Slash")
    expect(page.locator("#query")).to_be_focused()


def test_nothing_is_graded_while_composing_or_typing(open_page):
    page = open_page()
    ask(page, f"asali {uuid.uuid4().hex[:6]}")
    page.keyboard.press("Escape")
    press(page, "3", "Digit3", isComposing=True)
    press(page, "3", "Digit3", keyCode=229)
    press(page, "3", "Digit3", ctrlKey=True)
    page.locator("#query").focus()
    page.keyboard.type("123 jku")
    expect(page.locator("#query")).to_have_value(re.compile("123 jku$"))
    assert page.locator("article.card[data-state]:not([data-state=''])").count() == 0


def test_back_forward_and_a_pasted_link_restore_everything(open_page):
    page = open_page()
    ask(page, QUERIES["ja"])
    first = page.url
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    expect(page.locator(".sidebar")).to_be_visible()
    opened = page.url
    assert "open=" in opened
    ask(page, QUERIES["hi"])
    page.locator(".language-of-query").select_option("en")
    answered(page)
    assert "ql=en" in page.url
    page.go_back()
    answered(page)
    page.go_back()
    answered(page)
    expect(page.locator("#query")).to_have_value(QUERIES["ja"])
    expect(page.locator(".sidebar")).to_be_visible()
    page.go_forward()
    answered(page)
    expect(page.locator("#query")).to_have_value(QUERIES["hi"])
    assert first != opened

    link = f"/?v=1&c=demo&q={quote(QUERIES['th'])}&ql=th&dl=th,en&s=bm25;rrf(bm25,%20dense:static-26)&open=honey.th"
    other = open_page(link)
    answered(other)
    expect(other.locator("#query")).to_have_value(QUERIES["th"])
    expect(other.locator(".language-of-query")).to_have_value("th")
    assert other.locator("section.column").count() == 2
    expect(other.locator(".sidebar .sheet")).to_contain_text("honey.th")
    tags = set(other.locator("article.card .tag").all_text_contents())
    assert "th" in tags
    assert tags <= {"th", "en"}


def test_systems_and_document_languages_are_chosen(open_page):
    page = open_page()
    ask(page, "bees honey")
    page.get_by_role("button", name="Add a system").click()
    page.locator(".offer").first.click()
    answered(page)
    assert page.locator("section.column").count() == 4
    assert "s=bm25;dense:static-26;" in page.url
    page.keyboard.press("Escape")
    page.locator(".chip .cross").first.click()
    answered(page)
    assert page.locator("section.column").count() == 3
    page.get_by_role("button", name="Languages of the documents").click()
    page.locator(".checks input[value=ru]").check()
    page.keyboard.press("Escape")
    page.wait_for_function(
        "new Set([...document.querySelectorAll('.card .tag')].map((tag) => tag.textContent)).size === 1"
    )
    assert "dl=ru" in page.url


def test_everything_by_keyboard(open_page):
    page = open_page()
    page.keyboard.press("/")
    expect(page.locator("#query")).to_be_focused()
    page.keyboard.type(f"vaccine {uuid.uuid4().hex[:6]}")
    page.keyboard.press("Enter")
    answered(page)
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(card(page, column=1, rank=2)).to_be_focused()
    assert page.locator("article.card[tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    expect(page.locator(".sidebar")).to_be_visible()
    page.keyboard.press("Tab")
    assert (
        page.evaluate("document.activeElement.closest('article') !== null && document.activeElement.tagName")
        == "BUTTON"
    )
    page.keyboard.press("?")
    expect(page.locator("dialog.help")).to_be_visible()
    page.keyboard.press("2")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.help")).to_be_hidden()
    assert page.locator("article.card[data-state='saved']").count() == 0


def test_a_grade_that_did_not_arrive_stays_marked_and_is_sent_again(open_page):
    page = open_page()
    ask(page, f"bees make honey {uuid.uuid4().hex[:6]}")
    page.route("**/component_server/**", lambda route: route.fulfill(status=500))
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    saved(page, card(page), "unsaved")
    expect(card(page).locator(".sentence")).to_contain_text("sent again")
    page.unroute("**/component_server/**")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    saved(page, card(page))
    page.reload()
    answered(page)
    expect(card(page).locator(".grade[aria-checked=true]")).to_have_text("2")
    assert {error for error in open_page.errors if "500" not in error} == set()
    open_page.errors.clear()


def test_a_second_tab_that_was_faster_is_a_visible_conflict(open_page):
    page = open_page()
    text = f"solar panels {uuid.uuid4().hex[:6]}"
    ask(page, text)
    other = page.context.new_page()
    other.goto(page.url)
    answered(other)
    for tab, key in ((page, "1"), (other, "3")):
        tab.keyboard.press("Escape")
        tab.bring_to_front()
        tab.locator("article.card").first.focus()
        tab.keyboard.press(key)
        saved(tab, tab.locator("article.card").first, "saved" if tab is page else "refused")
    first = other.locator("article.card").first
    expect(first.locator(".grade[aria-checked=true]")).to_have_text("1")
    expect(first.locator(".sentence")).to_contain_text("elsewhere")
    other.keyboard.press("3")
    saved(other, first)


@pytest.mark.parametrize("width", [320, 600, 899])
def test_narrow_pages_swipe_one_column_and_never_overflow(open_page, width):
    page = open_page(viewport={"width": width, "height": 740})
    ask(page, QUERIES["ja"])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = page.evaluate("document.querySelector('div.grid').clientWidth")
    assert all(abs(box["width"] - wide) < 1 for box in (s.bounding_box() for s in page.locator("section.column").all()))
    page.locator(".tab").nth(1).click()
    page.wait_for_function("document.querySelectorAll('.tab')[1].getAttribute('aria-pressed') === 'true'")


def test_dark_follows_the_system_and_the_toggle_is_remembered(open_page):
    def paper(page):
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    page = open_page(color_scheme="dark")
    assert paper(page) == "rgb(22, 24, 27)"
    page.get_by_role("button", name="Light or dark").click()
    assert paper(page) == "rgb(251, 250, 247)"
    page.reload()
    page.wait_for_selector(".empty h2")
    assert paper(page) == "rgb(251, 250, 247)"
    assert paper(open_page(color_scheme="light")) == "rgb(251, 250, 247)"


def test_eighty_cards_are_painted_soon_after_enter(open_page, capsys):
    systems = (
        "dense:static-26;wsum(bm25 .5, dense:static-26 .5);rrf(bm25, dense:static-26);wsum(bm25 .3, dense:static-26 .7)"
    )
    page = open_page(f"/?v=1&q=honey&s={quote(systems)}")
    answered(page)
    times = []
    for query in (
        "how bees make honey",
        "why the sea rises and falls",
        "tsunami",
        "bread dough",
        "vaccine",
        "solar panel",
        "bees",
    ):
        ask(page, query)
        page.wait_for_function("document.querySelector('div.grid').dataset.ms")
        times.append(int(page.locator("div.grid").get_attribute("data-ms")))
    with capsys.disabled():
        print(f"\nEnter to painted: {sorted(times)} ms, {page.locator('article.card').count()} cards")
    assert page.locator("article.card").count() == 80
    assert min(times) < 1500
