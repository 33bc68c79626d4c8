"""Why a document came, in the browser: marks across languages, words struck out, the panel, the overlap of columns."""

import re
from urllib.parse import quote

import pytest
from hostile import HOSTILE
from steps import answered, ask, words_of

expect = pytest.importorskip(
    "playwright.sync_api", reason="NOT TESTED IN A BROWSER: playwright is not installed"
).expect
pytestmark = pytest.mark.slow

ASKED = "Nyuki hutengenezaje asali?"
HYBRID = "wsum(bm25[q=lex] .5, dense:static-26 .5)"


def link(*systems, query=ASKED, more=""):
    return f"/?v=1&c=demo&q={quote(query)}&ql=sw&s={quote(';'.join(systems), safe=';:(),')}{more}"


def copy_of(page, doc, column=0):
    return page.locator(f"section.column:nth-of-type({column + 1}) article.card[data-doc='{doc}']")


def panel(page):
    return page.locator(".sidebar")


@pytest.mark.parametrize(("doc", "own", "asked"), [("honey.ja", "蜜", "asali"), ("honey.en", "honey", "asali")])
def test_words_that_answer_in_another_language_are_tinted_and_say_their_pair(open_page, doc, own, asked):
    page = open_page(link("dense:static-26"))
    answered(page)
    mark = copy_of(page, doc).locator("mark[data-tint]", has_text=re.compile(f"^{own}$")).first
    expect(mark).to_be_visible()
    mark.hover()
    expect(page.locator(".tip")).to_have_text(re.compile(rf"^{own} ↔ {asked} \.\d\d$"))
    page.keyboard.press("Escape")
    expect(page.locator(".tip")).to_be_hidden()


@pytest.mark.parametrize("tag", ["th", "ar", "hi", "ko", "zh", "ru"])
def test_tints_in_that_script_keep_the_text_as_it_is(open_page, tag):
    page = open_page(link("dense:static-26", more=f"&dl={tag}"))
    answered(page)
    first = copy_of(page, f"honey.{tag}")
    before = first.locator(".text").inner_text()
    expect(first.locator("mark[data-tint]").first).to_be_attached()
    page.locator(".switch [data-mode=off]").click()
    assert first.locator(".text").inner_text() == before


def test_the_switch_is_remembered(open_page):
    page = open_page(link("dense:static-26"))
    answered(page)

    def background():
        mark = page.locator("mark[data-tint]").first
        return mark.evaluate("(mark) => getComputedStyle(mark).backgroundColor") if mark.count() else ""

    expect(page.locator("mark[data-tint]").first).to_be_attached()
    assert background() != "rgba(0, 0, 0, 0)"
    page.locator(".switch [data-mode=exact]").click()
    assert background() == "rgba(0, 0, 0, 0)"
    page.reload()
    answered(page)
    expect(page.locator(".switch [data-mode=exact]")).to_have_attribute("aria-pressed", "true")
    assert page.locator("mark[data-tint]").count() == 0
    page.locator(".switch [data-mode=across]").click()
    expect(page.locator("mark[data-tint]").first).to_be_attached()


def test_an_added_word_is_marked_struck_out_and_taken_back(open_page):
    page = open_page(link("dense:static-26", HYBRID))
    answered(page)
    column = page.locator("section.column").nth(1)
    expect(copy_of(page, "honey.en", 1).locator("mark.added", has_text="honey").first).to_be_visible()
    assert copy_of(page, "honey.en", 0).locator("mark.added").count() == 0
    toggle = column.locator(".added-words .quiet").first
    expect(toggle).to_have_text(re.compile(r"^\+ \d+ words in \d+ languages$"))
    toggle.click()
    word = column.locator(".added-words dl .word[data-word=honey]")
    expect(column.locator(".joined", has=page.locator("[data-word=honey]")).first).to_contain_text("asali")
    word.first.click()
    expect(column.locator(".out .word.struck")).to_have_text("honey")
    answered(page)
    assert "drop=honey" in page.locator("section.column .system").nth(1).inner_text()
    assert "drop" in page.url
    assert column.locator(".added-words dl .word[data-word=honey]").count() == 0
    assert page.evaluate("document.activeElement.closest('.added-words') !== null")
    page.reload()
    answered(page)
    column.locator(".out .word.struck").click()
    expect(column.locator(".out .word.struck")).to_have_count(0)
    answered(page)
    assert "drop" not in page.locator("section.column .system").nth(1).inner_text()


def test_the_panel_by_keys(open_page):
    page = open_page(link("bm25", "dense:static-26", f"{HYBRID} >> maxsim:static-26"))
    answered(page)
    page.keyboard.press("j")
    page.keyboard.press("l")
    page.keyboard.press("l")
    page.keyboard.press("w")
    expect(panel(page)).to_be_visible()
    expect(panel(page)).to_contain_text("What each list gives")
    shown = words_of(page, ".sidebar")
    for text in (
        "What each word gives",
        "What each word of the query gives",
        "Best answer to each piece",
        "Word by word",
    ):
        assert text in shown
    assert panel(page).locator(".approximate").count() == 0
    assert panel(page).locator(".heat td.best").count() > 0
    doc = page.locator("article.card:focus").get_attribute("data-doc")
    assert f"open={doc}" in page.url
    assert "panel=why" in page.url
    page.keyboard.press("t")
    page.wait_for_function("document.querySelectorAll('.sidebar .sheet').length >= 12")
    assert panel(page).locator(".sheet .sidebar-text").first.get_attribute("lang") == "sw"
    page.keyboard.press("j")
    page.wait_for_function(f"!location.search.includes('open={doc}&')")
    page.keyboard.press("o")
    expect(panel(page).locator(".sheet")).to_have_count(1)
    assert "panel=" not in page.url
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    assert "open=" not in page.url
    expect(page.locator("article.card:focus")).to_have_count(1)


def test_pairs_in_the_panel_are_reached_by_tab_and_esc_goes_back(open_page):
    page = open_page(link("dense:static-26"))
    answered(page)
    copy_of(page, "honey.ja").locator(".title").click()
    expect(panel(page).locator(".sidebar-text mark[tabindex]").first).to_be_visible()
    panel(page).locator(".sidebar-text mark[tabindex]").first.focus()
    expect(page.locator(".tip")).to_contain_text("↔")
    assert page.evaluate("document.activeElement.getAttribute('aria-describedby')") == "pair"
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(copy_of(page, "honey.ja")).to_be_focused()


def test_a_link_restores_the_panel_its_part_and_its_column(open_page):
    page = open_page(link("bm25", "dense:static-26", more="&open=honey.ja&panel=why&col=2"))
    answered(page)
    expect(panel(page).locator(".account").first).to_contain_text("dense:static-26")
    expect(panel(page).locator("[role=tab][aria-selected=true]")).to_contain_text("why")
    assert "open=honey.ja&panel=why&col=2" in page.url
    panel(page).locator(".sidebar-places button").first.click()
    expect(panel(page).locator(".account").first).to_contain_text("not in this list")
    page.go_back()
    other = open_page(link("bm25", more="&open=nothing&panel=nonsense&col=77"))
    answered(other)
    expect(panel(other)).to_be_hidden()


def test_columns_say_how_alike_they_are_and_light_the_same_document(open_page):
    page = open_page(link("bm25", "dense:static-26", HYBRID))
    answered(page)
    said = words_of(page, ".agreement")
    assert re.fullmatch(r"overlap@10 1–2 [.\d]+ 2–3 [.\d]+ RBO 1–2 [.\d]+ 2–3 [.\d]+", said)
    copy_of(page, "honey.en", 1).hover()
    expect(copy_of(page, "honey.en", 2)).to_have_class(re.compile(r"\bsame\b"))
    expect(copy_of(page, "honey.ja", 2)).to_have_class(re.compile(r"\bkin\b"))
    border = "(card) => getComputedStyle(card).borderTopStyle"
    assert copy_of(page, "honey.ja", 2).evaluate(border) == "solid"
    page.get_by_role("button", name="light translations").click()
    copy_of(page, "honey.en", 1).hover()
    assert copy_of(page, "honey.ja", 2).evaluate(border) == "dashed"
    page.locator(".strip .popover button").click()
    rows = page.locator(".shares tbody tr")
    assert rows.count() >= 12
    assert len(re.findall(r"\d %|–", rows.first.inner_text())) == 4


def test_hostile_documents_are_only_text_in_the_panel(open_page):
    page = open_page("/?v=1&c=hostile&q=honey&s=bm25;dense:static-26")
    answered(page)
    page.keyboard.press("j")
    for at in range(len(HOSTILE)):
        for key, ready in (("o", ".sheet"), ("w", ".account"), ("t", ".sheet")):
            page.keyboard.press(key)
            expect(panel(page).locator(ready).first).to_be_visible()
        page.keyboard.press("j")
        assert page.evaluate("window.pwned") is None, at
        assert page.locator(".babelscope img, .babelscope script, .babelscope iframe").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440


def test_a_search_does_not_wait_for_tints(open_page, capsys):
    systems = [
        "dense:static-26",
        HYBRID,
        "rrf(bm25[q=lex], dense:static-26)",
        "wsum(bm25[q=lex] .3, dense:static-26 .7)",
    ]
    page = open_page(link(*systems))
    answered(page)
    times = []
    page.on("requestfinished", lambda r: "match_words" in (r.post_data or "") and times.append(r.timing["responseEnd"]))
    for query in ("How bees make honey", "Kwa nini bahari hupanda", "มะม่วง น้ำผึ้ง", "солнечная панель"):
        ask(page, query)
        page.wait_for_timeout(700)
    with capsys.disabled():
        print(f"\nanswers to two batches of tints a search, 80 cards: {sorted(map(round, times))} ms")
    assert len(times) >= 8
