"""What moved against a reference, lines between columns, and the rank ladder, on the demo in a real browser."""

import json
import re
from functools import partial
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import command
from steps import answered

expect = pytest.importorskip(
    "playwright.sync_api", reason="NOT TESTED IN A BROWSER: playwright is not installed"
).expect
pytestmark = pytest.mark.slow

ASKED = "Nyuki hutengenezaje asali?"
HYBRID = "wsum(bm25[q=lex] .5, dense:static-26 .5)"
RERANKED = "rrf(bm25, dense:static-26) >> maxsim:static-26"
THREE = ("dense:static-26", HYBRID, RERANKED)
EIGHT = (
    *THREE,
    "bm25",
    "bm25[q=lex]",
    "rrf(bm25, dense:static-26)",
    f"{HYBRID} >> maxsim:static-26",
    "mean(bm25, dense:static-26)",
)
SIGNS = {"up": "▲", "down": "▼", "new": "●", "same": "="}


@pytest.fixture
def open_page(open_page):
    """With what reads the page installed in it."""
    return partial(open_page, init=Path(__file__).with_name("ladder.js").read_text("utf-8"))


def link(*systems, more="", query=ASKED):
    return f"/?v=1&c=demo&q={quote(query)}&ql=sw&s={quote(';'.join(systems), safe=';:(),')}{more}"


@pytest.fixture(scope="module")
def moved(home):
    """What core says of the same search: system → moves against the first."""
    words = ["search", ASKED, "-l", "sw", "-n", "20", "-r", "1", "--json"]
    for system in THREE:
        words += ["-s", system]
    return [system.get("moves") for system in json.loads(command(words, home))["systems"]]


def cards(page, column):
    return page.locator(f"section.column:nth-of-type({column}) article.card")


def test_marks_are_cores_figures(open_page, moved):
    page = open_page(link(*THREE, more="&ref=1"))
    answered(page)
    assert page.locator("section.column:nth-of-type(1) .move").count() == 0
    for column in (2, 3):
        expected = [move for move in moved[column - 1] if move["kind"] != "gone"]
        found = cards(page, column).evaluate_all(
            "all => all.map(card => [card.dataset.doc, card.dataset.move, card.querySelector('.move').textContent])"
        )
        assert [[doc, kind] for doc, kind, _ in found] == [[move["doc_id"], move["kind"]] for move in expected]
        for (_, kind, shown), move in zip(found, expected, strict=True):
            by = abs(move["before"] - move["rank"]) if move["before"] else 0
            more = "new" if kind == "new" else str(by or "")
            assert re.sub(r"\s", "", shown) == SIGNS[kind] + more
    assert {move["kind"] for column in moved[1:] for move in column} == {"up", "down", "same", "gone"}
    spoken = page.locator(".move.up").first
    assert re.fullmatch(r"up \d+, from rank \d+ in column 1", spoken.get_attribute("aria-label"))
    described = page.locator("article.card[data-move=up]").first.get_attribute("aria-describedby")
    assert described == spoken.get_attribute("id")


def test_what_the_reference_has_not_at_all_is_new(open_page):
    page = open_page(link("bm25", "dense:static-26", more="&ref=1"))
    answered(page)
    known = len(cards(page, 1).all())
    assert known < 20  # so all of its list is on screen
    ids = set(cards(page, 1).evaluate_all("all => all.map(card => card.dataset.doc)"))
    for doc, kind, label in cards(page, 2).evaluate_all(
        "all => all.map(card => [card.dataset.doc, card.dataset.move, card.querySelector('.move').ariaLabel])"
    ):
        assert (kind == "new") == (doc not in ids)
        assert kind != "new" or label == f"new: not among the first {known} of column 1"


def test_gone_lists_what_the_column_lacks_and_goes_there(open_page, moved):
    page = open_page(link(*THREE, more="&ref=1"))
    answered(page)
    for column in (2, 3):
        gone = [move for move in moved[column - 1] if move["kind"] == "gone"]
        list_ = page.locator(f"section.column:nth-of-type({column}) .gone")
        assert list_.locator("summary").inner_text() == f"gone: {len(gone)}"
        rows = list_.locator("li").evaluate_all("rows => rows.map(row => [row.dataset.doc, row.dataset.rank ?? null])")
        known = [(move["doc_id"], move["rank"] if (move["rank"] or 101) <= 100 else None) for move in gone]
        assert [(doc, rank and int(rank)) for doc, rank in rows] == known
    list_.locator("summary").click()
    list_.locator("li button").last.click()
    here = page.locator("article.card:focus")
    assert here.get_attribute("data-doc") == rows[-1][0]
    assert here.evaluate("card => card.column") == 0


def test_the_reference_is_chosen_on_a_head_and_kept(open_page):
    page = open_page(link(*THREE))
    answered(page)
    assert page.locator(".move, .gone").count() == 0
    page.locator(".refer").nth(1).click()
    expect(page.locator(".refer").nth(1)).to_have_attribute("aria-pressed", "true")
    assert "ref=2" in page.url
    first = page.locator("section.column:nth-of-type(1) .move").first.inner_text()
    page.reload()
    answered(page)
    assert page.locator("section.column:nth-of-type(1) .move").first.inner_text() == first
    page.locator("#query").fill("пчёлы и мёд")
    page.locator("#query").press("Enter")
    page.wait_for_function("location.search.includes('q=%D0')")
    answered(page)
    assert "ref=2" in page.url
    assert page.locator(".move").count() > 0
    page.locator(".refer").nth(1).click()
    assert page.locator(".move, .gone").count() == 0
    assert "ref=" not in page.url


def test_a_collapsed_column_is_passed_over_and_opens_compared(open_page):
    page = open_page(link(*THREE, more="&ref=1&fold=2"))
    answered(page)
    assert page.locator("section.column:nth-of-type(3) .move").count() > 0
    cards(page, 1).first.hover()
    expect(page.locator(".joins path")).to_have_count(1)
    page.locator(".unfold").click()
    expect(page.locator("section.column:nth-of-type(2) .move").first).to_be_attached()
    expect(page.locator(".refer")).to_have_count(3)


def test_a_rank_below_the_cards_is_said(open_page, moved):
    page = open_page(link(*THREE))
    answered(page)
    deep = next(move for move in moved[1] if move["kind"] == "gone" and move["rank"])
    place = page.locator(f"section.column:nth-of-type(1) article.card[data-doc='{deep['doc_id']}'] .place.deep").first
    assert place.text_content() == str(deep["rank"])
    assert "below its cards" in place.get_attribute("aria-label")


def meets(page, doc):
    """Whether there is a line between each two neighbouring copies, from edge to edge."""
    found = page.evaluate("ends()")
    copies = sorted((card for card in found["cards"] if card["doc"] == doc), key=lambda card: card["column"])
    wanted = [[a["right"], a["y"], b["left"], b["y"]] for a, b in pairwise(copies)]
    return len(wanted) > 0 and found["paths"] == [pytest.approx(line, abs=0.2) for line in wanted]


def test_lines_join_the_copies_of_the_card_in_hand_and_follow(open_page):
    page = open_page(link(*THREE))
    answered(page)
    assert page.locator(".joins path").count() == 0
    cards(page, 1).first.hover()
    expect(page.locator(".joins path")).to_have_count(2)
    doc = cards(page, 1).first.get_attribute("data-doc")
    assert meets(page, doc)
    cards(page, 2).nth(5).focus()
    doc = cards(page, 2).nth(5).get_attribute("data-doc")
    for _ in range(4):
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(150)
    page.evaluate("document.activeElement.blur()")
    cards(page, 2).nth(5).focus()
    page.wait_for_timeout(100)
    assert meets(page, doc)


def test_all_lines_by_a_switch_that_is_remembered(open_page):
    page = open_page(link(*THREE))
    answered(page)
    page.locator(".lines").click()
    expect(page.locator(".joins .faint").first).to_be_attached()
    tops = [page.evaluate(f"docs({column}, 10)") for column in (1, 2, 3)]
    documents = {doc for top in tops for doc in top}
    assert page.locator(".joins .faint").count() == sum(sum(doc in top for top in tops) - 1 for doc in documents)
    page.reload()
    answered(page)
    expect(page.locator(".joins .faint").first).to_be_attached()
    page.set_viewport_size({"width": 600, "height": 800})
    expect(page.locator(".joins path")).to_have_count(0)


def test_translations_are_joined_by_dashes_where_they_light_up(open_page):
    page = open_page(link(*THREE))
    answered(page)
    page.locator(".kin-switch").click()
    card = cards(page, 1).first
    card.hover()
    group = card.get_attribute("data-group")
    doc = card.get_attribute("data-doc")
    kin = page.locator(f"section.column:nth-of-type(2) article.card[data-group='{group}']:not([data-doc='{doc}'])")
    assert kin.count() > 0
    expect(page.locator(".joins .kin")).to_have_count(kin.count())


def ladder(page):
    page.wait_for_function("document.querySelector('.ladder .document')")
    return page.locator(".ladder")


def test_the_ladder_by_key_url_back_and_forth(open_page):
    page = open_page(link(*THREE))
    answered(page)
    page.keyboard.press("j")
    doc = page.locator("article.card:focus").get_attribute("data-doc")
    page.keyboard.press("v")
    expect(ladder(page)).to_be_visible()
    assert page.locator("#results").is_hidden()
    assert "view=ladder" in page.url
    assert page.evaluate("document.activeElement.closest('.document').dataset.doc") == doc
    page.keyboard.press("v")
    expect(page.locator("#results")).to_be_visible()
    assert page.locator("article.card:focus").get_attribute("data-doc") == doc
    assert "view=" not in page.url
    page.locator(".views [data-view=ladder]").click()
    page.reload()
    answered(page)
    expect(ladder(page)).to_be_visible()


def test_the_ladder_draws_the_ranks_of_all_lists(open_page):
    page = open_page(link(*THREE, more="&view=ladder&top=10"))
    answered(page)
    ladder(page)
    tops = [page.evaluate(f"docs({column}, 10)") for column in (1, 2, 3)]
    expected = [[at, rank, doc] for at, top in enumerate(tops) for rank, doc in enumerate(top, start=1)]
    assert sorted(page.evaluate("points()")) == expected
    page.locator(".ladder [data-top='50']").click()
    page.wait_for_function("document.querySelectorAll('.ladder .point').length >= 130")
    assert "top=50" in page.url
    lists = page.locator(".ladder .point[data-list='0']").evaluate_all("all => all.map(p => Number(p.dataset.rank))")
    assert sorted(lists) == list(range(1, 51))


def test_one_document_in_hand_and_its_text(open_page):
    page = open_page(link(*THREE, more="&view=ladder"))
    answered(page)
    ladder(page)
    page.locator(".ladder .point[data-list='1'][data-rank='3']").hover()
    expect(page.locator(".ladder-plot.holding .document.on")).to_have_count(1)
    doc = page.locator(".document.on").get_attribute("data-doc")
    ranks = page.evaluate("[...document.querySelectorAll('.hand g')].map(g => g.textContent)")
    assert len(ranks) == 3 and ranks[1] == "3"
    assert page.locator(".readout .number").all_inner_texts() == ranks
    faded = page.locator(".document:not(.on)").first
    page.wait_for_function("(node) => Number(getComputedStyle(node).opacity) < .2", arg=faded.element_handle())
    page.locator(".document.on .point").first.click()
    expect(page.locator(".sidebar")).to_be_visible()
    assert f"open={doc}" in page.url
    page.keyboard.press("Escape")
    expect(page.locator(".sidebar")).to_be_hidden()
    page.mouse.move(5, 5)
    page.keyboard.press("ArrowDown")
    here = page.evaluate("document.activeElement.dataset")
    page.keyboard.press("ArrowRight")
    there = page.evaluate("document.activeElement.dataset")
    assert int(there["list"]) > int(here["list"])
    page.keyboard.press("w")
    expect(page.locator(".sidebar .account").first).to_be_visible()


def test_thick_where_relevant_and_it_says_by_whom(open_page):
    page = open_page(link(*THREE, more="&view=ladder"))
    answered(page)
    expect(page.locator("[data-by=collection]")).to_have_attribute("aria-pressed", "true")
    page.wait_for_function("document.querySelector('.document[data-step=\"3\"]')")
    widths = page.evaluate("widths()")
    assert widths["3"] > widths["0"]
    page.locator("[data-by=own]").click()
    assert page.locator(".document:not([data-step='0'])").count() == 0
    page.keyboard.press("v")
    cards(page, 1).first.focus()
    page.keyboard.press("3")
    page.locator("article.card[data-state=saved]").first.wait_for()
    doc = cards(page, 1).first.get_attribute("data-doc")
    page.keyboard.press("v")
    expect(page.locator(f".document[data-doc='{doc}']")).to_have_attribute("data-step", "3")
    cards_graded = page.locator("article.card[data-state=saved]")
    page.keyboard.press("v")
    cards_graded.first.focus()
    page.keyboard.press("x")


@pytest.mark.parametrize("width", [1400, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_titles_of_every_direction_stand_beside_their_scale(open_page, width, scheme):
    path = link(*THREE, more="&view=ladder&dl=ar,th,he")
    page = open_page(path, viewport={"width": width, "height": 800}, color_scheme=scheme)
    answered(page)
    ladder(page)
    titles = page.evaluate("titles()")
    assert {title["way"] for title in titles if title["lang"] in ("ar", "he")} == {"rtl"}
    assert {title["way"] for title in titles if title["lang"] == "th"} == {"ltr"}
    scales, edges = page.evaluate("scales()"), page.evaluate("plot()")
    for title in titles:
        left, right = title["sides"]
        assert right <= min(scales) - 8 or left >= max(scales) + 8, title
        assert edges[0] - 1 <= left and right <= edges[1] + 1, title
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [1440, 320])
def test_the_names_of_eight_systems_do_not_overlap(open_page, width):
    page = open_page(link(*EIGHT, more="&view=ladder"), viewport={"width": width, "height": 900})
    answered(page)
    ladder(page)
    names = page.evaluate("names()")
    assert len(names) == 8
    for (_, right), (left, _) in pairwise(names):
        assert right <= left
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_same_as_a_table(open_page):
    page = open_page(link(*THREE, more="&view=ladder"))
    answered(page)
    ladder(page)
    assert page.locator(".ladder-table td").count() == 0
    page.locator(".ladder-table summary").click()
    expect(page.locator(".ladder-table tbody tr")).to_have_count(page.locator(".ladder .document").count())
    first = page.locator(".ladder-table tbody tr").first.locator("td.number").all_inner_texts()
    assert "1" in first[:3]
