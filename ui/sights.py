"""What the Alignment page shows, as a URL and back: `/alignment?v=1&c=demo&model=static-26&pair=sw-ja`."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from urllib.parse import quote

from core.errors import shortened
from ui.links import VERSION, parts_of
from ui.words import say

METRICS = ("retrieval", "margin", "cosine")
"""What the matrix can show, the first one unless the link says otherwise."""
MOST_CHARACTERS = {"v": 10, "c": 200, "model": 200, "metric": 40, "pair": 80, "open": 200}


@dataclass(frozen=True)
class Sight:
    """Empty is the default: no pair chosen, no document open."""

    collection: str = ""
    model: str = ""
    metric: str = METRICS[0]
    pair: str = ""
    open: str = ""


def write(sight: Sight) -> str:
    """The search part of the URL."""
    parts = {"c" if name == "collection" else name: text for name, text in asdict(sight).items() if text}
    return "&".join([f"?v={VERSION}", *(f"{name}={quote(text, safe='.-~:')}" for name, text in parts.items())])


def read(search: str) -> tuple[Sight, list[str]]:
    """The sight, and a note for every part that was left out. Whether names exist is for the page to say."""
    parts, notes = parts_of(search, MOST_CHARACTERS)
    version = parts.get("v", VERSION)
    if version != VERSION:
        notes.append(say("link.version", version=shortened(version)))
    metric = parts.get("metric", METRICS[0])
    if metric not in METRICS:
        notes.append(say("link.metric", name=shortened(metric), known=", ".join(METRICS)))
        metric = METRICS[0]
    others = {name: parts.get(name, "") for name in ("model", "pair", "open")}
    return Sight(collection=parts.get("c", ""), metric=metric, **others), notes


def pair_of(sight: Sight, compared: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """The two languages of `sw-ja`, where these were compared. Tags have hyphens too: `zh-Hant-ja`."""
    return next((pair for pair in compared if "-".join(pair) == sight.pair), None)
