"""What may be shown to a person: one base, `AppError`; everything else is a bug and keeps its traceback.

AppError
├── BadInput          something a person gave cannot be used
│   ├── UnknownName   no system, collection, language … of that name
│   └── BadSystem     a system name that does not parse
├── NotReady          the request is right, but something has to be built or installed first
│   ├── NotBuilt      the grammar has it, this version does not
│   ├── NotIndexed    documents or vectors are missing in the index, or belong to another model
│   └── MissingExtra  a package of an extra is not installed
├── Damaged           a file is missing, cut short, altered or of another program
├── NotWritable       a folder or a disk takes nothing
├── Busy              a port, a lock, a file is held by somebody else
├── Unreachable       a service on the network does not answer, or asks to wait
├── Conflict          somebody, perhaps the same person in another tab, was faster
├── Forbidden         this mode, or this person, may not do that
├── Stopped           a person stopped it
└── Faults            several of the above at once
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path


class AppError(Exception):
    """One sentence that names the thing and the remedy."""


class BadInput(AppError):
    pass


class UnknownName(BadInput):
    def __init__(self, kind: str, name: str, known: Iterable[str] = ()) -> None:
        names = list(known)
        near = get_close_matches(name, names, n=2, cutoff=0.6)
        if near:
            remedy = " Did you mean " + " or ".join(f"'{n}'" for n in near) + "?"
        elif names:
            remedy = " There is " + ", ".join(f"'{n}'" for n in names[:12]) + (" …" if len(names) > 12 else "") + "."
        else:
            remedy = ""
        super().__init__(f"No {kind} '{shortened(name)}'.{remedy}")
        self.kind, self.name, self.near = kind, name, near


class BadSystem(BadInput):
    def __init__(self, name: str, position: int, reason: str) -> None:
        why = shortened(reason, 200)
        super().__init__(f"'{shortened(name)}' is not a system: {why} (at character {position + 1}).")
        self.name, self.position = name, position


class NotReady(AppError):
    pass


class NotBuilt(NotReady):
    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is part of the grammar, but this version cannot run it yet.")


class NotIndexed(NotReady):
    pass


class MissingExtra(NotReady):
    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs the extra '{extra}': pip install 'babelscope[{extra}]'.")


class Damaged(AppError):
    pass


class NotWritable(AppError):
    def __init__(self, path: Path, error: OSError) -> None:
        why = error.strerror or str(error)
        super().__init__(
            f"Nothing can be written in {path} ({why}); make room or set BABELSCOPE_HOME to a folder of yours."
        )


class Busy(AppError):
    pass


class Unreachable(AppError):
    """`retry_seconds`: how long it asked to be left alone."""

    def __init__(self, sentence: str, *, retry_seconds: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_seconds = retry_seconds


class Conflict(AppError):
    pass


class Forbidden(AppError):
    pass


class Stopped(AppError):
    def __init__(self) -> None:
        super().__init__("Stopped.")


class Faults(AppError):
    """Every fault that was found, in one error: `faults` in the order of what was asked."""

    def __init__(self, faults: Sequence[AppError]) -> None:
        super().__init__(" ".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


def shortened(text: str, limit: int = 80) -> str:
    """The text for a sentence: one line, at most `limit` characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
