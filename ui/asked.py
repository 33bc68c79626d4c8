"""What Gradio is asked, in the form that it reads: what would make it fall over is a 400 instead of a 500."""

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.guard import again, path_of, whole

FIELDS: dict[str, dict[str, type]] = {
    "/gradio_api/component_server": {"session_hash": str, "component_id": int, "fn_name": str},
    "/gradio_api/queue/join": {"session_hash": str, "fn_index": int, "data": list},
    "/gradio_api/cancel": {"session_hash": str, "fn_index": int, "event_id": str},
    "/gradio_api/reset": {"event_id": str},
}
"""What each route that takes a body cannot do without."""


STREAM = "/gradio_api/queue/data"


class Asked:
    """ASGI middleware, the last before Gradio; the Guard has bounded the body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and path_of(scope).rstrip("/") == STREAM and not is_waited_for(scope):
            await PlainTextResponse("Nothing runs for this page; reload it.\n", 404)(scope, receive, send)
            return
        if scope["type"] == "http" and scope["method"] == "POST":
            body = await whole(receive)
            receive = again(body or b"", receive)
            wrong = fault(path_of(scope).rstrip("/"), body or b"", scope)
            if wrong:
                await PlainTextResponse(f"{wrong}\n", 400)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def is_waited_for(scope: Scope) -> bool:
    """Whether something was asked for in that session; Gradio raises within the stream where nothing was."""
    session = Request(scope).query_params.get("session_hash", "")
    return session in scope["app"].get_blocks()._queue.pending_messages_per_session


def fault(path: str, body: bytes, scope: Scope) -> str:
    """What is wrong with it, or ""."""
    if path not in FIELDS:
        return ""
    try:
        said = strict(body)
    except (ValueError, RecursionError):
        return "Send JSON."
    if not isinstance(said, Mapping):
        return "Send a JSON object."
    for name, kind in FIELDS[path].items():
        if type(said.get(name)) is not kind:  # a bool is no int
            return f"The field '{name}' is missing or of another type."
    blocks = scope["app"].get_blocks()
    if "component_id" in FIELDS[path] and said["component_id"] not in blocks.blocks:
        return "There is no such component; reload the page."
    if "fn_index" in FIELDS[path] and said["fn_index"] not in blocks.fns:
        return "There is no such event; reload the page."
    return ""


def strict(body: bytes) -> Any:
    """JSON as its standard says it: no NaN, no Infinity, no number that becomes one."""

    def number(text: str) -> float:
        value = float(text)
        return value if math.isfinite(value) else refused(text)

    def refused(text: str) -> NoReturn:
        raise ValueError(text)

    return json.loads(body, parse_float=number, parse_constant=refused)
