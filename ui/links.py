"""What is looked at, as a URL and back: `/?v=1&c=demo&q=…&ql=sw&dl=ar,de&s=bm25;dense:static-26&open=tides.sw`.

`open` is the document in the panel, `panel` which part of the panel (why, translations; else its text), `col` the
column that it was opened from. `fold` has the numbers of collapsed columns; with `pin` the first stays in sight.
`ref` is the number of the column that the others are compared with; `view=ladder` shows the lists as a ladder of their
first `top` ranks.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

from core.errors import shortened
from core.systems import MOST_SYSTEMS
from ui.words import say

VERSION = "1"
MOST_CHARACTERS = {"v": 10, "c": 200, "q": 2000, "ql": 35, "dl": 2000, "s": 16_100}
MOST_CHARACTERS |= {"open": 200, "panel": 20, "col": 2, "fold": 20, "pin": 1, "ref": 1, "view": 10, "top": 3}
_FOREIGN = ("__theme", "__sign", "__lang")  # Gradio's and Hugging Face's own


@dataclass(frozen=True)
class Link:
    """What one page of results depends on; empty is the default. `language` empty: detect, `documents` empty: all."""

    collection: str = ""
    query: str = ""
    language: str = ""
    documents: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    open: str = ""
    panel: str = ""
    column: str = ""
    folded: tuple[str, ...] = ()
    pinned: str = ""
    reference: str = ""
    view: str = ""
    top: str = ""


def write(link: Link) -> str:
    """The search part of the URL, with what is not the default: `?v=1&c=demo&q=…`."""
    parts = {
        "c": link.collection,
        "q": link.query,
        "ql": link.language,
        "dl": ",".join(link.documents),
        "s": ";".join(link.systems),
        "open": link.open,
        "panel": link.panel,
        "col": link.column,
        "fold": ",".join(link.folded),
        "pin": link.pinned,
        "ref": link.reference,
        "view": link.view,
        "top": link.top,
    }
    return "?" + "&".join(
        ["v=" + VERSION] + [f"{name}={quote(text, safe=_KEPT)}" for name, text in parts.items() if text]
    )


def read(search: str) -> tuple[Link, list[str]]:
    """The link, and a note for every part that was left out. Whether the names exist is for the page to say."""
    parts, notes = parts_of(search, MOST_CHARACTERS, endless="q")
    version = parts.get("v", VERSION)
    if version != VERSION:
        notes.append(say("link.version", version=shortened(version)))
    systems = names_of(parts.get("s", ""))
    if len(systems) > MOST_SYSTEMS:
        notes.append(say("link.systems", n=len(systems), most=MOST_SYSTEMS))
    link = Link(
        collection=parts.get("c", ""),
        query=parts.get("q", ""),
        language=parts.get("ql", ""),
        documents=_listed(parts.get("dl", "")),
        systems=systems[:MOST_SYSTEMS],
        open=parts.get("open", ""),
        panel=parts.get("panel", ""),
        column=parts.get("col", ""),
        folded=_listed(parts.get("fold", "")),
        pinned=parts.get("pin", ""),
        reference=parts.get("ref", ""),
        view=parts.get("view", ""),
        top=parts.get("top", ""),
    )
    return link, notes


def parts_of(search: str, most: Mapping[str, int], endless: str = "") -> tuple[dict[str, str], list[str]]:
    """Each part that `most` knows once, as it was written first, and a note for every other.

    `most` says how many characters a part may have; `endless` may have more.
    """
    parts: dict[str, str] = {}
    notes: list[str] = []
    for name, text in parse_qsl(search.removeprefix("?"), keep_blank_values=True):
        if name in _FOREIGN:
            continue
        if name not in most:
            notes.append(say("link.parameter", name=shortened(name, 40)))
        elif name in parts:
            notes.append(say("link.repeated", name=name))
        elif name != endless and len(text) > most[name]:
            notes.append(say("link.long", name=name, most=f"{most[name]:,}"))
        else:
            parts[name] = text  # a query that is too long is refused by the search, with its own sentence
    return parts, notes


def names_of(text: str) -> tuple[str, ...]:
    """The names of systems between semicolons or on lines of their own, each once; what is quoted stays whole."""
    names = (found.group().strip() for found in _NAME.finditer(text))
    return tuple(dict.fromkeys(name for name in names if name))


def _listed(text: str) -> tuple[str, ...]:
    """What stands between the commas, each once."""
    return tuple(dict.fromkeys(name for part in text.split(",") if (name := part.strip())))


_NAME = re.compile(r'(?:"[^"\n]*"|[^;\n])+')

_KEPT = ",;:()|~."  # readable in a pasted link, and never a separator of the query string
