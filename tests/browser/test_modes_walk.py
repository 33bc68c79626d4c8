"""A session and a public copy, in a real browser: who signs in, whose grades wait, what an owner sees."""

import re
import shutil
import urllib.request

import pytest
from conftest import command, serving

pytestmark = pytest.mark.slow
QUERY = "/?v=1&c=demo&q=why+are+there+tides&s=bm25"


@pytest.fixture
def place(home, tmp_path):
    """A home with the indexes of the others, and grades of its own."""
    return shutil.copytree(home, tmp_path / "home", ignore=shutil.ignore_patterns("store.db*", "secret"))


@pytest.fixture
def visit(browser):
    contexts, errors = [], []

    def one(**options):
        context = browser.new_context(**options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield one
    for context in contexts:
        context.close()
    assert errors == []


def sign_in(page, url, name, password):
    page.goto(url)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def grade(page, key):
    page.locator("article.card").first.focus()
    page.keyboard.press(key)


def test_an_evening_with_sign_in(place, visit, monkeypatch):
    owner = re.search(r"Olga: (\S+)", command(["people", "add", "Olga", "--owner"], place))[1]
    monkeypatch.setenv("BABELSCOPE_MODE", "session")
    with serving(place, ["app.py", "app", "--port"]) as url:
        page = visit(viewport={"width": 320, "height": 700})
        sign_in(page, url + QUERY, "olga", "wrong password")
        assert "No such name" in page.get_by_role("alert").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        page.get_by_label("Password").fill(owner)
        page.keyboard.press("Enter")
        page.wait_for_selector("article.card")
        assert "q=why" in page.url, "on to the page that was asked for"

        page.get_by_role("button", name="Signed in as Olga").click()
        page.get_by_label("Add people").fill("Ann\n李 <b>")
        page.get_by_role("button", name="Add", exact=True).click()
        page.wait_for_selector(".slips dd")
        names, passwords = (page.locator(f".slips {part}").all_inner_texts() for part in ("dt", "dd"))
        slips = dict(zip(names, passwords, strict=True))
        assert set(slips) == {"Ann", "李 <b>"}
        page.get_by_role("button", name="Remove 李 <b>").click()
        page.get_by_role("button", name="Remove", exact=True).click()
        page.wait_for_function("document.querySelectorAll('.members li').length === 2")

        page.keyboard.press("Escape")
        page.context.set_offline(True)
        grade(page, "3")
        page.wait_for_selector('article[data-state="unsaved"], [data-state="unsaved"]')
        page.context.set_offline(False)
        page.route("**/component_server/**", lambda route: route.abort())  # what waits is not sent any more
        page.get_by_role("button", name="Signed in as Olga").click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_selector("#password")
        page.unroute("**/component_server/**")

        sign_in(page, url + QUERY, "Ann", slips["Ann"])
        page.wait_for_selector("article.card")
        assert page.locator('[data-state="saved"], [data-state="unsaved"]').count() == 0, "Olga's grade is not Ann's"
        page.get_by_role("button", name="Signed in as Ann").click()
        assert page.locator(".members").is_hidden()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_selector("#password")
        sign_in(page, url + QUERY, "Olga", owner)
        page.wait_for_selector('[data-state="saved"]')


def test_a_visitor(place, visit, monkeypatch):
    monkeypatch.setenv("BABELSCOPE_MODE", "public")
    with serving(place, ["app.py", "app", "--port"]) as url:
        page = visit()
        page.goto(url + QUERY)
        page.wait_for_selector("article.card")
        grade(page, "3")
        page.wait_for_selector('[data-state="saved"]')
        page.get_by_role("button", name=re.compile("visitor")).click()
        assert "Other visitors do not see them" in page.locator(".panel.name").inner_text()
        page.reload()
        page.wait_for_selector('[data-state="saved"]')

        other = visit()
        other.goto(url + QUERY)
        other.wait_for_selector("article.card")
        assert other.locator('[data-state="saved"]').count() == 0

        other = visit()
        other.route(url + QUERY, without_cookie)  # as in a frame whose cookies the browser blocks
        other.goto(url + QUERY)
        other.wait_for_selector("article.card")
        grade(other, "2")
        other.wait_for_selector('[data-state="unsaved"]')
        assert "open the page at its own address" in other.locator("article.card").first.inner_text()
        other.get_by_role("button", name=re.compile("visitor")).click()
        assert other.get_by_role("link", name="open it in a tab of its own").is_visible()


def without_cookie(route):
    """The page as it comes, but for the cookie."""
    asked = urllib.request.Request(route.request.url, headers={"Accept": "text/html"})
    with urllib.request.urlopen(asked) as answer:
        route.fulfill(body=answer.read(), content_type="text/html; charset=utf-8")
