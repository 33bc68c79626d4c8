"""A walk through the Collections page: a file is chosen, looked at, taken in, indexed and found; what is refused."""

import csv
import io
import json
import re

import pytest
from hostile import HOSTILE
from steps import answered

from tests.serving import start

expect = pytest.importorskip(
    "playwright.sync_api", reason="NOT TESTED IN A BROWSER: playwright is not installed"
).expect
pytestmark = pytest.mark.slow

ARABIC = [
    ("كيف يصنع النحل العسل", "تمتص شغالات النحل الرحيق من الأزهار وتحمله إلى الخلية."),
    ("لماذا يرتفع البحر", "يجذب القمر ماء البحر فيرتفع ثم ينخفض مرتين في اليوم."),
    ("كيف ينتفخ الخبز", "تطلق الخميرة غازا يحبسه العجين فينتفخ."),
]
SLOW = 60_000  # ms that an index may take on a loaded machine


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home of its own: what is taken in here would stand in the menus of other tests."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def server(home):
    process, url = start(home)
    yield url
    process.terminate()
    process.wait(20)


def table(heading, rows):
    out = io.StringIO()
    csv.writer(out).writerows([heading, *rows])
    return out.getvalue().encode()


def choose(page, name, content):
    """Chooses a file, as in the browser's dialog, and waits for what it holds."""
    page.locator(".chooser").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    expect(page.locator(".preview")).to_be_visible()


def shelved(page, name):
    return page.locator(f".shelved[data-id='{name}']")


def opened(open_page, **options):
    page = open_page("/collections", **options)
    expect(page.locator(".own")).to_be_visible()
    return page


def built(page, name):
    shelved(page, name).locator(".build").click()
    expect(shelved(page, name).locator(".state")).to_have_text("indexed", timeout=SLOW)


def fits(page, width):
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_file_is_taken_in_indexed_and_found(open_page):
    page = opened(open_page)
    rows = [(f"{n:03}", "teaser", f"Penguins of colony {n} huddle in the wind.", "en") for n in range(60)]
    rows.append(("x", "teaser", "", "en"))
    choose(page, "walk one.csv", table(("docno", "summary", "body", "lang"), rows))
    expect(page.locator(".preview .said")).to_have_text("CSV, commas between cells, under a heading · 4 columns")
    selects = page.locator(".roles select")
    assert [one.input_value() for one in selects.all()] == ["column:docno", "", "column:body", "column:lang", ""]
    selects.nth(1).select_option("column:summary")
    expect(page.locator(".preview thead .used")).to_have_count(4)
    expect(page.locator(".preview .choice[type=text]")).to_have_value("walk-one")
    page.get_by_role("button", name="Take in").click()
    card = shelved(page, "walk-one")
    expect(card.locator(".came")).to_contain_text("60 documents of 61 rows")
    expect(card.locator(".came")).to_contain_text("title = summary")
    expect(card.locator(".refused td.why")).to_have_text(["no text"])
    expect(page.locator(".preview")).to_be_hidden()
    expect(card.locator(".counts")).to_contain_text("60 documents · 1 language")

    built(page, "walk-one")
    card.get_by_role("link", name="Open in Search").click()
    page.wait_for_selector("#query")
    expect(page.locator(".top select").first).to_have_value("walk-one")
    page.locator("#query").fill("penguins")
    page.locator("#query").press("Enter")
    answered(page)
    expect(page.locator("article.card .title").first).to_have_text("teaser")
    expect(page.locator("article.card").first).to_contain_text("Penguins")


def test_arabic_by_keyboard_alone_on_a_narrow_dark_page(open_page):
    page = opened(open_page, viewport={"width": 320, "height": 700}, color_scheme="dark")
    rows = [(f"a{n}", title, text) for n, (title, text) in enumerate(ARABIC)]
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("/")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Choose a file")).to_be_focused()
        page.keyboard.press("Enter")
    content = table(("id", "title", "text"), rows)
    chooser.value.set_files({"name": "مقالات.csv", "mimeType": "text/csv", "buffer": content})
    expect(page.locator(".preview")).to_be_visible()
    fits(page, 320)
    text = page.locator(".preview td.used .cell").nth(2)
    assert text.get_attribute("lang") == "ar" and text.get_attribute("dir") == "auto"
    expect(page.locator(".preview td.tag")).to_have_text(["ar"] * 3)
    expect(page.locator(".preview input.choice")).to_be_focused()
    expect(page.locator(".preview input.choice")).to_have_value("مقالات")
    page.keyboard.press("Enter")
    card = shelved(page, "مقالات")
    expect(card.locator(".came")).to_contain_text("3 languages detected, unsure of 0")
    expect(card).to_be_focused()
    page.keyboard.press("Tab")
    expect(card.locator(".build")).to_be_focused()
    page.keyboard.press("Enter")
    expect(card.locator(".state")).to_have_text("indexed", timeout=SLOW)
    expect(card.get_by_role("link", name="Open in Search")).to_be_focused()
    fits(page, 320)
    page.keyboard.press("Enter")
    page.wait_for_selector("#query")
    page.locator("#query").fill("العسل")
    page.keyboard.press("Enter")
    answered(page)
    title = page.locator("article.card .title").first
    expect(title).to_have_text(ARABIC[0][0])
    assert title.evaluate("node => getComputedStyle(node).direction") == "rtl"


def test_work_is_shown_again_after_a_reload_and_can_be_stopped_and_resumed(open_page):
    page = opened(open_page)
    rows = [(n, f"Tide number {n} comes in the evening and goes again. " * 12) for n in range(24_000)]
    choose(page, "tides.csv", table(("id", "text"), rows))
    page.locator(".roles select").nth(3).select_option("all:en")
    expect(page.locator(".preview td.tag")).to_have_text(["en"] * 5)
    page.get_by_role("button", name="Take in").click()
    card = shelved(page, "tides")
    expect(card.locator(".build")).to_be_visible(timeout=SLOW)
    card.locator(".build").click()
    expect(card.locator(".doing")).to_contain_text(re.compile(r"of 24,000 documents · [\d,]+ a second"), timeout=SLOW)
    page.reload()
    expect(card.locator(".work")).to_be_visible()
    expect(card.locator(".state")).to_contain_text("building")
    assert card.get_by_role("progressbar").get_attribute("aria-valuenow").isdecimal()
    page.keyboard.press(".")
    expect(card.locator(".state")).to_have_text(re.compile(r"stopped at \d+ %"), timeout=SLOW)
    card.get_by_role("button", name="Resume").click()
    expect(card.locator(".state")).to_contain_text("building")
    page.keyboard.press(".")
    expect(card.locator(".state")).to_contain_text("stopped at", timeout=SLOW)
    page.goto(page.url.partition("/collections")[0] + "/?v=1&c=tides")
    way = page.locator(".unbuilt a")
    expect(page.locator(".unbuilt")).to_contain_text("The index of 'tides' is not complete")
    way.click()
    page.wait_for_selector(".shelved[data-id='tides']:focus")


def test_too_many_bad_rows_show_the_quarantine_and_the_form_stays(open_page):
    page = opened(open_page)
    rows = [(n, "Sound text in a row of its own." if n % 10 else "") for n in range(300)]
    choose(page, "bad.csv", table(("id", "text"), rows))
    page.get_by_role("button", name="Take in").click()
    card = shelved(page, "bad")
    expect(card.locator("> .fault")).to_contain_text("30 of 300 rows of bad.csv cannot be used (mostly: no text)")
    expect(card.locator(".refused tbody tr")).to_have_count(10)
    expect(page.locator(".preview")).to_be_visible()
    expect(page.get_by_role("button", name="Take in")).to_be_enabled()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".preview")).to_be_hidden()


def test_hostile_names_columns_and_texts_stay_text(open_page):
    page = opened(open_page)
    rows = [[text, f"{text} words enough to be the text of this row"] for text in HOSTILE]
    choose(page, "<img src=x onerror=1>${HOME}.csv", table((HOSTILE[0], HOSTILE[1]), rows))
    expect(page.locator(".preview thead bdi").filter(has_text="window.pwned")).to_have_count(2)
    identity = page.locator(".preview input.choice")
    for name, said in (
        ("demo", "There is a collection 'demo' already"),
        ("<img>", "may hold letters"),
        ("../x", "may hold"),
    ):
        identity.fill(name)
        expect(page.locator("#id-fault")).to_contain_text(said)
        expect(page.get_by_role("button", name="Take in")).to_be_disabled()
    identity.fill("hostile-2")
    expect(page.locator("#id-fault")).to_be_empty()
    page.locator(".roles select").nth(0).select_option("")
    page.get_by_role("button", name="Take in").click()
    expect(shelved(page, "hostile-2").locator(".came")).to_be_visible()
    assert page.evaluate("window.pwned") is None


def test_what_cannot_be_used_is_a_sentence(open_page, tmp_path):
    page = opened(open_page)
    fault = page.locator(".own > .fault")
    (tmp_path / "zip.csv").write_bytes(b"PK\x03\x04")
    for path, said in (
        ("", "Type the path"), (str(tmp_path / "gone.csv"), "There is no file or folder"),
        (str(tmp_path), "is not a BEIR folder"), (str(tmp_path / "zip.csv"), "zip archive or a spreadsheet"),
    ):  # fmt: skip
        page.locator("#path").fill(path)
        page.get_by_role("button", name="Look inside").click()
        expect(fault).to_contain_text(said)
        expect(page.locator(".preview")).to_be_hidden()
    page.locator(".chooser").set_input_files({"name": "e.csv", "mimeType": "text/csv", "buffer": b""})
    expect(fault).to_contain_text("'e.csv' is empty")


def test_a_file_that_is_dropped_in_many_pieces_arrives_whole_and_a_stop_removes_it(open_page, home):
    page = opened(open_page)
    line = json.dumps({"id": "ID", "text": "A dropped document of some length. " * 20, "lang": "en"})
    drop = """([line, n]) => {
        const data = new DataTransfer();
        const lines = Array.from({ length: n }, (_, i) => line.replace("ID", `d${i}`)).join("\\n");
        data.items.add(new File([lines], "dropped.jsonl"));
        document.querySelector(".own").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
    }"""
    page.evaluate(drop, [line, 40_000])  # 30 MB
    page.locator(".own > .work").get_by_role("button", name="Stop").click()
    expect(page.locator(".own > .work")).to_be_hidden()
    expect(page.locator(".preview")).to_be_hidden()
    expect(page.locator(".own > .fault")).to_be_empty()
    assert not list((home / "incoming").glob("*/dropped.jsonl"))
    page.evaluate(drop, [line, 3_000])  # five pieces
    expect(page.locator(".preview input.choice")).to_have_value("dropped")
    page.get_by_role("button", name="Take in").click()
    expect(shelved(page, "dropped").locator(".came")).to_contain_text("3,000 documents of 3,000 rows", timeout=SLOW)
    assert not list((home / "incoming").glob("*/dropped.jsonl"))


def test_the_page_leads_everywhere_and_knows_its_keys(open_page):
    page = opened(open_page)
    page.keyboard.press("?")
    expect(page.locator(".help")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_selector(".empty h2")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page.locator(".own")).to_be_visible()
    page.goto(page.url.partition("?")[0] + "?c=nowhere&x=1")
    expect(page.locator(".notes .note")).to_have_count(2)
