"""Who may do what: one table of modes and rights, asked on the server before anything is done."""

from dataclasses import dataclass
from typing import Literal

from core.errors import Forbidden
from core.settings import Mode

Right = Literal["search", "grade", "import", "index", "load", "delete", "export", "people"]
"""`export` is of other people's grades; `load` is of models; `people` is to let others in."""

Who = Literal["anybody", "known", "owner", "nobody"]

ALLOWED: dict[Mode, dict[Right, Who]] = {
    "private": dict.fromkeys(("search", "grade", "import", "index", "load", "delete", "export", "people"), "anybody"),
    "session": {
        "search": "known",
        "grade": "known",
        "import": "owner",
        "index": "owner",
        "load": "owner",
        "delete": "owner",
        "export": "owner",
        "people": "owner",
    },
    "public": {
        "search": "anybody",
        "grade": "known",
        "import": "nobody",
        "index": "nobody",
        "load": "nobody",
        "delete": "nobody",
        "export": "nobody",
        "people": "nobody",
    },
}

SENTENCES: dict[Who, str] = {
    "known": "Sign in first.",
    "owner": "Only the owner of this session may do that; ask them.",
    "nobody": "This is a public copy, which does not do that; run Babelscope on a machine of your own.",
}

NO_COOKIE = (
    "This browser keeps no cookie here, so your grades could not be told from others': open the page at its own "
    "address, in a tab of its own."
)


@dataclass(frozen=True, slots=True)
class Person:
    """Who a request comes from. `annotator` is a UUID, or "" where nobody is known; `verified`: the name was proved."""

    annotator: str = ""
    name: str = ""
    verified: bool = False
    owner: bool = False


def allowed(mode: Mode, right: Right, person: Person) -> bool:
    match ALLOWED[mode][right]:
        case "anybody":
            return True
        case "known":
            return bool(person.annotator)
        case "owner":
            return person.owner
        case "nobody":
            return False


def check(mode: Mode, right: Right, person: Person) -> None:
    """Raises Forbidden, with what to do instead."""
    if not allowed(mode, right, person):
        who = ALLOWED[mode][right]
        raise Forbidden(NO_COOKIE if (mode, who) == ("public", "known") else SENTENCES[who])
