"""What reaches Gradio: own pages only, small bodies, the routes that are used; and what leaves it: security headers.

Why each row is here: a foreign page could grade as the person whose browser it runs in, a 200 MB body was read into
memory, a bad Range raised, and the closed routes read files, fetch URLs or keep state that this app does not use.
"""

import ipaddress
import re
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1_000_000

CLOSED = re.compile(
    r"/(gradio_api/)?("
    r"upload|upload_progress|process_recording|monitoring|vibe-.*|undo-vibe-edit|deep_link|runs|run-history|profiling"
    r"|dev|stream|token|openapi\.json|docs|redoc"
    r")(/.*)?"
    r"|/(gradio_api/)?proxy=.*"
    r"|/(gradio_api/)?file=\W*[A-Za-z][A-Za-z0-9+.-]*:.*"
    r"|/(gradio_api/)?file=[/\\]{2}.*"
)
RANGE = re.compile(r"bytes=(\d{1,18}-\d{0,18}|-\d{1,18})")

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


class TooLargeError(Exception):
    """A body without a length grew past the limit."""


class Guard:
    """ASGI middleware. `local`: the app listens on this machine only, so a Host that is a foreign name is an attack."""

    def __init__(self, app: ASGIApp, *, local: bool = False, names: Iterable[str] = ()) -> None:
        self.app = app
        self.local = local
        self.names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] != "websocket":  # Gradio 6 has none
                await self.app(scope, receive, send)
            return
        refused = self.refusal(scope)
        answer = PlainTextResponse(refused[1] + "\n", refused[0]) if refused else self.limited
        await answer(scope, receive, with_headers(send))

    def refusal(self, scope: Scope) -> tuple[int, str] | None:
        """The status and the sentence for a request that goes no further."""
        headers = Headers(scope=scope)
        path = scope["path"].removeprefix(scope.get("root_path", "").rstrip("/"))
        if not self.host_is_ours(headers.get("host", "")):
            return 403, "This app answers to localhost only; open it as http://localhost."
        if not same_origin(headers.get("origin"), headers.get("host", "")):
            return 403, "The request came from another site."
        if CLOSED.fullmatch(path.rstrip("/") or "/"):
            return 404, "Not found."
        if "/component_server" in path and content_type(headers) != "application/json":
            return 415, "Send JSON."
        length = headers.get("content-length")
        if length is not None and (not length.isdecimal() or int(length) > MOST_BYTES):
            return 413, f"A request may have {MOST_BYTES:,} bytes at most."
        if not RANGE.fullmatch(headers.get("range", "bytes=0-").replace(" ", "")):
            return 416, "This Range cannot be served."
        return None

    def host_is_ours(self, host: str) -> bool:
        """A page that had its name point here (DNS rebinding) still sends its own name; numbers cannot be rebound."""
        if not self.local:
            return True
        name = host_name(host)
        return name == "localhost" or name.endswith(".localhost") or name in self.names or is_address(name)

    async def limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The app; a body that is sent in pieces past the limit gets a 413, whatever the app then says."""
        seen, refused = 0, False

        async def counted() -> Message:
            nonlocal seen, refused
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > MOST_BYTES and not refused:
                refused = True
                await PlainTextResponse(f"A request may have {MOST_BYTES:,} bytes at most.\n", 413)(
                    scope, receive, send
                )
            if refused:
                raise TooLargeError
            return message

        async def unless_refused(message: Message) -> None:
            if not refused:
                await send(message)

        with suppress(TooLargeError):
            await self.app(scope, counted, unless_refused)


def same_origin(origin: str | None, host: str) -> bool:
    """No Origin is a link or a tool; one that is not this Host, `null` too, is another site."""
    if origin is None:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and parts.netloc.lower() == host.lower()


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


def is_local(host: str) -> bool:
    """Whether an address is this machine's own, so that nobody else can reach it."""
    name = host_name(host) if host.startswith("[") else host.lower()
    return name == "localhost" or (is_address(name) and ipaddress.ip_address(name).is_loopback)
