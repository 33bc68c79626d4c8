"""Columns, by hand: one to eight of them, built, pasted, saved, moved, collapsed, pinned; and the URL that keeps it."""

import re
from urllib.parse import quote

import pytest
from steps import answered

from core.workbench import SUGGESTED
from ui.facts import canonical

playwright = pytest.importorskip("playwright.sync_api", reason="NOT TESTED IN A BROWSER: playwright is not installed")
expect = playwright.expect
pytestmark = pytest.mark.slow

BEES = quote("nyuki asali")
EIGHT = canonical(SUGGESTED)
THREE = ["bm25", "dense:static-26", "bm25[q=lex]"]


def link(*systems, query=BEES, more=""):
    return f"/?v=1&c=demo&q={query}&s={quote(';'.join(systems), safe=';:(),')}{more}"


def opened(open_page, *systems, query=BEES, more="", **options):
    page = open_page(link(*systems, query=query, more=more), **options)
    answered(page)
    return page


def heads(page):
    return page.locator("section.column h2").evaluate_all("all => all.map(one => one.querySelector('bdi').textContent)")


def again(page, act):
    """Does what makes another search, and waits for its answers."""
    page.evaluate("document.querySelector('div.grid').dataset.done = ''")
    act()
    answered(page)


def panel(page):
    page.locator(".plus").click()
    page.locator(".panel.systems .sets li").first.wait_for()
    return page.locator(".panel.systems")


def menu(page, column, item):
    page.locator("section.column").nth(column).locator(".more").click()
    page.locator(".columns-menu").get_by_role("button", name=item, exact=True).click()


def in_sight(page, locator):
    box = locator.bounding_box()
    return box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"]


def test_eight_systems_stand_side_by_side_and_the_page_scrolls_to_them(open_page):
    page = opened(open_page, *EIGHT, viewport={"width": 1400, "height": 900})
    assert heads(page) == list(EIGHT)
    widths = {round(one.bounding_box()["width"]) for one in page.locator("section.column").all()}
    assert len(widths) == 1
    assert widths.pop() >= 260
    assert page.locator(".score").first.is_visible()
    page.evaluate("scrollTo(10000, 900)")
    assert in_sight(page, page.locator(".head").last)
    assert page.locator(".head").last.bounding_box()["y"] < 5  # the heads stick
    page.evaluate("scrollTo(10000, 0)")
    for part in (".top", ".query", ".plus", ".strip"):
        assert in_sight(page, page.locator(part)), part
    page.locator("article.card").first.focus()
    for _ in range(7):
        page.keyboard.press("l")
    assert page.evaluate("document.activeElement.column") == 7
    assert in_sight(page, page.locator("article.card:focus"))
    picker = panel(page)
    picker.locator("textarea").first.fill("bm25@7")
    page.keyboard.press("Enter")
    expect(picker.get_by_text("8 columns are shown at most")).to_be_visible()


def test_a_system_is_built_from_parts(open_page):
    page = opened(open_page, "bm25")
    panel(page).get_by_role("button", name="Build from parts").click()
    builder = page.locator(".builder")
    expect(builder.locator("textarea")).to_have_value("bm25")
    expect(builder.get_by_label("First stage 1").locator("option")).to_have_text(
        ["bm25", "bm25[q=lex]", "dense:static-26"]
    )
    builder.get_by_role("button", name="+ first stage").click()
    builder.get_by_label("First stage 2").select_option("dense:static-26")
    expect(builder.locator("textarea")).to_have_value("rrf(bm25, dense:static-26)")
    builder.get_by_label("Join the lists by").select_option("wsum")
    builder.get_by_label("weight").first.fill("0.7")
    builder.get_by_label("depth").first.fill("200")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.builder') !== null")
    builder.get_by_role("button", name="+ re-ranker").click()
    builder.get_by_label("depth").last.fill("20")
    page.keyboard.press("Tab")
    name = "wsum(bm25@200 .7, dense:static-26 .5) >> maxsim:static-26@20"
    expect(builder.locator("textarea")).to_have_value(name)
    expect(builder.get_by_text("It runs here.")).to_be_visible()
    again(page, lambda: builder.get_by_role("button", name="Add as a column").click())
    assert heads(page) == ["bm25", name]


def test_a_column_opens_in_the_builder_and_a_wrong_name_is_said_at_once(open_page):
    page = opened(open_page, "bm25", "rrf(bm25, dense:static-26, k=10)@40")
    menu(page, 1, "Change …")
    builder = page.locator(".builder")
    expect(builder.get_by_label("First stage 2")).to_have_value("dense:static-26")
    expect(builder.get_by_label("k", exact=True)).to_have_value("10")
    name = builder.locator("textarea")
    name.fill("rrf(bm25, dense:nowhere)")
    expect(builder.get_by_text("No encoder 'nowhere'")).to_be_visible()
    name.fill("rrf(bm25, ")
    expect(builder.get_by_text("is not a system")).to_be_visible()
    expect(builder.get_by_role("button", name="Change column 2")).to_be_disabled()
    name.fill("bm25@30 >> maxsim:static-26")
    expect(builder.get_by_label("depth").first).to_have_value("30")
    again(page, lambda: builder.get_by_role("button", name="Change column 2").click())
    assert heads(page) == ["bm25", "bm25@30 >> maxsim:static-26"]


def test_several_are_pasted_and_saved_as_a_set_that_is_there_after_a_reload(open_page):
    page = opened(open_page, "bm25")
    picker = panel(page)
    others = picker.get_by_role("button", name=re.compile("^Delete "))  # what other walks kept
    for left in range(others.count() - 1, -1, -1):
        others.first.click()
        expect(others).to_have_count(left)
    box = picker.locator("textarea").first
    box.fill("dense:static-26; bm52\nbm25[q=lex]; bm25@100")
    again(page, lambda: box.press("Enter"))
    assert heads(page) == ["bm25", "dense:static-26", "bm25[q=lex]"]
    expect(picker.get_by_text("there is no 'bm52'")).to_be_visible()
    expect(box).to_have_value("bm52")
    again(page, lambda: picker.get_by_role("button", name="Add anyway").click())
    expect(page.locator("section.column").nth(3).locator(".failed")).to_be_visible()
    name = "مجموعة Fusions"
    picker.get_by_label("Name for these columns").fill(name)
    page.keyboard.press("Enter")
    expect(picker.get_by_text(f"{name} is saved, with 4 systems.")).to_be_visible()
    picker.get_by_label("Name for these columns").fill(name.upper())
    page.keyboard.press("Enter")
    expect(picker.get_by_text("already; replace it")).to_be_visible()

    page.goto(page.url.split("?")[0] + link("bm25").removeprefix("/"))
    answered(page)
    picker = panel(page)
    again(page, lambda: picker.locator(".sets .offer").first.click())
    assert heads(page) == ["bm25", "dense:static-26", "bm25[q=lex]", "bm52"]
    picker.get_by_role("button", name=f"Rename {name}").click()
    picker.get_by_label(f"Rename {name}").fill("Mine")
    page.keyboard.press("Enter")
    expect(picker.locator(".sets .offer")).to_have_text(re.compile("Mine"))
    picker.get_by_role("button", name="Delete Mine").click()
    expect(picker.get_by_text("None yet")).to_be_visible()
    expect(picker.get_by_role("button", name="Put back")).to_be_focused()
    page.keyboard.press("Enter")
    expect(picker.locator(".sets .offer")).to_have_text(re.compile("Mine"))
    picker.get_by_role("button", name="Delete Mine").click()
    expect(picker.get_by_text("None yet")).to_be_visible()


def test_columns_move_by_keys_and_by_their_head_and_the_card_stays_in_hand(open_page):
    page = opened(open_page, *THREE)
    card = page.locator("section.column").nth(0).locator("article.card").nth(1)
    card.focus()
    doc = card.get_attribute("data-doc")
    again(page, lambda: page.keyboard.press("Control+Shift+ArrowRight"))
    assert heads(page) == ["dense:static-26", "bm25", "bm25[q=lex]"]
    assert page.evaluate("[document.activeElement.dataset.doc, document.activeElement.column]") == [doc, 1]
    expect(page.locator(".live")).to_have_text("bm25 is column 2 of 3.")
    head, last = (
        page.locator(".head .system").nth(0).bounding_box(),
        page.locator("section.column").nth(2).bounding_box(),
    )
    page.mouse.move(head["x"] + 20, head["y"] + 8)
    page.mouse.down()
    page.mouse.move(last["x"] + last["width"] - 30, head["y"] + 8, steps=6)
    assert "drop-after" in page.locator("section.column").nth(2).get_attribute("class")
    again(page, page.mouse.up)
    assert heads(page) == ["bm25", "bm25[q=lex]", "dense:static-26"]
    page.go_back()
    page.wait_for_function("document.querySelector('section.column h2 bdi').textContent === 'dense:static-26'")
    page.go_back()
    page.wait_for_function("document.querySelector('section.column h2 bdi').textContent === 'bm25'")
    page.go_forward()
    page.wait_for_function("document.querySelector('section.column h2 bdi').textContent === 'dense:static-26'")


def test_a_drag_is_given_up_with_escape(open_page):
    page = opened(open_page, *THREE)
    head = page.locator(".head .system").nth(0).bounding_box()
    page.mouse.move(head["x"] + 20, head["y"] + 8)
    page.mouse.down()
    page.mouse.move(head["x"] + 700, head["y"] + 8, steps=4)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert page.locator(".dragged, .drop-before, .drop-after").count() == 0
    assert heads(page) == THREE


def test_under_a_right_to_left_interface_the_keys_are_mirrored(open_page):
    page = opened(open_page, *THREE)
    page.evaluate("document.querySelector('.babelscope').dir = 'rtl'")
    page.locator("section.column").nth(0).locator("article.card").first.focus()
    again(page, lambda: page.keyboard.press("Control+Shift+ArrowLeft"))
    assert heads(page) == ["dense:static-26", "bm25", "bm25[q=lex]"]


def test_what_is_collapsed_and_pinned_is_in_the_link(open_page):
    page = opened(open_page, *EIGHT[:6], viewport={"width": 1400, "height": 900})
    menu(page, 1, "Collapse")
    expect(page.locator("section.folded")).to_have_count(1)
    assert page.locator("section.folded").bounding_box()["width"] < 60
    assert page.locator("section.folded article.card").count() == 0
    again(page, lambda: menu(page, 3, "Pin"))
    assert heads(page)[0] == EIGHT[3]
    assert "fold=3" in page.url
    assert "pin=1" in page.url
    page.evaluate("scrollTo(600, 0)")
    assert in_sight(page, page.locator("section.pinned .head"))

    other = open_page(page.url[page.url.index("/?") :], viewport={"width": 1400, "height": 900})
    answered(other)
    assert heads(other) == heads(page)
    assert "folded" in other.locator("section.column").nth(2).get_attribute("class")
    expect(other.locator("section.pinned h2")).to_have_text(EIGHT[3])
    other.locator(".unfold").click()
    expect(other.locator("section.folded")).to_have_count(0)
    expect(other.locator("section.column").nth(2).locator("article.card").first).to_be_attached()
    assert "fold=" not in other.url
    assert "pin=1" in other.url


def test_a_removed_column_is_put_back_where_it_was(open_page):
    page = opened(open_page, *THREE)
    again(page, lambda: menu(page, 1, "Remove"))
    assert heads(page) == ["bm25", "bm25[q=lex]"]
    expect(page.get_by_role("button", name="Put back dense:static-26")).to_be_focused()
    again(page, lambda: page.keyboard.press("Enter"))
    assert heads(page) == THREE
    expect(page.get_by_role("button", name="Put back dense:static-26")).to_be_hidden()


def test_at_320_pixels_an_arabic_query_in_the_dark_has_one_column_at_a_time(open_page):
    systems = [name for name in EIGHT if "maxsim" not in name]
    page = opened(
        open_page,
        *systems,
        query=quote("كيف يصنع النحل العسل"),
        more="&fold=2",
        viewport={"width": 320, "height": 640},
        color_scheme="dark",
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.locator("#query").evaluate("box => getComputedStyle(box).direction") == "rtl"
    page.locator(".tab").nth(5).click()
    page.wait_for_function("document.querySelectorAll('.tab')[5].getAttribute('aria-pressed') === 'true'")
    again(page, lambda: menu(page, 5, "Move back"))
    assert heads(page)[4] == systems[5]
    picker = panel(page)
    assert in_sight(page, picker)
    picker.get_by_role("button", name="Build from parts").click()
    expect(page.locator(".builder").get_by_text("It runs here.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_everything_in_the_panel_is_reached_by_tab(open_page):
    page = opened(open_page, "bm25", "dense:static-26")
    picker = panel(page)
    picker.get_by_role("button", name="Build from parts").click()
    page.locator(".builder textarea").wait_for()
    page.get_by_role("button", name="+ first stage").click()
    page.locator(".builder .title-of").evaluate("node => node.parentNode.querySelector('select').focus()")
    wanted = page.locator(".builder :is(select, input, button, textarea):enabled:visible").count()
    reached = 1
    for _ in range(wanted - 1):
        page.keyboard.press("Tab")
        reached += page.evaluate("document.activeElement.closest('.builder') !== null")
    assert reached == wanted
    page.keyboard.press("Escape")
    expect(picker).to_be_hidden()
    expect(page.locator(".plus")).to_be_focused()


def test_the_copied_link_holds_the_chosen_systems_before_anybody_asked(open_page):
    page = open_page("/", permissions=["clipboard-read", "clipboard-write"])
    picker = panel(page)
    picker.locator(".offer").first.click()
    names = page.locator(".order .name").all_inner_texts()
    picker.get_by_role("button", name="Copy link").click()
    expect(page.locator(".live")).to_contain_text("The link is copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    other = open_page(copied[copied.index("/?") :])
    other.locator(".order .name").nth(len(names) - 1).wait_for(state="attached")
    assert other.locator(".order .name").all_text_contents() == names
