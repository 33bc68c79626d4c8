"""How handlers end: an AppError becomes its sentence, a bug goes to the log and leaves a neutral one."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from core.errors import AppError, BadInput, Conflict, NotReady
from ui.words import say

Answer = dict[str, Any]

log = logging.getLogger("babelscope.ui")


def answering(handler: Callable[[object], Answer], name: str) -> Callable[[object], Answer]:
    """A server function called `name`: it takes one value, never raises, and says `ok` only when it is done.

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
