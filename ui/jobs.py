"""Long work that a page starts and every page sees: it goes on when the page is closed, and can be stopped."""

import threading
import time
from collections.abc import Callable
from typing import Any

from core.errors import Busy, Stopped
from core.protocols import Control, Progress
from ui.events import sentence
from ui.words import say

Json = dict[str, Any]
Work = Callable[[Progress, Control], Json]

MOST_RUNNING = 3
MOST_KEPT = 40
"""Jobs that are over and still told about."""


class Job:
    """One piece of work in a thread of its own; `seen` says how it stands."""

    def __init__(self, kind: str, subject: str, work: Work) -> None:
        self.kind, self.subject, self.control = kind, subject, Control()
        self.state, self.error = "running", ""
        self.result: Json = {}
        self._work, self._begun = work, time.monotonic()
        self._step: tuple[str, int, float] = ("", 0, self._begun)  # what, where it began, when
        self._at = (0, 0)

    def run(self) -> None:
        try:
            self.result = self._work(self._report, self.control)
            self.state = "done"
        except Stopped:
            self.state = "stopped"
        except Exception as error:  # noqa: BLE001  # logged by `sentence`; the page must hear something
            self.error = sentence(error, f"{self.kind} {self.subject}")
            self.state = "failed"

    def seen(self) -> Json:
        """`rate` is units of this step a second, `left` the seconds that this step still takes; None: not known yet."""
        (done, total), (what, first, since) = self._at, self._step
        spent = time.monotonic() - since
        rate = (done - first) / spent if done > first and spent > 0 else None
        return {
            "kind": self.kind, "subject": self.subject, "state": self.state, "error": self.error,
            "what": what, "done": done, "total": total, "rate": rate,
            "left": (total - done) / rate if rate else None, "result": self.result,
        }  # fmt: skip

    def _report(self, done: int, total: int, what: str) -> None:
        if what != self._step[0]:
            self._step = (what, done, time.monotonic())
        self._at = (done, total)


class Jobs:
    """At most one of a kind for one subject; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[tuple[str, str], Job] = {}

    def start(self, kind: str, subject: str, work: Work) -> Job:
        """Raises Busy where the same, or too much else, is going on."""
        with self._lock:
            running = [key for key, job in self._jobs.items() if job.state == "running"]
            if (kind, subject) in running:
                raise Busy(say("work.same", name=subject))
            if len(running) >= MOST_RUNNING:
                raise Busy(say("work.many", n=len(running)))
            over = [key for key in self._jobs if key not in running]
            for key in [(kind, subject), *over[: max(0, len(over) - MOST_KEPT)]]:
                self._jobs.pop(key, None)
            job = self._jobs[kind, subject] = Job(kind, subject, work)
        threading.Thread(target=job.run, name=f"{kind} {subject}", daemon=True).start()
        return job

    def stop(self, kind: str, subject: str) -> None:
        """Asks it to stop, which it does after the piece at hand; one that is over is forgotten."""
        with self._lock:
            job = self._jobs.get((kind, subject))
            if job is not None and job.state != "running":
                del self._jobs[kind, subject]
        if job is not None:
            job.control.stop()

    def running(self, kind: str, subject: str) -> bool:
        job = self._jobs.get((kind, subject))
        return job is not None and job.state == "running"

    def seen(self) -> list[Json]:
        """Every job that is known, the newest first."""
        with self._lock:
            jobs = list(self._jobs.values())
        return [job.seen() for job in reversed(jobs)]
