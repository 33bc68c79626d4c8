"""Who comes in: each request gets its Visit, a session asks for a sign-in, a page stays with who opened it."""

import threading
import uuid
from collections import OrderedDict

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.access import Person, check
from core.errors import AppError, Forbidden
from core.workbench import Workbench
from ui.guard import SESSION, path_of
from ui.identity import VISIT, Claim, Seal, Visit, cookie_of, is_secure, set_cookie
from ui.signin import PATHS, SignIn, sign_in_link
from ui.words import say

OPEN = frozenset({"/gradio_api/startup-events"})
"""What may be asked without a sign-in: it tells nothing about anybody."""
MOST_SESSIONS = 50_000


class Gate:
    """ASGI middleware, inside the Guard."""

    def __init__(self, app: ASGIApp, *, bench: Workbench, seal: Seal) -> None:
        self.app, self.bench, self.seal = app, bench, seal
        self.mode = bench.settings.mode
        self.trust_proxy = bench.settings.trust_proxy
        self.sign_in = SignIn(bench, seal)
        self.sessions = Sessions()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self.mode == "private":
            scope[VISIT] = Visit("private", Person())
            await self.app(scope, receive, send)
            return
        try:
            person = await self.person(scope)
        except AppError as error:
            await PlainTextResponse(f"{error}\n", 503)(scope, receive, send)
            return
        scope[VISIT] = Visit(self.mode, person, str(self.bench.settings.home))
        answer = await self.answer(scope, receive, person)
        if answer is not None:
            await answer(scope, receive, send)
            return
        if self.mode == "public" and not person.annotator and is_page(scope):
            send = self.welcoming(scope, send)
        await self.app(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, person: Person) -> Response | None:
        """What is answered here; None for what goes on to the app."""
        if self.mode == "session" and path_of(scope) in PATHS:
            return await self.sign_in.answer(scope, receive, person)
        try:
            check(self.mode, "search", person)
        except Forbidden as error:
            return None if path_of(scope).rstrip("/") in OPEN else turned_away(scope, str(error), 401)
        if not self.sessions.belongs(scope.get(SESSION, ""), person.annotator):
            return turned_away(scope, say("person.session"), 403)
        return None

    async def person(self, scope: Scope) -> Person:
        """Who it is by the cookie; somebody who was removed, or has a new password, is nobody from that moment."""
        claim = self.seal.claim(self.mode, cookie_of(scope, self.mode))
        if claim is None:
            return Person()
        if self.mode == "public":
            return Person(claim.annotator)
        member = await to_thread.run_sync(self.bench.store.people.get, claim.annotator)
        if member is None or member.stamp != claim.stamp:
            return Person()
        return Person(member.annotator, member.name, verified=True, owner=member.owner)

    def welcoming(self, scope: Scope, send: Send) -> Send:
        """Gives a visitor a number with the first page, so that their grades are their own."""
        value = self.seal.cookie("public", Claim(str(uuid.uuid4())))

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = MutableHeaders(scope=message)
                secure = is_secure(scope, trust_proxy=self.trust_proxy)
                headers.append("Set-Cookie", set_cookie("public", value, secure=secure))
                headers["Cache-Control"] = "no-store"
            await send(message)

        return sending


class Sessions:
    """Whose page each session is: of the first who used it, because who has its number may read it."""

    def __init__(self, most: int = MOST_SESSIONS) -> None:
        self.most = most
        self._owners: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def belongs(self, session: str, annotator: str) -> bool:
        """Whether that person may use it; one that nobody used becomes theirs."""
        if not session:
            return True
        with self._lock:
            owner = self._owners.setdefault(session, annotator)
            self._owners.move_to_end(session)
            while len(self._owners) > self.most:
                self._owners.popitem(last=False)
            return owner == annotator


def turned_away(scope: Scope, sentence: str, status: int) -> Response:
    """A page leads to the sign-in and back; a server function answers in its own form."""
    if is_page(scope):
        return RedirectResponse(sign_in_link(scope), 303)
    if path_of(scope).rstrip("/") == "/gradio_api/component_server":
        return JSONResponse({"ok": False, "error": sentence, "final": False})
    return JSONResponse({"detail": sentence}, status)


def is_page(scope: Scope) -> bool:
    """Whether a person opens it in a browser's window."""
    asked = Headers(scope=scope).get("accept", "")
    return scope["method"] == "GET" and "text/html" in asked and not path_of(scope).startswith("/gradio_api/")
