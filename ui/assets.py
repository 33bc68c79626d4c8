"""The scripts and the style of the pages, read once from their own files."""

import json
from functools import cache
from pathlib import Path

from ui.words import words

HERE = Path(__file__).resolve().parent

COMMON = ("dom", "script", "keys", "popover", "notices", "people", "person", "backed", "header", "help")

SEARCH_SCRIPTS = (
    *COMMON,
    "unbuilt",
    "match",
    "grades",
    "cards",
    "added",
    "columns",
    "moves",
    "joins",
    "grid",
    "ask",
    "sets",
    "builder",
    "arranging",
    "systems",
    "overlap",
    "strip",
    "why",
    "panel",
    "looks",
    "opening",
    "ladder_plot",
    "ladder_beside",
    "ladder",
    "commands",
    "search",
)
"""In this order they make one script: later files use what earlier ones define."""

ALIGNMENT_SCRIPTS = (
    *COMMON,
    "unbuilt",
    "map",
    "matrix",
    "neighbours",
    "reader",
    "alignment",
)

COLLECTIONS_SCRIPTS = (
    *COMMON,
    "collections_work",
    "collections_file",
    "collections_preview",
    "collections_shelf",
    "collections_form",
    "collections",
)

STYLES = ("style", "columns", "ladder", "alignment", "collections")


@cache
def script(*names: str) -> str:
    """These files as one strict script; those of a page know the words of the interface.

    The words are no prop of the page: Gradio's script copies and compares all props at each update.
    """
    files = [(HERE / "js" / f"{name}.js").read_text(encoding="utf-8") for name in names]
    told = [f"const WORDS = {json.dumps(words(), ensure_ascii=False)};"] if "dom" in names else []
    return "\n".join(['"use strict";', *told, *files])


@cache
def head() -> str:
    """Style and theme, for the page's head: in place before the first paint, and not rewritten by Gradio's `css=`."""
    style = "\n".join((HERE / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)
    icon = "data:image/svg+xml," + ICON
    return f'<link rel="icon" href="{icon}"><style>{style}</style><script>{script("theme")}</script>'


ICON = (
    "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cg fill='%231f5fae'%3E"
    "%3Crect x='2' y='3' width='3' height='10' rx='1'/%3E%3Crect x='6.5' y='1' width='3' height='14' rx='1'/%3E"
    "%3Crect x='11' y='5' width='3' height='8' rx='1'/%3E%3C/g%3E%3C/svg%3E"
)
