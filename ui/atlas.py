"""A Study as what the Alignment page draws: one table of cells, coordinates as bytes, and no text."""

import base64
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from typing import Any

import numpy as np

from core.alignment.study import Pair, Point, Study, sentence
from core.protocols import EncoderCard, Matrix
from core.settings import DATA

MOST_POINTS = 20_000
"""Points on the map. Of more, whole groups are left out evenly, so that translations stay together."""

Json = dict[str, Any]
Cell = list[float]


def study_json(found: Study, card: EncoderCard) -> Json:
    """Everything on the page but texts. A cell is [retrieval@1, margin error, matched, random, n], None without one."""
    cells = {(pair.asked, pair.answering): _cell([pair]) for pair in found.pairs}
    points = plotted(found)
    return {
        "sentence": sentence(found),
        "languages": list(found.languages),
        "cells": [[cells.get((asked, answering)) for answering in found.languages] for asked in found.languages],
        "mean": _columns(found.pairs, found.languages),
        "control": _columns(found.control, found.languages),
        "neighbours": _neighbours(found),
        "points": _points(points),
        "variance": list(found.variance),
        "source": cited("artetxe2019margin"),
        "origin": {
            "collection": found.collection_id,
            "documents": len(found.points),
            "checksum": found.checksum[:12],
            "model": found.model,
            "revision": card.revision,
            "identity": found.identity[:12],
            "dim": card.dim,
            "seed": found.seed,
            "n": found.n,
            "pairs": len(found.pairs),
        },
    }


def plotted(found: Study) -> tuple[Point, ...]:
    """The points that are drawn; the page knows each by its place in here."""
    if len(found.points) <= MOST_POINTS:
        return found.points
    groups = sorted({point.group for point in found.points})
    kept = set(groups[:: -(-len(found.points) // MOST_POINTS)])
    return tuple(point for point in found.points if point.group in kept)[:MOST_POINTS]


def shared(found: Study, asked: str, answering: str) -> list[tuple[Point, Point]]:
    """The parallel documents of two languages, by group; of a group that is in a language twice the first."""
    by: dict[str, dict[str, Point]] = {asked: {}, answering: {}}
    for point in found.points:
        if point.language in by:
            by[point.language].setdefault(point.group, point)
    return [(by[asked][group], by[answering][group]) for group in sorted(by[asked].keys() & by[answering].keys())]


def missed(x: Matrix, y: Matrix) -> list[tuple[int, int, float, float]]:
    """Rows of x whose nearest row of y is not their own: (row, that one, cosine of the own, cosine of that one)."""
    similarity = x @ y.T
    own = np.diagonal(similarity).copy()
    np.fill_diagonal(similarity, -np.inf)
    nearest = similarity.argmax(axis=1)
    best = similarity.max(axis=1)
    return [(int(row), int(nearest[row]), float(own[row]), float(best[row])) for row in np.flatnonzero(own <= best)]


@cache
def cited(key: str) -> str:
    """The reference of that key as authors, year and title: `Artetxe and Schwenk 2019, Margin-based …`."""
    entries = re.split(r"^@", (DATA / "references.bib").read_text("utf-8"), flags=re.M)
    entry = next(text for text in entries if re.match(rf"\w+\{{{re.escape(key)},", text))
    fields = {name: value.replace("{", "").replace("}", "") for name, value in _FIELD.findall(entry)}
    names = [name.split(",")[0] for name in fields["author"].split(" and ")]
    authors = " and ".join(names) if len(names) < 3 else f"{names[0]} et al."
    return f"{authors} {fields['year']}, {fields['title']}"


_FIELD = re.compile(r"^\s*(\w+) = \{(.*)\},$", re.M)


def _cell(pairs: Sequence[Pair]) -> Cell:
    """The mean over these pairs, each as often as it has documents."""
    n = sum(pair.n for pair in pairs)
    rows = [(pair.retrieval, pair.margin_error, pair.matched, pair.random) for pair in pairs]
    means = np.average(np.array(rows), axis=0, weights=[pair.n for pair in pairs])
    return [*(round(float(mean), 6) for mean in means), n]


def _columns(pairs: Iterable[Pair], languages: Sequence[str]) -> list[Cell | None]:
    """One cell for each answering language, over all that were asked."""
    ordered = sorted(pairs, key=lambda pair: pair.answering)
    means = {tag: _cell(list(group)) for tag, group in groupby(ordered, key=lambda pair: pair.answering)}
    return [means.get(tag) for tag in languages]


def _neighbours(found: Study) -> list[Json]:
    """For each language whose documents stand nearest to its own: its own share first, the others falling."""
    sizes = Counter(point.language for point in found.points)
    rows = []
    for tag, shares in found.neighbours.items():
        others = sorted(((other, share) for other, share in shares.items() if other != tag), key=lambda one: -one[1])
        own = shares.get(tag, 0.0)
        chance = (sizes[tag] - 1) / max(1, len(found.points) - 1)
        rows.append({"language": tag, "n": sizes[tag], "own": own, "chance": chance, "others": others})
    return rows


def _points(points: Sequence[Point]) -> Json:
    languages = sorted({point.language for point in points})
    groups = sorted({point.group for point in points})
    language_at = {tag: at for at, tag in enumerate(languages)}
    group_at = {name: at for at, name in enumerate(groups)}
    return {
        "n": len(points),
        "languages": languages,
        "groups": groups,
        "x": _packed([point.x for point in points], "<f4"),
        "y": _packed([point.y for point in points], "<f4"),
        "language": _packed([language_at[point.language] for point in points], "<u2"),
        "group": _packed([group_at[point.group] for point in points], "<u4"),
    }


def _packed(values: Sequence[float], kind: str) -> str:
    """Base64 of little-endian numbers: 100,000 points are 1 MB, where JSON would be 4."""
    return base64.b64encode(np.array(values, kind).tobytes()).decode()
