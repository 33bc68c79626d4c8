"""axe-core over every page in every state, light and dark, wide and narrow: nothing serious or critical."""

from collections import Counter
from urllib.parse import quote

import pytest
from steps import answered, ask

from ui.pages import VIEWS

pytest.importorskip("playwright.sync_api", reason="NOT TESTED IN A BROWSER: playwright is not installed")
axe_playwright = pytest.importorskip("axe_playwright_python.sync_playwright", reason="NOT TESTED: axe is not installed")
pytestmark = pytest.mark.slow

SEVERE = ("serious", "critical")
SYSTEMS = "dense:static-26;wsum(bm25[q=lex] .5, dense:static-26 .5);bm52"
RESULTS = f"/?v=1&c=demo&q={quote('Nyuki hutengenezaje asali?')}&ql=sw&s={quote(SYSTEMS, safe=';:(),')}"


def pressed(*keys):
    def arrange(page):
        for key in keys:
            page.keyboard.press(key)

    return arrange


def clicked(selector, then=None):
    """Opens what that button opens, once the popover before is left."""

    def arrange(page):
        if page.locator(".panel:visible").count():
            page.keyboard.press("Escape")
        page.locator(f"{selector}:visible").first.click()
        if then:
            page.locator(f"{then}:visible").first.wait_for()

    return arrange


def started(page):
    page.locator(".empty h2").first.wait_for()


def panel_on(key, shown):
    def arrange(page):
        page.locator("article.card").nth(1).focus()
        page.keyboard.press(key)
        page.locator(f".sidebar {shown}").first.wait_for()

    return arrange


def tints_came(page):
    answered(page)
    page.locator("mark[data-tint]").first.wait_for(state="attached")


def ladder_drawn(page):
    answered(page)
    page.locator(".ladder[data-done=yes]").wait_for()


def refused(page):
    ask(page, "?!…")
    page.locator(".notes .error").wait_for()


def pasted(page):
    page.locator(".panel.systems textarea").first.fill("bm53; dense:nowhere")
    page.keyboard.press("Enter")
    page.locator(".panel.systems .hint p").first.wait_for()


def kept_as_a_set(page):
    page.locator(".panel.systems section input").fill("Kept")
    page.keyboard.press("Enter")
    page.locator(".told button:visible, .told [role=status]:has-text('saved')").first.wait_for()


def building(page):
    page.get_by_role("button", name="Build from parts").click()
    page.locator("#build-told").get_by_text("It runs here").wait_for()


def built(page):
    for name in ("+ first stage", "+ re-ranker"):
        page.get_by_role("button", name=name).click()
    page.locator("#build-told").get_by_text("It runs here").wait_for()
    page.locator(".builder textarea").fill("dense:nowhere")
    page.locator("#build-told.wrong").wait_for()


def collapsed(page):
    page.get_by_role("button", name="Collapse", exact=True).click()
    page.locator(".unfold").wait_for()


def drawn(page):
    page.locator(".atlas[data-done]").wait_for()


def graded(page):
    for key in ("1", "2", "3", "0"):
        page.locator("article.card").nth(int(key)).focus()
        page.keyboard.press(key)
        page.locator("article.card[data-state=saved]").nth(int(key) and 0).wait_for()


PAGE, OPEN, PANEL = "body", ".panel:not([hidden])", ".sidebar"
LANGUAGES, NAME = "[aria-label='Languages of the documents']", "[aria-label^='Your name']"
WALKS = {  # page → its link and its states, one after the other: name, how it comes about, what of the page is new
    "empty": (
        "/",
        [
            ("empty", started, PAGE),
            ("name", clicked(NAME, ".panel.name"), OPEN),
            ("keys", pressed("Escape", "?"), "dialog"),
        ],
    ),
    "results": (
        RESULTS,
        [
            ("results", tints_came, PAGE),
            ("graded", graded, "section.column:first-of-type"),
            ("languages", clicked(LANGUAGES, ".checks"), OPEN),
            ("systems", clicked(".plus", ".panel.systems"), OPEN),
            ("a wrong name", pasted, OPEN),
            ("a saved set", kept_as_a_set, OPEN),
            ("builder", building, OPEN),
            ("built", built, OPEN),
            ("column", clicked("section.column .more", ".columns-menu"), ".columns-menu"),
            ("collapsed", collapsed, ".grid"),
            ("shares", clicked(".strip .popover button", ".shares"), OPEN),
            ("added words", clicked(".added-words button:enabled", ".added-words dl"), ".added-words:has(dl)"),
            ("stages", clicked(".time.quiet", ".stages"), ".head"),
            ("refused", refused, ".notes"),
        ],
    ),
    "panel": (
        RESULTS.replace(";bm52", ""),
        [
            ("text", panel_on("o", ".sheet"), PANEL),
            ("why", panel_on("w", ".account"), PANEL),
            ("matrix", clicked(".account .plain", ".heat"), PANEL),
            ("translations", panel_on("t", ".kin"), PANEL),
        ],
    ),
    "ladder": (
        RESULTS.replace(";bm52", "") + "&view=ladder&ref=1",
        [
            ("drawn", ladder_drawn, PAGE),
            ("table", clicked(".ladder-table summary", ".ladder-table tbody"), ".ladder"),
            ("in hand", pressed("j", "j"), ".ladder"),
            ("moved", pressed("v"), ".grid"),
        ],
    ),
    "alignment": (
        "/alignment",
        [
            ("loaded", drawn, PAGE),
            ("measure", clicked(".about-it", ".definition"), OPEN),
            ("pair", clicked(".matrix td.full:not(.perfect)", ".misses li"), ".right"),
            ("point", clicked(".misses .opens", ".reader .translations"), ".reader"),
            ("list", clicked(".listed summary", ".groups"), ".listed"),
        ],
    ),
}
OTHERS = {
    view.path: (view.path, [("loaded", lambda page: None, PAGE)])
    for view in VIEWS
    if view.path not in ("/", "/alignment")
}
WINDOWS = {"wide": {"width": 1400, "height": 900}, "narrow": {"width": 320, "height": 700}}


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("walk", [*WALKS, *OTHERS])
def test_axe_finds_nothing_serious(open_page, capsys, walk, scheme, window):
    path, states = (WALKS | OTHERS)[walk]
    page = open_page(path, color_scheme=scheme, viewport=WINDOWS[window], reduced_motion="reduce")
    page.evaluate(axe_playwright.Axe().axe_script)
    lesser, severe = Counter(), []
    for name, arrange, part in states:
        arrange(page)
        for violation in faults(page, part):
            lesser[f"{violation['id']} ({violation['impact']})"] += len(violation["nodes"])
            severe += [
                f"{name}: {described(violation, node)}" for node in violation["nodes"] if violation["impact"] in SEVERE
            ]
    with capsys.disabled():
        print(f"\n{walk}, {scheme}, {window}: {len(states)} states, {dict(lesser) or 'no violation'}")
    assert not severe, "\n".join(severe)


def faults(page, part):
    return page.evaluate("(part) => axe.run(part, { resultTypes: ['violations'] })", part)["violations"]


def described(violation, node):
    return (
        f"{violation['id']} {' '.join(map(str, node['target']))}: {node['html'][:160]} {node['failureSummary'][:300]}"
    )
