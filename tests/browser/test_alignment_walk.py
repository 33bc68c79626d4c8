"""A walk through the Alignment page: the map and its list, the matrix by mouse and keys, what a link restores."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hostile import HOSTILE
from steps import words_of

expect = pytest.importorskip(
    "playwright.sync_api", reason="NOT TESTED IN A BROWSER: playwright is not installed"
).expect
pytestmark = pytest.mark.slow

CORPUS = Path(__file__).parents[2] / "data" / "demo" / "corpus.jsonl"
DEMO = [json.loads(line) for line in CORPUS.read_bytes().splitlines()]
LANGUAGES = {document["language"] for document in DEMO}
PAIRS = len(LANGUAGES) * (len(LANGUAGES) - 1)
EVERYTHING = "/alignment?v=1&c=demo&model=static-26&metric=cosine&pair=sw-ja&open=honey.ar"

LONELIEST = """() => {
    const plot = document.querySelector('.plot'), { xaxis, yaxis } = plot._fullLayout;
    const frame = plot.getBoundingClientRect();
    const x = (value) => frame.left + xaxis._offset + xaxis.l2p(value);
    const y = (value) => frame.top + yaxis._offset + yaxis.l2p(value);
    const points = plot.data.flatMap(({ customdata, ...trace }) =>
        (customdata || []).map((at, i) => ({ at, x: x(trace.x[i]), y: y(trace.y[i]) })));
    const apart = (one, two) => one === two ? Infinity : Math.hypot(one.x - two.x, one.y - two.y);
    const alone = (one) => Math.min(...points.map((two) => apart(one, two)));
    return points.sort((one, two) => alone(two) - alone(one))[0];
}"""  # the point that a click cannot take for another
NAMED = "new Intl.DisplayNames('en', { type: 'language' }).of(document.querySelector('.reader .whole').lang)"


def cell(page, pair):
    return page.locator(f".matrix td[data-pair='{pair}']")


def reader(page, doc_id):
    node = page.locator(f".reader[data-doc='{doc_id}']")
    expect(node).to_be_visible()
    return node


def others(group):
    """Translations that a document of that group has."""
    return sum(document["group"] == group for document in DEMO) - 1


def fits(page, width):
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_says_shows_and_draws(open_page):
    page = open_page("/alignment")
    assert re.search(r"nearest neighbour in \d+\.\d % of 15,264 cases", words_of(page, ".sentence"))
    plot = page.locator(".plot[data-drawn=yes]")
    expect(plot).to_have_attribute("data-points", str(len(DEMO)))
    assert page.locator(".plot .scatterlayer .point").count() == len(DEMO)
    assert page.locator(".matrix td.full").count() == PAIRS
    assert page.locator(".matrix tr.control td").count() == len(LANGUAGES)
    assert page.locator(".neighbours tbody tr").count() == len(LANGUAGES)
    origin = words_of(page, ".origin-of")
    assert re.search(r"identity [0-9a-f]{12} ", origin) and re.search(r"checksum [0-9a-f]{12} ", origin)
    assert "seed 0" in origin and f"15,264 in {PAIRS} pairs" in origin
    assert page.url.endswith("/alignment?v=1&c=demo&model=static-26&metric=retrieval")
    assert page.locator(".gradio-container .nav-holder").is_hidden()


def test_both_pages_lead_to_each_other(open_page):
    page = open_page("/alignment")
    page.locator("nav[aria-label=Pages] a", has_text="Search").click()
    page.wait_for_selector(".babelscope .empty h2")
    page.locator("nav[aria-label=Pages] a", has_text="Alignment").click()
    page.wait_for_selector(".atlas[data-done]")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_selector(".babelscope .empty h2")
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_selector(".atlas[data-done]")


def test_a_point_opens_its_text_and_joins_its_translations(open_page):
    page = open_page("/alignment")
    point = page.evaluate(LONELIEST)
    page.mouse.move(point["x"], point["y"])
    group, language = page.locator(f".chip-of[data-at='{point['at']}']").get_attribute("aria-label").split(", ")
    expect(page.locator(".tip")).to_contain_text(group)
    page.mouse.click(point["x"], point["y"])
    expect(page.locator(".reader .translations li")).to_have_count(others(group))
    assert page.evaluate(NAMED) == language
    expect(page.locator(".plot")).to_have_attribute("data-lines", str(others(group)))
    assert f"open={group}." in page.url
    tag, name, direction = ("en", "English", "ltr") if language == "Arabic" else ("ar", "العربية", "rtl")
    page.locator(".reader .translations .opens", has_text=name).click()
    assert reader(page, f"{group}.{tag}").locator(".whole").get_attribute("lang") == tag
    assert page.evaluate("getComputedStyle(document.querySelector('.reader .whole')).direction") == direction
    page.keyboard.press("Escape")
    expect(page.locator(".reader")).to_be_hidden()
    expect(page.locator(".plot")).to_have_attribute("data-lines", "0")
    assert "open=" not in page.url


def test_the_list_opens_the_same_by_keyboard(open_page):
    page = open_page("/alignment", viewport={"width": 1000, "height": 800})
    page.locator(".listed summary").focus()
    page.keyboard.press("Enter")
    page.locator(".chip-of[aria-label='tides, Swahili']").focus()
    page.keyboard.press("Enter")
    assert reader(page, "tides.sw").locator(".translations li").count() == others("tides")


def test_a_cell_shows_its_pair_and_its_misses(open_page):
    page = open_page("/alignment")
    worst = page.locator(".matrix td.full:not(.perfect)").first
    pair = worst.get_attribute("data-pair")
    worst.click()
    expect(worst).to_have_attribute("aria-selected", "true")
    expect(page.locator(".misses li")).not_to_have_count(0)
    assert re.search(r"Missed: \d+ of (96|24)\.", words_of(page, ".misses"))
    assert f"pair={pair}" in page.url
    page.locator(".misses .opens").first.click()
    expect(page.locator(".reader .translations li").first).to_be_visible()
    page.get_by_role("button", name="Other way").click()
    expect(cell(page, "-".join(reversed(pair.split("-"))))).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".pair-detail")).to_be_hidden()
    assert "pair=" not in page.url


def test_the_matrix_is_walked_by_keys(open_page):
    page = open_page("/alignment")
    assert page.locator(".matrix td[tabindex='0']").count() == 1
    cell(page, "ar-de").focus()
    for key in ("ArrowDown", "ArrowRight", "j", "l", "ArrowUp"):
        page.keyboard.press(key)
    expect(cell(page, "bn-es")).to_be_focused()
    assert page.locator(".matrix td[tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    expect(page.locator(".misses p")).to_contain_text("Missed: none of 24.")
    expect(cell(page, "bn-es")).to_have_attribute("aria-selected", "true")


def test_each_measure_says_what_it_is_and_where_it_comes_from(open_page):
    page = open_page("/alignment")
    page.locator("[data-metric=margin]").click()
    expect(cell(page, "ar-ko").locator(".value")).to_have_text(re.compile(r"^\.\d{3}$"))
    assert "metric=margin" in page.url
    page.get_by_role("button", name="About: margin error").click()
    panel = page.locator(".panel.definition:visible")
    expect(panel).to_contain_text("Artetxe and Schwenk 2019")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    for button in page.locator(".about-it").all():
        button.click()
        assert len(page.locator(".panel.definition:visible").inner_text()) > 60


def test_the_legend_switches_languages(open_page):
    page = open_page("/alignment")
    plot = page.locator(".plot")
    page.locator(".entry[data-language=sw]").click()
    expect(plot).to_have_attribute("data-points", str(len(DEMO) - 96))
    expect(page.locator(".entry[data-language=sw]")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="none", exact=True).click()
    expect(plot).to_have_attribute("data-points", "0")
    page.get_by_role("button", name="all", exact=True).click()
    expect(plot).to_have_attribute("data-points", str(len(DEMO)))


def test_a_link_restores_everything(open_page):
    page = open_page(EVERYTHING)
    reader(page, "honey.ar")
    expect(cell(page, "sw-ja")).to_have_attribute("aria-selected", "true")
    expect(page.locator("[data-metric=cosine]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".plot")).to_have_attribute("data-lines", str(others("honey")))
    assert page.url.endswith(EVERYTHING)


def test_what_a_link_says_in_vain_is_named(open_page):
    page = open_page("/alignment?v=1&c=demo&metric=vibes&pair=sw-xx&open=gone&foo=1")
    expect(page.locator(".notes .note")).to_have_count(4)
    assert page.url.endswith("/alignment?v=1&c=demo&model=static-26&metric=retrieval")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dark_and_light_have_their_own_colours(open_page, scheme):
    page = open_page("/alignment", color_scheme=scheme)
    colour = "document.querySelector('.plot').data[3].marker.color"
    first = page.evaluate(colour)
    assert first == {"light": "rgb(0, 114, 178)", "dark": "rgb(86, 180, 233)"}[scheme]
    page.get_by_role("button", name="Light or dark").click()
    page.wait_for_function(f"{colour} !== '{first}'")


@pytest.mark.parametrize("width", [320, 900])
def test_narrow_pages_have_the_map_above_and_never_overflow(open_page, width):
    page = open_page(EVERYTHING, viewport={"width": width, "height": 800})
    reader(page, "honey.ar")
    fits(page, width)
    assert page.locator(".frame").bounding_box()["y"] < page.locator(".matrix").bounding_box()["y"]
    page.get_by_role("button", name="About: cosine gap").click()
    fits(page, width)


def test_attacking_texts_without_translations_are_a_sentence(open_page):
    page = open_page("/alignment?v=1&c=hostile&pair=%3Cimg%20src=x%20onerror=window.pwned=1%3E")
    expect(page.locator(".empty h2")).to_have_text("No parallel documents")
    assert "'hostile' has no parallel documents" in words_of(page, ".empty")
    assert page.evaluate("window.pwned") is None
    assert page.locator(".babelscope img, .babelscope script").count() == 0


GROUP = "<img/src=x/onerror=window.pwned=1>${window.pwned=2}{{value}}"  # an id: no white space, no control characters


@pytest.fixture(scope="module")
def attacking(home, tmp_path_factory):
    """Translations that attack the page, by text, by title and by the name of their group."""
    folder = tmp_path_factory.mktemp("source") / "attacking"
    (folder / "qrels").mkdir(parents=True)
    rows = [
        {"_id": f"h{i}.{tag}", "language": tag, "title": text, "text": f"honey {text}", "group": f"{GROUP}{i}"}
        for i, text in enumerate(HOSTILE)
        for tag in ("en", "ar")
    ]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "queries.jsonl").write_text('{"_id": "q", "text": "honey", "language": "en", "need": "n"}\n')
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\th0.en\t1\n")
    environment = os.environ | {"BABELSCOPE_HOME": str(home)}
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "app.py", "index", str(folder)], cwd=root, env=environment, check=True)


def test_attacking_translations_are_only_text(attacking, open_page):
    page = open_page("/alignment?v=1&c=attacking&pair=en-ar")
    for i in range(len(HOSTILE)):
        page.locator(".groups li").nth(i).locator(".chip-of").first.click()
        expect(page.locator(".reader .translations li")).to_have_count(1)
    page.mouse.move(**{name: page.evaluate(LONELIEST)[name] for name in "xy"})
    shown = page.locator(".listed").inner_text()
    assert all(f"{GROUP}{i}" in shown for i in range(len(HOSTILE)))
    assert page.evaluate("window.pwned") is None
    assert page.locator(".babelscope img, .babelscope script, .babelscope iframe").count() == 0


def test_without_the_script_of_the_map_the_rest_is_there(open_page, browser, server):
    context = browser.new_context()
    page = context.new_page()
    page.route("**/plotly.min.js", lambda route: route.abort())
    page.goto(server + "/alignment")
    expect(page.locator(".drawing")).to_contain_text("The map cannot be drawn here")
    page.locator(".listed summary").click()
    page.locator(".chip-of[aria-label='honey, Thai']").click()
    reader(page, "honey.th")
    context.close()
