"""The sign-in of a session: one small page without a script, and the way out."""

import math
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, quote, urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Receive, Scope

from core.access import Person
from core.errors import AppError
from core.store.people import Member, folded
from core.workbench import Workbench
from ui.assets import ICON
from ui.guard import address_of, path_of
from ui.identity import Claim, Seal, is_secure, set_cookie
from ui.limits import Buckets, Rate
from ui.words import say

HERE = Path(__file__).resolve().parent
PATHS = frozenset({"/signin", "/signout"})
BY_NAME, BY_ADDRESS = Rate(10, 1 / 20), Rate(60, 1)
"""Attempts that fail; a room of people signs in from one address."""
AT_ONCE = 2
"""Passwords that are hashed at a time: each takes a processor for a fifth of a second."""
MOST_NEXT = 4_000  # characters


class SignIn:
    """`/signin` and `/signout`."""

    def __init__(self, bench: Workbench, seal: Seal) -> None:
        self.bench, self.seal = bench, seal
        self.by_name, self.by_address = Buckets(BY_NAME), Buckets(BY_ADDRESS)
        self.limiter = CapacityLimiter(AT_ONCE)

    async def answer(self, scope: Scope, receive: Receive, person: Person) -> Response:
        request = Request(scope, receive)
        match path_of(scope), request.method:
            case "/signin", "GET" | "HEAD":
                back = own_path(request.query_params.get("next", ""))
                return self._leave(scope, back) if person.annotator else page(back)
            case "/signin", "POST":
                return await self._signed_in(scope, await _form(request))
            case "/signout", "POST":
                return self._leave(scope, "/signin", cookie="")
            case _:
                return Response(status_code=405, headers={"Allow": "POST" if "out" in path_of(scope) else "GET, POST"})

    async def _signed_in(self, scope: Scope, form: dict[str, str]) -> Response:
        name, password, back = form.get("name", ""), form.get("password", ""), own_path(form.get("next", ""))
        wait = self._take(scope, name)
        if wait:
            seconds = math.ceil(wait)
            answer = page(back, name, say("signin.wait", n=seconds), 429)
            answer.headers["Retry-After"] = str(seconds)
            return answer
        try:
            member = await to_thread.run_sync(self._member, name, password, limiter=self.limiter)
        except AppError as error:
            return page(back, name, str(error), 503)
        if member is None:
            return page(back, name, say("signin.wrong"), 401)
        for buckets, key in self._keys(scope, name):
            buckets.give_back(key)
        claim = Claim(member.annotator, member.stamp)
        return self._leave(scope, back, cookie=self.seal.cookie("session", claim))

    def _member(self, name: str, password: str) -> Member | None:
        return self.bench.store.people.signed_in(name, password)

    def _take(self, scope: Scope, name: str) -> float:
        return max(buckets.take(key) for buckets, key in self._keys(scope, name))

    def _keys(self, scope: Scope, name: str) -> tuple[tuple[Buckets, str], ...]:
        address = address_of(scope, trust_proxy=self.bench.settings.trust_proxy)
        return (self.by_name, folded(name)), (self.by_address, address)

    def _leave(self, scope: Scope, to: str, cookie: str | None = None) -> Response:
        """Goes on to another page of ours, with another cookie where one is given."""
        answer = RedirectResponse(scope.get("root_path", "").rstrip("/") + to, 303, {"Cache-Control": "no-store"})
        if cookie is not None:
            secure = is_secure(scope, trust_proxy=self.bench.settings.trust_proxy)
            answer.headers.append("Set-Cookie", set_cookie("session", cookie, secure=secure))
        return answer


def page(back: str, name: str = "", error: str = "", status: int = 200) -> Response:
    """The form, with what was wrong and the name that was typed."""
    shown = {
        "error": f'<p class="error" role="alert" id="error">{escape(error)}</p>' if error else "",
        "invalid": 'aria-invalid="true" aria-describedby="error"' if error else "",
        "name": escape(name[:200]),
        "next": escape(back),
        "label_name": escape(say("signin.name")),
        "label_password": escape(say("signin.password")),
        "lead": escape(say("signin.lead")),
        "button": escape(say("signin.button")),
        "brand": escape(say("brand")),
        "icon": escape("data:image/svg+xml," + ICON),
    }
    content = Template(_html()).substitute(shown, style=(HERE / "signin.css").read_text("utf-8"))
    return HTMLResponse(content, status, {"Cache-Control": "no-store"})


def sign_in_link(scope: Scope) -> str:
    """The way to the form and back to the page that was asked for."""
    query = scope.get("query_string", b"").decode("latin-1")
    back = path_of(scope) + (f"?{query}" if query else "")
    root: str = scope.get("root_path", "").rstrip("/")
    return f"{root}/signin" + (f"?next={quote(back, safe='')}" if back != "/" and len(back) <= MOST_NEXT else "")


def own_path(text: str) -> str:
    """Where to go on to: a path of this app, never another site; "/" for anything else."""
    if len(text) > MOST_NEXT or not text.isprintable() or "\\" in text or not text.startswith("/"):
        return "/"
    parts = urlsplit(text)
    other = parts.scheme or parts.netloc or text.startswith("//") or parts.path in PATHS
    return "/" if other else text


async def _form(request: Request) -> dict[str, str]:
    """The last value of each field; the Guard has bounded the body."""
    text = (await request.body()).decode("utf-8", "replace")
    try:
        return {key: values[-1] for key, values in parse_qs(text, max_num_fields=20).items()}
    except ValueError:
        return {}


@cache
def _html() -> str:
    return (HERE / "signin.html").read_text("utf-8")
