"""What Gradio calls: who asks is known from the request, rights are checked, then the handler; and how handlers end.

An AppError becomes its sentence, a bug goes to the log and leaves a neutral one.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any

import gradio as gr

from core.access import Right, check
from core.errors import AppError, BadInput, Conflict, Forbidden, NotReady
from ui.identity import Visit, visit_of
from ui.words import say

Answer = dict[str, Any]
Json = dict[str, Any]
Handler = Callable[[object], Answer]
Functions = dict[str, tuple[Handler, Right]]

log = logging.getLogger("babelscope.ui")


def server_functions(functions: Functions) -> list[Callable[[object, gr.Request], Answer]]:
    """For each name its handler as the page may call it, by those who have the right; see `identified`."""
    return [_server_function(name, handler, right) for name, (handler, right) in functions.items()]


def _server_function(name: str, handler: Handler, right: Right) -> Callable[[object, gr.Request], Answer]:

    def called(data: object, request: gr.Request) -> Answer:
        visit = visit_of(request)
        answer: Answer = visit.discreet(answering(lambda sent: handler(identified(sent, visit, right)), name)(data))
        return answer

    called.__name__ = name
    return called


def event(
    updates: Callable[[object], Iterator[Json]], right: Right, slot: str
) -> Callable[[gr.EventData, gr.Request], Iterator[gr.HTML]]:
    """A queued event for those who have that right: every update of the page, as the props that change.

    A refusal goes to the prop `slot`, as {run, kind, notes, error}.
    """

    def run(happened: gr.EventData, request: gr.Request) -> Iterator[gr.HTML]:
        wish, visit = getattr(happened, "wish", None), visit_of(request)
        try:
            known = identified(wish, visit, right)
        except AppError as error:
            number = wish.get("run", "") if isinstance(wish, dict) else ""
            refused: Json = {slot: {"run": number, "kind": "search", "notes": [], "error": str(error)}}
            yield gr.HTML(**refused)
            return
        for props in updates(known):
            yield gr.HTML(**visit.discreet(props))

    return run


def identified(data: object, visit: Visit, right: Right) -> object:
    """What the browser sent, with who it is by the request's proof; only on one trusted machine by its own word.

    Raises Forbidden where that person may not do it, and where the page was opened by another one.
    """
    check(visit.mode, right, visit.person)
    if visit.mode == "private" or not isinstance(data, Mapping):
        return data
    if data.get("annotator", "") not in ("", visit.person.annotator):
        raise Forbidden(say("person.changed"))
    return {**data, "annotator": visit.person.annotator, "annotator_name": ""}  # a proved name is kept with the person


def answering(handler: Handler, name: str) -> Handler:
    """The handler as it may be called by a browser: it takes one value, never raises, and says `ok` only when done.

    `final`: sending the same again cannot help. An exception would reach the browser as `undefined`, without a word.
    """

    @wraps(handler)
    def answer(data: object) -> Answer:
        try:
            return {"ok": True, **handler(data)}
        except AppError as error:
            return {"ok": False, "error": str(error), "final": isinstance(error, BadInput | Conflict | NotReady)}
        except Exception:
            log.exception("%s failed", name)
            return {"ok": False, "error": say("error.bug"), "final": False}

    answer.__name__ = name
    return answer


def sentence(error: Exception, where: str) -> str:
    """What a person reads; the traceback of a bug goes to the log."""
    if isinstance(error, AppError):
        return str(error)
    log.error("%s failed", where, exc_info=error)
    return say("error.bug")
