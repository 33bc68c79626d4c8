"""/health: can this copy serve, and if not, why? Answered in front of Gradio, outside of its queue."""

import time
from dataclasses import asdict

import anyio
from anyio import CapacityLimiter, to_thread
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.doctor import health
from core.workbench import Workbench

PATH = "/health"
FRESH_SECONDS = 2.0
"""How long an answer is given again: whoever asks often costs the disk no more than one page in that time."""
LONGEST_SECONDS = 5.0
"""An answer that takes longer is itself a sign that something hangs."""


class Health:
    """ASGI middleware: 200 where the app can serve, else 503 with the same JSON, whose sentences say why."""

    def __init__(self, app: ASGIApp, *, bench: Workbench) -> None:
        self.app, self.bench = app, bench
        self.limiter = CapacityLimiter(1)  # its own thread: searches may hold all of Gradio's
        self.answer: JSONResponse | None = None
        self.until = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or path_of(scope) != PATH:
            await self.app(scope, receive, send)
            return
        if scope["method"] in ("GET", "HEAD"):
            response: Response = await self.looked()
        else:
            response = PlainTextResponse("Ask with GET.\n", 405, {"Allow": "GET, HEAD"})
        await response(scope, receive, send)

    async def looked(self) -> Response:
        """Looks in a thread of its own; one request at a time, so that those who wait share what the first found."""
        with anyio.move_on_after(LONGEST_SECONDS):
            return await to_thread.run_sync(self.look, abandon_on_cancel=True, limiter=self.limiter)
        return answered({"ok": False, "store": f"It did not answer within {LONGEST_SECONDS:.0f} seconds."})

    def look(self) -> JSONResponse:
        if self.answer is None or time.monotonic() >= self.until:
            self.answer = answered(asdict(health(self.bench)))
            self.until = time.monotonic() + FRESH_SECONDS
        return self.answer


def path_of(scope: Scope) -> str:
    """The path below where the app is mounted, without a slash at the end."""
    path: str = scope["path"].removeprefix(scope.get("root_path", "").rstrip("/"))
    return path.rstrip("/")


def answered(found: dict[str, object]) -> JSONResponse:
    return JSONResponse(found, 200 if found["ok"] else 503, {"Cache-Control": "no-store"})
