"""How often an encoder finds a sentence's translation among all of a language's, beside English."""

from dataclasses import dataclass
from pathlib import Path

from core.alignment.measures import margin_errs, nearest_is_own
from core.collections.aligned import aligned, aligned_files
from core.errors import BadInput
from core.protocols import Service

PIVOT = "en"
MOST = 1_000
"""Rows of a language that are asked, as LASER's Tatoeba has them."""


@dataclass(frozen=True)
class Bitext:
    """By language: 1 or 0 for each sentence. `errors` are those of xsim, into English."""

    into: dict[str, list[float]]
    out: dict[str, list[float]]
    errors: dict[str, list[float]]


def bitext(folder: Path, service: Service, model: str) -> Bitext:
    """Over the first MOST rows of each language in a folder of aligned tables. Raises BadInput."""
    texts = _texts(folder)
    if not texts:
        raise BadInput(f"No table in '{folder}' has a column 'en' and another one beside it.")
    found = Bitext({}, {}, {})
    for tag, (own, english) in texts.items():
        x, y = service.encode(model, own, "query"), service.encode(model, english, "document")
        found.into[tag] = nearest_is_own(x, y).astype(float).tolist()
        found.out[tag] = nearest_is_own(y, x).astype(float).tolist()
        found.errors[tag] = margin_errs(x, y).astype(float).tolist()
    return found


def _texts(folder: Path) -> dict[str, tuple[list[str], list[str]]]:
    """Language → its sentences and their English; rows of another width are left out."""
    texts: dict[str, tuple[list[str], list[str]]] = {}
    for path in aligned_files(folder):
        with aligned(path) as (tags, rows):
            for row in (cells for _, cells in rows if cells is not None):
                here = dict(zip(tags, row, strict=True))
                english = here.pop(PIVOT, "")
                for tag, text in here.items():
                    own, beside = texts.setdefault(tag, ([], []))
                    if text and english and len(own) < MOST:
                        own.append(text)
                        beside.append(english)
    return {tag: found for tag, found in sorted(texts.items()) if len(found[0]) > 1}
