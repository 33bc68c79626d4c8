"""Every hostile text everywhere one can put one: no script runs, no card is empty, what is shown is what is stored."""

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from hostile import BATCH, CORPUS, FAMILIES, id_of, text_of
from steps import answered

from tests.faults.figures import record

expect = pytest.importorskip(
    "playwright.sync_api", reason="NOT TESTED IN A BROWSER: playwright is not installed"
).expect
pytestmark = pytest.mark.slow

BATCHES = -(-len(CORPUS) // BATCH)
SHARE = f"/?v=1&c=corpus&ql=en&s=bm25&q=batch0&dl={quote('en,sw', safe=',')}"
"""A quick search: one column of a sixth of the documents."""
BADGES = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\u2400-\u241f\ufeff\ufff9-\ufffb]"
    "|[\U000e0000-\U000e007f]+|[\u200b-\u200d\u2060-\u2064]{2,}|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}"
)
KEPT = "\u061c\u200e\u200f"
BLANK = re.compile(
    "[\\s\u00ad\u034f\u115f\u1160\u180e\u200b-\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]*"
)

READ = Path(__file__).with_name("hostile.js").read_text("utf-8")
CARDS = """() => [...document.querySelectorAll('article.card')].map((card) => {
  if (!card.classList.contains('open')) card.querySelector('.text').click();
  return [card.dataset.doc, read(card.querySelector('.title')), read(card.querySelector('.text'))];
})"""
SHEETS = """() => [...document.querySelectorAll('.sidebar .sheet')].map((sheet) =>
  ['.id', '.sidebar-title', '.sidebar-text'].map((part) => read(sheet.querySelector(part))))"""
READER = """() => {
  const reader = document.querySelector('.reader');
  const row = (node) => [read(node.querySelector('.words')), read(node.querySelector('.glance'))];
  return [...['.title', '.whole'].map((part) => read(reader.querySelector(part))),
    [...reader.querySelectorAll('.translations li')].map(row)];
}"""


def stored(text):
    """As JSON brings it in: what is not a character is U+FFFD, NUL its picture."""
    pairs = json.loads(json.dumps(text))
    return re.sub("[\ud800-\udfff]", "\ufffd", pairs).replace("\0", "\u2400")


def shown(text):
    """(the characters on screen, the badges beside them)"""
    text = stored(text)
    left = BADGES.sub(lambda found: found[0] if found[0] in KEPT else "", text)
    return [left, len(BADGES.findall(text))]


def title(at):
    text = stored(CORPUS[at])
    return shown(f"Document {id_of(at)}" if BLANK.fullmatch(text) and not BADGES.search(text) else text)


def batch(number):
    return range(number * BATCH, min(len(CORPUS), (number + 1) * BATCH))


def differences(found, wanted):
    """What is not as it should be, readable."""
    assert len(found) == len(wanted)
    return [(a, b) for a, b in zip(found, wanted, strict=True) if a != b]


def opened(open_page, path):
    page = open_page(path, init=READ)
    answered(page)
    return page


def test_documents_on_cards_and_in_the_panel(open_page):
    page = opened(open_page, "/?v=1&c=corpus&ql=en&s=bm25&q=batch0")
    for number in range(BATCHES):
        page.evaluate("(text) => typed(JSON.stringify([text]))", f"batch{number}")
        found = {doc: parts for doc, *parts in page.evaluate(CARDS)}
        wanted = {id_of(at): [title(at), shown(text_of(at))] for at in batch(number)}
        assert found.keys() == wanted.keys()
        assert differences(list(found.values()), [wanted[doc] for doc in found]) == []
        page.locator("article.card").first.focus()
        page.keyboard.press("t")
        expect(page.locator(".sidebar-body:not([aria-busy]) .sheet")).to_have_count(len(wanted))
        sheets = page.evaluate(SHEETS)
        assert sorted(sheets) == sorted([shown(id_of(at)), title(at), shown(text_of(at))] for at in batch(number))
        page.keyboard.press("Escape")
        assert page.evaluate("safe()")
    record("21", "hostile strings tried", str(len(CORPUS)))
    record("21", "as document title, text and id, on cards and in the panel", "shown as stored, none ran")


def test_why_of_each_family_and_a_link_to_it(open_page):
    for texts in FAMILIES.values():
        at = CORPUS.index(texts[0])
        page = opened(open_page, f"/?v=1&c=corpus&ql=en&s=bm25&q=batch{at // BATCH}")
        page.locator("article.card").nth(at % 5).focus()
        page.keyboard.press("w")
        page.locator(".sidebar .account").first.wait_for()
        page.keyboard.press("1")
        expect(page.locator("article.card").nth(at % 5)).to_have_attribute("data-state", "saved")
        page.reload()
        answered(page)
        page.locator(".sidebar .account").first.wait_for()
        assert page.evaluate("safe()")
        page.close()


def test_queries_by_the_box(open_page):
    page = opened(open_page, SHARE)
    found = page.evaluate("(texts) => typed(texts)", json.dumps(CORPUS))
    wrong = [(text, one) for text, one in zip(CORPUS, found, strict=True) if not one["safe"] or one["empty"]]
    assert wrong == []
    kept = [one for one in found if not one["error"]]
    assert [one for one in kept if one["q"].strip() != stored(one["box"]).strip()] == []
    assert [
        one["error"] for one in found if one["error"] and not re.search("no word|Type what|shorten", one["error"])
    ] == []
    record("21", "as query, typed", f"{len(kept)} answered, {len(found) - len(kept)} got a sentence, none ran")


def test_queries_by_a_link(open_page):
    page = opened(open_page, SHARE)
    base = SHARE.replace("q=batch0&", "")
    some = [text for texts in FAMILIES.values() for text in texts[::3]]
    links = [f"{base}&q={quote(text.encode('utf-8', 'surrogatepass'))}" for text in some]
    found = page.evaluate("(links) => followed(links)", links)
    assert [(text, one) for text, one in zip(some, found, strict=True) if not one["safe"] or one["empty"]] == []
    plain = [
        (one["box"], stored(text))
        for text, one in zip(some, found, strict=True)
        if not re.search("[\r\n\ud800-\udfff]", text)
    ]
    assert [pair for pair in plain if pair[0] != pair[1]] == []
    record("21", "as query, in a link", f"{len(some)}, {sum(not one['error'] for one in found)} answered, none ran")


def test_names_of_systems_by_a_link(open_page):
    page = opened(open_page, SHARE)
    names = [text for text in CORPUS if not re.search("[;\r\n]", text) and text.strip()]
    threes = [names[at : at + 3] for at in range(0, len(names), 3)]
    links = [
        f"/?v=1&c=corpus&ql=en&dl=en&q=batch0&s={quote(';'.join(['bm25', *three]).encode('utf-8', 'surrogatepass'))}"
        for three in threes
    ]
    found = page.evaluate("(links) => followed(links)", links)
    for three, one in zip(threes, found, strict=True):
        assert one["safe"], three
        assert [state for _, state, _ in one["columns"]] == ["done", *["error"] * (len(one["columns"]) - 1)], three
        assert all(why.strip() for _, state, why in one["columns"] if state == "error"), three
        if len(one["columns"]) == 1 + len(three) and not re.search("[\ud800-\udfff]", "".join(three)):
            assert [name for name, _, _ in one["columns"][1:]] == [shown(name.strip()) for name in three]
    record("21", "as name of a system, in a link", f"{len(names)}: each column says why it does not run")


def test_names_of_people(open_page):
    page = opened(open_page, SHARE)
    page.get_by_role("button", name="Your name").click()
    found = page.evaluate("(texts) => named(texts)", json.dumps(CORPUS))
    assert all(safe for _, _, safe in found)
    trimmed = [re.sub("^[\\s\ufeff]+|[\\s\ufeff]+$", "", text) for text in CORPUS]  # as a browser trims
    short = [
        (one[:2], shown(text))
        for text, one in zip(trimmed, found, strict=True)
        if 0 < len(text) < 40 and not re.search("[\r\n\x85\x1c-\x1f\ud800-\udfff]", text)
    ]
    assert [pair for pair in short if pair[0] != pair[1]] == []
    for texts in FAMILIES.values():
        page.locator(".panel.name input").evaluate(
            "(input, text) => { input.value = JSON.parse(text); input.dispatchEvent(new Event('change')); }",
            json.dumps(texts[-1]),
        )
        page.keyboard.press("Escape")
        card = page.locator("article.card").first
        card.focus()
        page.keyboard.press("1" if card.get_attribute("data-step") != "3" else "0")
        expect(card).to_have_attribute("data-state", re.compile("^(saved|refused|unsaved)$"))
        if card.get_attribute("data-state") != "saved":
            expect(card.locator(".sentence")).to_contain_text("at least one letter or digit")
        page.get_by_role("button", name="Your name").click()
    record("21", "as name of an annotator", f"{len(found)}, none ran")


def test_the_collection_tells_of_itself(open_page):
    page = open_page("/?v=1&c=corpus", init=READ)
    said, _ = page.evaluate("read(document.querySelector('.about'))")
    for text in (*FAMILIES["html"][:5], *FAMILIES["template"][:5], *FAMILIES["attribute"][:5]):
        assert text in said
    assert page.evaluate("safe()")


def test_the_alignment_page(open_page):
    page = open_page("/alignment?v=1&c=corpus", init=READ)
    page.locator(".atlas[data-done]").wait_for()
    for number in range(BATCHES - 1):
        first = number * BATCH
        page.evaluate(f"document.querySelector('.chip-of[data-at=\"{first}\"]').click()")
        page.wait_for_function("(id) => document.querySelector('.reader').dataset.doc === id", arg=id_of(first))
        name, whole, others = page.evaluate(READER)
        assert [name, whole] == [shown(CORPUS[first]), shown(text_of(first))]
        assert len(others) == BATCH - 1
        assert page.evaluate("safe()")
    record("21", "on the Alignment page", f"{BATCHES - 1} groups of {BATCH}, none ran")
