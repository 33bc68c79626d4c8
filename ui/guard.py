"""What reaches Gradio: own pages only, small bodies, the routes that are used, at a bearable rate; and what leaves it.

Why each row is here: a foreign page could grade as the person whose browser it runs in, a 200 MB body was read into
memory, a bad Range raised, and the closed routes read files, fetch URLs, keep state or reach events past the pages.
"""

import ipaddress
import json
import math
import re
from collections.abc import Callable, Iterable
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.limits import Buckets, Rate
from ui.words import say

MOST_BYTES = 1_000_000

CLOSED = re.compile(
    r"/(gradio_api/)?("
    r"upload|upload_progress|process_recording|monitoring|vibe-.*|undo-vibe-edit|deep_link|runs|run-history|profiling"
    r"|dev|stream|token|openapi\.json|docs|redoc|run|api|call|info|login|login_check|logout|user|custom_component"
    r")(/.*)?"
    r"|/(gradio_api/)?proxy=.*"
    r"|/(gradio_api/)?file=\W*[A-Za-z][A-Za-z0-9+.-]*:.*"
    r"|/(gradio_api/)?file=[/\\]{2}.*"
)
RANGE = re.compile(r"bytes=(\d{1,18}-\d{0,18}|-\d{1,18})")
HEARTBEAT = re.compile(r"/gradio_api/heartbeat/([^/]*)/?")

BY_SESSION, BY_ADDRESS = Rate(200, 30), Rate(6_000, 300)
"""Requests. A person grading fast makes five a second, a page that opens 60 at once; a room may share an address."""
SESSION = "babelscope.session"
MOST_SESSION = 100  # characters

HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval'",  # Gradio's config and its templates need both
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self' https://huggingface.co",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guard:
    """ASGI middleware. `local`: nobody signs in, so a Host that is a foreign name is taken for an attack.

    `names`: what it is called besides; `trust_proxy`: X-Forwarded-* are a proxy's of ours; `known`: who a request is
    from by its cookie, or "".
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        local: bool = False,
        names: Iterable[str] = (),
        trust_proxy: bool = False,
        known: Callable[[Scope], str] = lambda _: "",
    ) -> None:
        self.app, self.local, self.trust_proxy, self.known = app, local, trust_proxy, known
        self.names = frozenset(name.lower() for name in names)
        self.by_session, self.by_address = Buckets(BY_SESSION), Buckets(BY_ADDRESS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] != "websocket":  # Gradio 6 has none
                await self.app(scope, receive, send)
            return
        send = with_headers(send)
        refused = self.refusal(scope)
        if refused is None and scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            body = await whole(receive)
            refused = self.too_large() if body is None else None
            receive = again(body or b"", receive)
            scope[SESSION] = session_of(scope, body or b"")
        else:
            scope[SESSION] = session_of(scope, b"")
        refused = refused or self.too_many(scope)
        await (refused or self.app)(scope, receive, send)

    def refusal(self, scope: Scope) -> Response | None:
        """The answer to a request that goes no further, by its first lines alone."""
        headers = Headers(scope=scope)
        path = path_of(scope)
        host = self.host(headers)
        if not self.host_is_ours(host):
            return refuse(403, "Open it as localhost or by its address; for other names set BABELSCOPE_NAMES.")
        if not same_origin(headers.get("origin"), {host, headers.get("host", ""), *self.names}):
            return refuse(403, "The request came from another site.")
        if CLOSED.fullmatch(path.rstrip("/") or "/"):
            return refuse(404, "Not found.")
        calls = path.startswith("/gradio_api/") and scope["method"] == "POST"
        if calls and content_type(headers) != "application/json":
            return refuse(415, "Send JSON.")
        length = headers.get("content-length")
        if length is not None and (not length.isdecimal() or int(length) > MOST_BYTES):
            return self.too_large()
        if not RANGE.fullmatch(headers.get("range", "bytes=0-").replace(" ", "")):
            return refuse(416, "This Range cannot be served.")
        return None

    def host(self, headers: Headers) -> str:
        """What the browser calls this app."""
        forwarded = headers.get("x-forwarded-host", "") if self.trust_proxy else ""
        return forwarded.rpartition(",")[2].strip() or headers.get("host", "")

    def host_is_ours(self, host: str) -> bool:
        """A page that had its name point here (DNS rebinding) still sends its own name; numbers cannot be rebound."""
        if not self.local:
            return True
        name = host_name(host)
        own = {host_name(name) for name in self.names}
        return name == "localhost" or name.endswith(".localhost") or name in own or is_address(name)

    def too_large(self) -> Response:
        return refuse(413, f"A request may have {MOST_BYTES:,} bytes at most.")

    def too_many(self, scope: Scope) -> Response | None:
        """What asks for work is counted by who it is, else by the page's session.

        All is counted by address too, much more widely, so that nobody gains by making up sessions.
        """
        party = (self.known(scope) or scope[SESSION]) if path_of(scope).startswith("/gradio_api/") else ""
        wait = self.by_session.take(party) if party else 0.0
        wait = wait or self.by_address.take(address_of(scope, trust_proxy=self.trust_proxy))
        if not wait:
            return None
        seconds = math.ceil(wait)
        return refuse(429, say("guard.many", n=seconds), {"Retry-After": str(seconds)})


def refuse(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(f"{sentence}\n", status, headers)


async def whole(receive: Receive) -> bytes | None:
    """The body, or None for one that is larger than it may be; what of it came when the sender has gone."""
    pieces, seen = [], 0
    while True:
        message = await receive()
        piece = message.get("body", b"")
        pieces.append(piece)
        seen += len(piece)
        if seen > MOST_BYTES:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return b"".join(pieces)


def again(body: bytes, receive: Receive) -> Receive:
    """A body that was read, for those who come after; then what happens to the connection."""
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


def session_of(scope: Scope, body: bytes) -> str:
    """The page's own number, from where Gradio takes it: path, body, else query; "" where there is none."""
    heartbeat = HEARTBEAT.fullmatch(path_of(scope))
    if heartbeat:
        return heartbeat[1][:MOST_SESSION]
    if body:
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            return ""
        session = said.get("session_hash") if isinstance(said, dict) else None
        return session[:MOST_SESSION] if isinstance(session, str) else ""
    query: bytes = scope.get("query_string", b"")
    asked = parse_qs(query.decode("latin-1")).get("session_hash", [""])
    return asked[-1][:MOST_SESSION]


def address_of(scope: Scope, *, trust_proxy: bool) -> str:
    """Whose address it is; of a list that proxies wrote, the entry of the last one, which is ours."""
    forwarded = Headers(scope=scope).get("x-forwarded-for", "") if trust_proxy else ""
    client = scope.get("client")
    return forwarded.rpartition(",")[2].strip() or (client[0] if client else "")


def path_of(scope: Scope) -> str:
    """The path below where the app is mounted."""
    path: str = scope["path"].removeprefix(scope.get("root_path", "").rstrip("/"))
    return path


def same_origin(origin: str | None, hosts: Iterable[str]) -> bool:
    """No Origin is a link or a tool; one that is none of these hosts, `null` too, is another site."""
    if origin is None:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() in {host.lower() for host in hosts if host}


def content_type(headers: Headers) -> str:
    """The media type alone: `text/plain; charset=utf-8` gives `text/plain`."""
    return headers.get("content-type", "").split(";")[0].strip().lower()


def host_name(host: str) -> str:
    """The Host header without its port: `[::1]:7860` gives `::1`."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].rstrip(".").lower()


def is_address(name: str) -> bool:
    """Whether it is an IP address, and not a name."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def with_headers(send: Send) -> Send:
    """Sends every response with the security headers."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, text in HEADERS.items():
                headers[name] = text
        await send(message)

    return sending
