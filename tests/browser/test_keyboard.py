"""Every control by keyboard: Tab reaches it or its keys do, focus is seen and never lost, Escape goes back."""

from pathlib import Path
from urllib.parse import quote

import pytest
from steps import answered

expect = pytest.importorskip(
    "playwright.sync_api", reason="NOT TESTED IN A BROWSER: playwright is not installed"
).expect
pytestmark = pytest.mark.slow

RESULTS = f"/?v=1&c=demo&q={quote('Nyuki hutengenezaje asali?')}&ql=sw&s=bm25;{quote('bm25[q=lex]', safe='[]=')};bm52"

LISTENING = Path(__file__).with_name("keyboard.js").read_text("utf-8")
OWN_KEYS = ", ".join(
    (
        "article.card:not([tabindex='0']) *, article.card:not([tabindex='0'])",  # j k h l go there; then it is one
        "article.card .title, article.card .text",  # o, Enter
        ".ranks i",  # j k
        ".ladder .point:not([tabindex='0'])",  # arrow keys, j k h l
        ".matrix td",  # arrow keys
        "[role=tab][aria-selected=false]",  # arrow keys
        "dialog",  # a click beside it closes; Esc does too
        ".plot *",  # the list below the map opens the same documents
    )
)


def walked(page, key="Tab"):
    """Every place that the key comes to, until it is where it was."""
    wanted = page.evaluate("(known) => begin(known)", OWN_KEYS)
    stops = []
    for _ in range(wanted + 60):
        page.keyboard.press(key)
        stop = page.evaluate("stop()")
        if stop and "again" in stop:
            break
        if stop:  # else it is between the end of the page and its beginning
            stops.append(stop)
    else:
        raise AssertionError(f"{key} never came round: {stops[-3:]}")
    return stops


def all_reached(page):
    stops = walked(page)
    assert page.evaluate("left()") == []
    assert [stop["name"] for stop in stops if stop["hidden"]] == []
    assert [stop["name"] for stop in stops if not stop["ringed"]] == []
    return len(stops)


def no_trap(page, forth):
    """Backwards there are as many places as forwards."""
    page.evaluate("document.activeElement.blur()")
    assert len(walked(page, "Shift+Tab")) == forth
    assert page.evaluate("left()") == []


@pytest.mark.parametrize("width", [1400, 320])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        RESULTS,
        RESULTS + "&open=honey.sw&panel=why",
        RESULTS + "&view=ladder",
        "/alignment?v=1&c=demo&pair=sw-ja&open=honey.ar",
    ],
    ids=["empty", "results", "panel", "ladder", "alignment"],
)
def test_tab_reaches_every_control_and_comes_round(open_page, path, width):
    page = open_page(path, init=LISTENING, viewport={"width": width, "height": 900}, reduced_motion="reduce")
    settle(page, path)
    no_trap(page, all_reached(page))


def settle(page, path):
    if path.startswith("/alignment"):
        page.locator(".atlas[data-done]").wait_for()
        page.locator(".reader .translations, .misses p").first.wait_for()
        page.locator(".listed").evaluate("(list) => (list.open = true)")
    elif "q=" in path:
        answered(page)
        if "view=" in path:
            page.locator(".ladder[data-done=yes]").wait_for()
        if "open=" in path:
            page.locator(".sidebar .heat").wait_for()
        for opener in page.locator(".added-words .line > .quiet:enabled, .time.quiet").all():
            opener.evaluate("(button) => button.click()")
    page.evaluate("scrollTo(0, 0), document.activeElement.blur()")


@pytest.mark.parametrize("path", [RESULTS, "/alignment"], ids=["search", "alignment"])
def test_escape_leaves_every_popover_and_goes_back_to_its_button(open_page, path):
    page = open_page(path)
    page.locator("article.card, .atlas[data-done]").first.wait_for()
    buttons = page.locator(".popover > button:visible")
    assert buttons.count() >= 4
    for button in buttons.all():
        button.focus()
        page.keyboard.press("Enter")
        expect(button).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("Escape")
        expect(button).to_have_attribute("aria-expanded", "false")
        expect(button).to_be_focused()


@pytest.mark.parametrize("path", ["/", "/alignment"], ids=["search", "alignment"])
def test_the_keys_open_hold_focus_and_give_it_back(open_page, path):
    page = open_page(path)
    opener = page.get_by_role("button", name="Keys")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.help")
    expect(dialog).to_be_visible()
    for key in ("Tab", "Tab", "Shift+Tab", "Tab"):
        page.keyboard.press(key)
        inside = "document.querySelector('dialog').contains(document.activeElement)"
        assert page.evaluate(f"document.activeElement === document.body || {inside}")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


LABEL = "(card) => card.getAttribute('aria-labelledby')"


def test_every_card_is_come_to_and_its_buttons_by_tab(open_page):
    page = open_page(RESULTS)
    answered(page)
    page.keyboard.press("Escape")
    page.locator("article.card[tabindex='0']").focus()
    seen = set()
    for turn in ("l", "h"):
        for key in ["j"] * 20 + ["k"] * 20 + [turn]:
            seen.add(page.locator(":focus").evaluate(LABEL))
            page.keyboard.press(key)
    assert seen == {card.evaluate(LABEL) for card in page.locator("article.card").all()}
    assert len(seen) > 20
    card = page.locator(f"[aria-labelledby='{page.locator(':focus').evaluate(LABEL)}']")
    inside = card.locator("button").count()
    assert inside >= 5
    for at in range(inside):
        page.keyboard.press("Tab")
        expect(card.locator("button").nth(at)).to_be_focused()


def test_a_column_tab_keeps_the_focus_when_it_is_pressed(open_page):
    page = open_page(RESULTS, viewport={"width": 600, "height": 800}, reduced_motion="reduce")
    answered(page)
    second = page.locator(".tab").nth(1)
    second.focus()
    page.keyboard.press("Enter")
    expect(second).to_have_attribute("aria-pressed", "true")
    expect(second).to_be_focused()


KEYS = {  # what a key does, and its place
    "query": "Slash", "next": "KeyJ", "previous": "KeyK", "right": "KeyL", "left": "KeyH", "clear": "KeyX",
    "undo": "KeyU", "redo": "KeyU", "open": "KeyO", "why": "KeyW", "translations": "KeyT", "help": "Slash",
    "two": "Digit2", "go": "KeyG", "alignment": "KeyL",
}  # fmt: skip
FRENCH = {"query": "Period", "why": "KeyZ", "help": "KeyM"}
LAYOUTS = {  # the keys of the page as these keyboards give them
    "Russian": ". о л д р ч г Г щ ц е , 2 п д",
    "Arabic": "ظ ت ن م ا ء ع ‘ خ ص ف ؟ ٢ ل م",
    "French": "/ j k l h x u U o w t ? é g l",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_keys_under_another_layout(open_page, layout):
    page = open_page(RESULTS)
    answered(page)
    places = KEYS | (FRENCH if layout == "French" else {})
    characters = dict(zip(KEYS, LAYOUTS[layout].split(), strict=True))

    def press(name):
        event = {"key": characters[name], "code": places[name], "shiftKey": name in ("redo", "help")}
        event |= {"bubbles": True, "cancelable": True}
        page.evaluate("(event) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', event))", event)

    def card(column, rank):
        return page.locator(f"[aria-labelledby='card-{column}-{rank}']")

    card(0, 1).focus()
    for name, there in (("next", (0, 2)), ("right", (1, 2)), ("previous", (1, 1)), ("left", (0, 1))):
        press(name)
        expect(card(*there)).to_be_focused()
    grade = card(0, 1).locator(".grade[aria-checked=true]")
    for name, text in (("two", "2"), ("undo", None), ("redo", "2"), ("clear", None)):
        press(name)
        expect(grade).to_have_count(1 if text else 0)
        if text:
            expect(grade).to_have_text(text)
        expect(card(0, 1)).to_have_attribute("data-state", "saved" if text else "")
    for name, part in (("open", "text"), ("why", "why"), ("translations", "translations")):
        press(name)
        expect(page.locator(f".sidebar[data-panel={part}]")).to_be_visible()
    press("help")
    expect(page.locator("dialog.help")).to_be_visible()
    page.keyboard.press("Escape")
    press("query")
    expect(page.locator("#query")).to_be_focused()
    page.keyboard.press("Escape")
    press("go")
    press("alignment")
    page.locator(".atlas[data-done]").wait_for()
