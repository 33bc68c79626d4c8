"""Who a request comes from, in each mode: nobody can be another, and nobody keeps what was taken from them."""

import uuid

import httpx
import pytest
from modes import Browser, back, gesture, served
from starlette.requests import Request

from app import refuse_without_owner
from core.access import Person
from core.errors import NotReady
from core.settings import Settings
from core.store import passwords
from core.workbench import Workbench
from ui.gate import Sessions
from ui.identity import Claim, Seal, Visit, cookie_name, cookie_of, is_secure, key_of, set_cookie
from ui.signin import own_path

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # gradio.queueing, with pandas 3

PASSWORD = "tides and moons"
ANN, BEN = str(uuid.UUID(int=1, version=4)), str(uuid.UUID(int=2, version=4))


@pytest.fixture(scope="module")
def cheap():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "COST", (16, 1, 1))
        yield


@pytest.fixture(scope="module")
def session(tmp_path_factory, bench, cheap):
    with served(tmp_path_factory.mktemp("session") / "home", bench.settings.home, mode="session") as app:
        app.bench.store.people.add(["Olga"], owner=True, password=PASSWORD)
        app.bench.store.people.add(["Ann", "Ben"], password=PASSWORD)
        yield app


@pytest.fixture(scope="module")
def public(tmp_path_factory, bench):
    with served(tmp_path_factory.mktemp("public") / "home", bench.settings.home, mode="public") as app:
        yield app


@pytest.fixture
def open_browser():
    browsers = []

    def one(app, name=None):
        browser = Browser(app)
        browsers.append(browser)
        if name:
            assert browser.sign_in(name, PASSWORD).status_code == 303
        return browser

    yield one
    for browser in browsers:
        browser.close()


# Cookies


def test_a_cookie_says_who_was_signed_and_in_which_mode():
    seal = Seal(b"k" * 32)
    cookie = seal.cookie("session", Claim(ANN, "stamp"))
    assert seal.claim("session", cookie) == Claim(ANN, "stamp")
    assert seal.claim("public", cookie) is None
    assert Seal(b"x" * 32).claim("session", cookie) is None, "another secret"


def test_a_tampered_cookie_is_nobodys():
    seal = Seal(b"k" * 32)
    cookie = seal.cookie("public", Claim(ANN))
    for at in range(len(cookie)):
        other = cookie[:at] + ("0" if cookie[at] != "0" else "1") + cookie[at + 1 :]
        assert seal.claim("public", other) is None, at
    for wrong in ("", ".", "...", cookie[:-1], cookie + "A", cookie.replace(ANN, BEN), "é" + cookie, "a." * 5000):
        assert seal.claim("public", wrong) is None


def test_a_cookie_ends_and_a_clock_that_was_set_back_ends_none():
    now = 1_000_000_000.0
    seal = Seal(b"k" * 32, lambda: now)
    cookie = seal.cookie("session", Claim(ANN, "s"))
    for days, counts in ((6.9, True), (7.1, False), (-3000, True)):
        now = 1_000_000_000 + days * 86_400
        assert (seal.claim("session", cookie) is not None) is counts


@pytest.mark.parametrize(
    ("headers", "trust", "scheme", "secure"),
    [
        ({}, False, "http", False),
        ({}, False, "https", True),
        ({"x-forwarded-proto": "https"}, False, "http", False),
        ({"x-forwarded-proto": "https"}, True, "http", True),
        ({"x-forwarded-proto": "http, https"}, True, "http", True),
        ({"x-forwarded-proto": "http"}, True, "https", False),
    ],
)
def test_a_cookie_is_for_a_frame_only_where_the_browser_came_by_https(headers, trust, scheme, secure):
    scope = {"type": "http", "scheme": scheme, "headers": [(k.encode(), v.encode()) for k, v in headers.items()]}
    assert is_secure(scope, trust_proxy=trust) is secure
    parts = set_cookie("public", "x", secure=secure).split("; ")
    assert "HttpOnly" in parts
    assert ({"SameSite=None", "Secure", "Partitioned"} <= set(parts)) is secure
    assert ("SameSite=Lax" in parts) is not secure


def test_the_key_is_made_once_and_for_this_user_alone(tmp_path):
    settings = Settings(home=tmp_path / "home", mode="public")
    key = key_of(settings)
    assert len(key) == 32
    assert (settings.home / "secret").stat().st_mode & 0o777 == 0o600
    assert key_of(settings) == key
    (settings.home / "secret").write_bytes(b"")  # cut short by a full disk
    assert len(key_of(settings)) == 32
    assert key_of(settings.model_copy(update={"home": tmp_path / "other"})) != key
    assert key_of(Settings(home=tmp_path, secret="sixteen letters.")) == b"sixteen letters."
    assert "sixteen" not in repr(Settings(home=tmp_path, secret="sixteen letters."))


def test_a_weak_secret_is_refused():
    with pytest.raises(ValueError, match="16"):
        Settings(secret="short")


def test_other_cookies_beside_ours_are_in_nobodys_way():
    header = f'a="b; \\"; {cookie_name("public")}=mine; session=x=y; {cookie_name("session")}=other'
    scope = {"type": "http", "headers": [(b"cookie", header.encode())]}
    assert (cookie_of(scope, "public"), cookie_of(scope, "session")) == ("mine", "other")
    assert Request(scope).cookies[cookie_name("public")] == "mine"


def test_a_page_belongs_to_who_opened_it_and_the_memory_of_it_is_bounded():
    sessions = Sessions(most=3)
    assert sessions.belongs("a", ANN) and sessions.belongs("a", ANN)
    assert not sessions.belongs("a", BEN)
    assert sessions.belongs("", BEN)
    for name in "bcdefg":
        sessions.belongs(name, BEN)
    assert len(sessions._owners) == 3


# A session


def test_a_session_without_an_owner_does_not_start_and_says_how(tmp_path, cheap):
    bench = Workbench(Settings(home=tmp_path, mode="session"))
    for names, owner in (([], False), (["Ann"], False), (["Olga"], True)):
        if names:
            bench.store.people.add(names, owner=owner)
        if not owner:
            with pytest.raises(NotReady, match="babelscope people add NAME --owner"):
                refuse_without_owner(bench)
    refuse_without_owner(bench)
    bench.close()


@pytest.mark.parametrize("path", ["/", "/alignment", "/?v=1&q=a%20b&open=x"])
def test_a_page_leads_to_the_sign_in_and_back(session, open_browser, path):
    browser = open_browser(session)
    away = browser.page(path)
    assert away.status_code == 303
    form = browser.page(away.headers["location"])
    assert form.status_code == 200 and "<form" in form.text and form.headers["cache-control"] == "no-store"
    to = browser.sign_in("Ann", PASSWORD, next=path)
    assert (to.status_code, to.headers["location"]) == (303, path)
    assert browser.page(path).status_code == 200
    assert browser.page("/signin").headers["location"] == "/"


@pytest.mark.parametrize(
    "path",
    [
        "/config", "/theme.css", "/assets/x.js", "/favicon.ico", "/gradio_api/queue/status", "/gradio_api/app_id",
        "/gradio_api/queue/data?session_hash=s", "/gradio_api/heartbeat/s", "/gradio_api/file=/etc/passwd",
    ],
)  # fmt: skip
def test_without_a_sign_in_nothing_is_answered(session, open_browser, path):
    answer = open_browser(session).get(path)
    assert (answer.status_code, answer.json()) == (401, {"detail": "Sign in first."})


def test_without_a_sign_in_no_function_and_no_event_runs(session, open_browser):
    browser = open_browser(session)
    assert browser.grade() == {"ok": False, "error": "Sign in first.", "final": False}
    assert browser.call("list_people", {}).json()["error"] == "Sign in first."
    assert browser.join().status_code == 401
    cancel = {"session_hash": "s", "fn_index": 0, "event_id": "e"}
    assert browser.post("/gradio_api/cancel", json=cancel).status_code == 401


def test_a_grade_is_of_who_signed_in_whatever_the_page_says(session, open_browser):
    ann, ben = open_browser(session, "Ann"), open_browser(session, "Ben")
    assert ann.grade(3, doc="tides.en")["ok"]
    who = {member.name: member.annotator for member in session.bench.store.people.all()}
    grades = session.bench.store.grades
    assert grades(who["Ann"], "tiny", ["q1.en"])[("q1.en", "tides.en")] == (3, 1)
    refused = ben.grade(0, doc="tides.en", annotator=who["Ann"], annotator_name="Ann")
    assert (refused["ok"], refused["final"]) == (False, False) and "signed in since" in refused["error"]
    assert grades(who["Ben"], "tiny", ["q1.en"]).get(("q1.en", "tides.en")) is None
    ben.grade(1, doc="tides.en", annotator_name="Ann")
    assert session.bench.store.names()[who["Ben"]] == "Ben"
    assert ben.call("undo_grade", back()).json()["ok"]
    assert ben.call("undo_grade", back()).json()["error"] == "Nothing to undo."
    assert grades(who["Ann"], "tiny", ["q1.en"])[("q1.en", "tides.en")] == (3, 1)


def test_a_search_shows_ones_own_grades_only(session, open_browser):
    ann, ben = open_browser(session, "Ann"), open_browser(session, "Ben")
    ann.grade(3, doc="long.en")
    text, grades = ann.search()
    assert grades["long.en"][0] == 3 and "honey.en" in text
    assert "long.en" not in ben.search()[1]
    who = {member.name: member.annotator for member in session.bench.store.people.all()}
    text, others = ben.search(annotator=who["Ann"])
    assert "signed in since" in text and others is None


def test_only_the_owner_lets_people_in(session, open_browser):
    ann, olga = open_browser(session, "Ann"), open_browser(session, "Olga")
    for name, data in (
        ("list_people", {}),
        ("add_people", {"names": ["Eve"]}),
        ("renew_password", {"name": "Olga"}),
        ("remove_person", {"name": "Olga"}),
    ):
        assert "Only the owner" in ann.call(name, data).json()["error"]
    slips = olga.call("add_people", {"names": ["Chen", "李"]}).json()["slips"]
    assert set(slips) == {"Chen", "李"}
    assert open_browser(session).sign_in("李", slips["李"]).status_code == 303
    people = olga.call("list_people", {}).json()["people"]
    assert {"name": "Chen", "owner": False} in people
    assert "cannot remove yourself" in olga.call("remove_person", {"name": "Olga"}).json()["error"]
    assert "already" in olga.call("add_people", {"names": ["ann"]}).json()["error"]


def test_who_is_removed_or_has_a_new_password_is_out_at_once(session, open_browser):
    olga = open_browser(session, "Olga")
    slips = olga.call("add_people", {"names": ["Dora", "Emil"]}).json()["slips"]
    dora, emil = open_browser(session), open_browser(session)
    for browser, name in ((dora, "Dora"), (emil, "Emil")):
        browser.sign_in(name, slips[name])
        assert browser.call("read_person", {}).json()["name"] == name
    assert olga.call("remove_person", {"name": "Dora"}).json()["ok"]
    made = olga.call("renew_password", {"name": "Emil"}).json()["slips"]["Emil"]
    for browser in (dora, emil):
        assert browser.page().status_code == 303
        assert browser.grade()["error"] == "Sign in first."
        assert browser.join().status_code == 401
    assert dora.sign_in("Dora", slips["Dora"]).status_code == 401
    assert emil.sign_in("Emil", slips["Emil"]).status_code == 401
    assert emil.sign_in("Emil", made).status_code == 303


def test_signing_out(session, open_browser):
    browser = open_browser(session, "Ann")
    assert browser.get("/signout").status_code == 405, "a link must not sign anybody out"
    out = browser.post("/signout")
    assert (out.status_code, out.headers["location"]) == (303, "/signin")
    assert browser.page().status_code == 303


def test_a_page_of_another_person_cannot_be_read_or_stopped(session, open_browser):
    ann, ben = open_browser(session, "Ann"), open_browser(session, "Ben")
    ann.search()
    theirs = ann.session
    assert ben.get(f"/gradio_api/queue/data?session_hash={theirs}").status_code == 403
    assert ben.get(f"/gradio_api/heartbeat/{theirs}").status_code == 403
    cancel = {"session_hash": theirs, "fn_index": session.search, "event_id": "e"}
    assert ben.post("/gradio_api/cancel", json=cancel).status_code == 403
    assert ben.post("/gradio_api/cancel?session_hash=own", json=cancel).status_code == 403
    assert ben.join(session=theirs).status_code == 403
    assert ben.call("stop_search", {"run": "r"}, session=theirs).json()["ok"] is False
    assert ann.call("stop_search", {"run": "r"}).json()["ok"] is True


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_another_site_signs_nobody_in_or_out(session, open_browser, origin):
    browser = open_browser(session, "Ann")
    form = {"name": "Ben", "password": PASSWORD}
    assert browser.post("/signin", data=form, headers={"origin": origin}).status_code == 403
    assert browser.post("/signout", headers={"origin": origin}).status_code == 403
    assert browser.call("read_person", {}).json()["name"] == "Ann"


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "",
        "/\t/evil.example", "evil", "/signout", "/signin", "/x\r\nset-cookie: a=b", "/" + "x" * 5000, "///evil.example",
    ],
)  # fmt: skip
def test_a_sign_in_goes_on_to_own_pages_only(session, open_browser, path):
    assert own_path(path) == "/"
    assert open_browser(session).sign_in("Ann", PASSWORD, next=path).headers["location"] == "/"


def test_the_form_shows_what_was_typed_as_text(session, open_browser):
    page = open_browser(session).sign_in('"><script>alert(1)</script>${x}', "wrong password", next='/?q="><b>')
    assert page.status_code == 401
    assert "<script" not in page.text and "<b>" not in page.text and "&lt;script&gt;" in page.text
    assert "No such name and password" in page.text and 'role="alert"' in page.text
    assert "http" not in page.text.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(
    "body", [b"", b"name=Ann", b"\xff\xfe=%ff&password=%00", b"a=b&" * 50, b"name=%ED%A0%80&password=x"]
)
def test_a_broken_form_signs_nobody_in(session, open_browser, body):
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert open_browser(session).post("/signin", content=body, headers=kind).status_code == 401


def test_passwords_cannot_be_tried_quickly(session, open_browser):
    browser = open_browser(session)
    codes = [browser.sign_in("Frida", f"wrong {n}").status_code for n in range(12)]
    assert codes == [401] * 10 + [429] * 2
    waiting = browser.sign_in("fRIDA", "wrong")
    assert 1 <= int(waiting.headers["retry-after"]) <= 20 and "wait" in waiting.text
    assert browser.sign_in("Ann", PASSWORD).status_code == 303, "other names are not locked"


# The public


def test_a_visitor_gets_a_number_with_the_first_page_and_keeps_it(public, open_browser):
    browser = open_browser(public)
    first = browser.page()
    assert first.status_code == 200 and "HttpOnly" in first.headers["set-cookie"]
    mine = browser.call("read_person", {}).json()
    assert (uuid.UUID(mine["annotator"]).version, mine["name"], mine["owner"]) == (4, "", False)
    assert "set-cookie" not in browser.page("/alignment").headers
    assert browser.call("read_person", {}).json() == mine


def test_visitors_see_and_undo_only_their_own_grades(public, open_browser):
    one, two = open_browser(public), open_browser(public)
    one.page(), two.page()
    assert one.grade(3)["ok"]
    assert one.search()[1] == {"honey.en": [3, 1]}
    assert two.search()[1] == {}
    theirs = one.call("read_person", {}).json()["annotator"]
    assert two.call("undo_grade", back()).json()["error"] == "Nothing to undo."
    for name in ("undo_grade", "redo_grade"):
        assert two.call(name, back(annotator=theirs)).json()["ok"] is False
    assert two.grade(0, annotator=theirs)["ok"] is False
    assert two.grade(0)["ok"]
    assert one.search()[1] == {"honey.en": [3, 1]}
    assert one.call("undo_grade", back()).json()["grade"] is None
    assert one.call("redo_grade", back()).json()["grade"] == 3
    assert public.bench.store.names() == {}, "a visitor has no name"


def test_without_a_cookie_a_visitor_searches_and_is_told_why_nothing_is_kept(public, open_browser):
    browser = open_browser(public)
    assert "honey.en" in browser.search()[0]
    answer = browser.grade()
    assert (answer["ok"], answer["final"]) == (False, False)
    assert "open the page at its own address" in answer["error"]


def test_a_public_copy_lets_nobody_in(public, open_browser):
    browser = open_browser(public)
    browser.page()
    for name in ("list_people", "add_people", "remove_person", "renew_password"):
        assert "public copy" in browser.call(name, {"names": ["Eve"], "name": "Eve"}).json()["error"]
    assert browser.page("/signin").status_code == 404


def test_a_cookie_of_another_mode_or_key_counts_for_nothing(public, session, open_browser):
    member = session.bench.store.people.all()[0]
    stolen = Seal(key_of(session.bench.settings)).cookie("session", Claim(member.annotator, member.stamp))
    for name in (cookie_name("public"), cookie_name("session")):
        browser = open_browser(public)
        browser.cookies.set(name, stolen)
        assert browser.call("read_person", {}).json()["annotator"] == ""
    visitor = Seal(key_of(session.bench.settings)).cookie("public", Claim(member.annotator))
    browser = open_browser(session)
    browser.cookies.set(cookie_name("session"), visitor)
    assert browser.page().status_code == 303


def test_a_page_over_https_gets_a_cookie_for_a_frame(tmp_path, bench):
    settings = {"mode": "public", "trust_proxy": True, "names": ("space.example",)}
    with served(tmp_path / "home", bench.settings.home, **settings) as app:
        come = {"accept": "text/html", "x-forwarded-proto": "https", "x-forwarded-host": "space.example"}
        cookie = httpx.get(app.url, headers=come).headers["set-cookie"]
        assert cookie.endswith("HttpOnly; SameSite=None; Secure; Partitioned")
        assert httpx.get(app.url, headers={**come, "origin": "https://space.example"}).status_code == 200
        assert httpx.get(app.url, headers={**come, "origin": "https://evil.example"}).status_code == 403


# One trusted machine


def test_in_private_the_browser_says_who_it_is(tmp_path, bench):
    with served(tmp_path / "home", bench.settings.home) as app, Browser(app) as browser:
        assert "set-cookie" not in browser.page().headers
        assert not (app.bench.settings.home / "secret").exists()
        assert browser.call("save_grade", gesture(2, annotator=ANN, annotator_name="Ann")).json()["ok"]
        assert app.bench.store.names() == {ANN: "Ann"}
        assert browser.search(annotator=ANN)[1] == {"honey.en": [2, 1]}


def test_folders_of_the_server_are_told_on_ones_own_machine_only():
    said = {"error": "'/srv/home/store.db' is damaged", "rows": ["/srv/home", 3], "ok": False}
    assert Visit("private", Person(), "/srv/home").discreet(said) == said
    for mode in ("session", "public"):
        found = Visit(mode, Person(), "/srv/home").discreet(said)
        assert found == {"error": "'store.db' is damaged", "rows": ["", 3], "ok": False}
