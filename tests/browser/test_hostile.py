"""Text that attacks the page, as document, title, query, name and link: nothing runs, no card is empty."""

from urllib.parse import quote

import pytest
from hostile import HOSTILE
from steps import answered, ask

expect = pytest.importorskip(
    "playwright.sync_api", reason="NOT TESTED IN A BROWSER: playwright is not installed"
).expect
pytestmark = pytest.mark.slow


def untouched(page):
    assert page.evaluate("window.pwned") is None
    assert page.locator(".babelscope img, .babelscope script, .babelscope iframe").count() == 0


def test_hostile_documents_are_only_text(open_page):
    page = open_page("/?v=1&c=hostile&q=honey&s=bm25;dense:static-26")
    answered(page)
    cards = page.locator("section.column:first-of-type article.card")
    assert cards.count() == len(HOSTILE) + 2
    for card in cards.all():
        assert card.locator(".title").inner_text().strip()
        assert "honey" in card.locator(".text").inner_text()
    shown = page.locator("div.grid").inner_text()
    for text in (
        "<img src=x onerror",
        "${window.pwned=",
        "{{value}}",
        "</script>",
        "C:\\new\\table \\u00 `backtick` $' $& %s",
    ):
        assert text in shown
    for name in ("RLO", "LRI", "NUL", "tag×2"):
        assert page.locator(".badge", has_text=name).count() > 0
    untouched(page)


def test_long_words_stay_in_their_card(open_page):
    page = open_page("/?v=1&c=hostile&q=honey", viewport={"width": 320, "height": 700})
    answered(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    inside = """[...document.querySelectorAll('article.card')].every((card) =>
        [...card.querySelectorAll('.title, .text')].every((node) => node.scrollWidth <= card.clientWidth))"""
    assert page.evaluate(inside)


def test_a_long_text_opens_whole(open_page):
    page = open_page("/?v=1&c=hostile&q=the%20honey%20is%20here&s=bm25&open=long")
    answered(page)
    expect(page.locator(".sidebar-text")).to_contain_text("<b>after</b> ${1+1}")
    page.locator("[data-doc=long] .text").click()
    page.wait_for_function("document.querySelector('[data-doc=long] .text').textContent.length > 4000")
    expect(page.locator("[data-doc=long] .text")).to_contain_text("<b>after</b> ${1+1}")
    untouched(page)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_query_is_only_text(open_page, text):
    page = open_page("/?v=1&c=hostile&q=honey")
    answered(page)
    ask(page, f"honey {text}".replace("\u0000", ""))
    assert page.locator("article.card").count() > 0
    page.reload()
    answered(page)
    assert page.locator("article.card").count() > 0
    untouched(page)


@pytest.mark.parametrize("name", [HOSTILE[0], HOSTILE[1], "Ada \u202e ada", "ก" * 80], ids=range(4))
def test_a_hostile_name_is_only_text(open_page, name):
    page = open_page("/?v=1&c=hostile&q=honey")
    answered(page)
    page.get_by_role("button", name="Your name").click()
    page.locator(".panel.name input").fill(name)
    page.keyboard.press("Enter")
    page.locator("article.card").first.focus()
    page.keyboard.press("1")
    expect(page.locator("article.card").first).to_have_attribute("data-state", "saved")
    untouched(page)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Type what you are looking for"),
        ("   \t ", "Type what you are looking for"),
        ("?!… — ؟", "no word"),
        ("🐝🍯", "no word"),
        ("x" * 100_000, "shorten it"),
    ],
    ids=["empty", "blank", "punctuation", "emoji", "long"],
)
def test_a_query_that_cannot_be_asked_gets_a_sentence(open_page, text, says):
    page = open_page()
    ask(page, "honey")
    before = page.locator("article.card").count()
    ask(page, text)
    expect(page.locator(".notes .error")).to_contain_text(says)
    assert page.locator(".notes .error").count() == 1
    assert page.locator("article.card").count() == before
    ask(page, "bees")
    expect(page.locator(".notes .error")).to_have_count(0)


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("c=nowhere&q=honey", "There is no collection 'nowhere'"),
        ("q=honey&ql=xx", "'xx' is not a language"),
        ("q=honey&dl=klingon,en", "'klingon' is not a language"),
        ("q=honey&theme=blue", "'theme' is not known"),
        ("q=honey&s=" + quote(";".join(f"bm25@{n}" for n in range(1, 10))), "the first 8 are shown"),
        ("v=9&q=honey", "version 9"),
        ("q=" + "x" * 3000, "shorten it"),
        ("q=%3F%3F", "no word"),
    ],
    ids=["collection", "language", "documents", "parameter", "systems", "version", "long", "punctuation"],
)
def test_a_link_with_unknown_parts_says_so_and_works(open_page, link, says):
    page = open_page("/?" + link)
    expect(page.locator(".notes")).to_contain_text(says)
    ask(page, "bees and honey")
    assert page.locator("article.card").count() > 0


@pytest.mark.parametrize(
    "name", ["bm52", "dense:nothing", "bm25 >> ", "rrf(bm25)", "run:mine", HOSTILE[0]], ids=range(6)
)
def test_a_system_that_cannot_run_says_why_and_the_others_run(open_page, name):
    page = open_page(f"/?v=1&q=honey&s={quote('bm25;' + name)}")
    answered(page)
    expect(page.locator("section.column").nth(1).locator(".failed")).to_be_visible()
    assert page.locator("section.column").nth(0).locator("article.card").count() > 0
    assert page.locator(".failed").inner_text().strip().endswith((".", "?", ")"))
    page.locator("section.column").nth(1).get_by_role("button", name="Try again").click()
    answered(page)
    untouched(page)


def test_a_hostile_link_runs_nothing(open_page):
    page = open_page("/?v=1&q=honey&c=" + quote("<img src=x onerror=window.pwned=1>") + "&" + quote("${1}") + "=1")
    answered(page)
    assert page.locator(".notes .note").count() == 2
    untouched(page)
