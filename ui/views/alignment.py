"""Alignment: where does one encoder put translations, and how often does it find them?"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import gradio as gr

from core.alignment.study import Point, Study
from core.errors import BadInput, UnknownName, shortened
from core.records import Document
from core.settings import EMBEDDED
from core.text import cleaned
from core.workbench import Workbench
from ui import facts, sights
from ui.assets import ALIGNMENT_SCRIPTS, script
from ui.atlas import missed, plotted, shared, study_json
from ui.canvas import Canvas
from ui.events import Answer, Functions, event, sentence, server_functions
from ui.incoming import text, whole
from ui.links import Link
from ui.people import people_functions
from ui.sights import Sight
from ui.words import say

Json = dict[str, Any]

READ, GLANCE = 200_000, 600
"""Characters of the text that is opened, and of each of its translations."""
MOST_TRANSLATIONS, MOST_MISSES = 100, 50


class Alignment:
    title, path, key = "Alignment", "/alignment", "l"

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench

    def build(self, pages: list[Json]) -> None:
        functions: Functions = {
            "read_document": (self.read, "search"),
            "list_misses": (self.misses, "search"),
            **people_functions(self.bench),
        }
        page = Canvas(
            "",
            html_template="",  # constant: the page is made by the script, and no text ever passes a template
            js_on_load=script(*ALIGNMENT_SCRIPTS),
            apply_default_css=False,
            server_functions=server_functions(functions),
            mode=self.bench.settings.mode,
            pages=pages,
            plotly=served(plotly_js()),
            page=None,
            study=None,
        )
        page.follow(
            event(self.updates, "search", "study"),
            outputs=page,
            show_progress="hidden",
            trigger_mode="multiple",
            api_visibility="private",
        )

    def updates(self, data: object) -> Iterator[Json]:
        """The page is opened, or another collection or encoder chosen: first what is around the study, then that."""
        run = data.get("run", "") if isinstance(data, dict) else ""
        try:
            run = text(data, "run", 64)
            page, sight = self._page(text(data, "link", 1_000_000))
            yield {"page": page | {"run": run, "error": ""}}
            yield {"study": self._study(sight) | {"run": run}}
        except Exception as error:  # noqa: BLE001  # logged by `sentence`; the page must hear something
            yield {"study": {"run": run, "notes": [], "error": sentence(error, "alignment")}}

    def _page(self, link: str) -> tuple[Json, Sight]:
        sight, notes = sights.read(link)
        known, collection, more = facts.resolved(self.bench, Link(collection=sight.collection))
        notes += more
        models = self.bench.service.names
        model = sight.model or EMBEDDED
        if model not in models:
            notes.append(say("link.model", name=shortened(model), shown=EMBEDDED))
            model = EMBEDDED
        sight = replace(sight, collection=known.collection, model=model)
        return {
            "notes": notes,
            "state": {"model": model, "metric": sight.metric},
            "collection": facts.collection_json(collection),
            "collections": self.bench.collections(),
            "unbuilt": facts.unbuilt(self.bench, collection.collection_id),
            "models": models,
            "languages": facts.languages_json(facts.query_languages(collection)),
            "backed": facts.backed_json(self.bench),
        }, sight

    def _study(self, sight: Sight) -> Json:
        """The study and what the link wants of it; without parallel documents the sentence that says so."""
        try:
            found = self.bench.align(sight.collection, sight.model)
        except BadInput as error:
            return {"notes": [], "empty": str(error), "link": sights.write(replace(sight, pair="", open=""))}
        notes = []
        pair = sights.pair_of(sight, ((pair.asked, pair.answering) for pair in found.pairs))
        if sight.pair and pair is None:
            notes.append(say("link.pair", name=shortened(sight.pair)))
            sight = replace(sight, pair="")
        if sight.open and all(point.doc_id != sight.open for point in found.points):
            notes.append(say("link.open", name=shortened(sight.open)))
            sight = replace(sight, open="")
        return {
            "notes": notes,
            "link": sights.write(sight),
            "pair": pair,
            "open": sight.open,
            **study_json(found, self.bench.service.card(sight.model)),
        }

    def read(self, data: object) -> Answer:
        """A text and its translations, by its place on the map, or by its id where it is not drawn."""
        collection_id, found = self._asked(data)
        points = plotted(found)
        at = whole(data, "at", least=0, most=max(0, len(points) - 1))
        doc_id = points[at].doc_id if at is not None and points else text(data, "doc", 200)
        opened = next((point for point in found.points if point.doc_id == doc_id), None)
        if opened is None:
            raise UnknownName("document", doc_id)
        others = [point for point in found.points if point.group == opened.group and point is not opened]
        others.sort(key=lambda point: point.language)
        documents = self._documents(collection_id, [opened, *others[:MOST_TRANSLATIONS]])
        places = {point.doc_id: place for place, point in enumerate(points)}
        return {
            "group": cleaned(opened.group),
            "opened": _document_json(documents[opened.doc_id], places, READ),
            "translations": [
                _document_json(documents[point.doc_id], places, GLANCE) for point in others[:MOST_TRANSLATIONS]
            ],
            "more": max(0, len(others) - MOST_TRANSLATIONS),
        }

    def misses(self, data: object) -> Answer:
        """Which texts of one language have another text than their translation nearest, in the other language."""
        collection_id, found = self._asked(data)
        tags = text(data, "asked", 35), text(data, "answering", 35)
        for tag in tags:
            if tag not in found.languages:
                raise UnknownName("language in this study", tag, found.languages)
        pairs = shared(found, *tags)
        index = self.bench.index(collection_id)
        vectors = index.vectors(self.bench.service.card(found.model))
        x, y = (vectors[[index.positions[pair[side].doc_id] for pair in pairs]] for side in (0, 1))
        wrong = missed(x, y) if tags[0] != tags[1] else []
        named = [point for row, other, *_ in wrong[:MOST_MISSES] for point in (pairs[row][0], pairs[other][1])]
        documents = self._documents(collection_id, named)
        places = {point.doc_id: place for place, point in enumerate(plotted(found))}

        def face(point: Point) -> Json:
            return _document_json(documents[point.doc_id], places, 0)

        listed = [
            {"asked": face(pairs[row][0]), "nearest": face(pairs[other][1]), "own": own, "best": best}
            for row, other, own, best in wrong[:MOST_MISSES]
        ]
        groups = [cleaned(pairs[row][0].group) for row, *_ in wrong]
        return {"n": len(pairs), "missed": len(wrong), "misses": listed, "groups": groups}

    def _asked(self, data: object) -> tuple[str, Study]:
        collection_id = text(data, "collection", 200)
        return collection_id, self.bench.align(collection_id, text(data, "model", 200))

    def _documents(self, collection_id: str, points: Sequence[Point]) -> dict[str, Document]:
        return self.bench.documents(collection_id, list(dict.fromkeys(point.doc_id for point in points)))


def _document_json(document: Document, places: dict[str, int], most: int) -> Json:
    """`at` is its place on the map, -1 where it is not drawn."""
    whole_text = cleaned(document.text)
    return {
        "at": places.get(document.doc_id, -1),
        "id": document.doc_id,
        "language": document.language,
        "title": cleaned(document.title),
        "text": whole_text[:most],
        "cut": len(whole_text) > most,
    }


def plotly_js() -> Path | None:
    """The script that draws the map, out of the plotly package; None where that is not installed."""
    spec = find_spec("plotly")
    file = Path(spec.origin).resolve().parent / "package_data" / "plotly.min.js" if spec and spec.origin else None
    return file if file and file.is_file() else None


def served(file: Path | None) -> str:
    """Where the browser gets it, relative to the page; only this one file is served."""
    if file is None:
        return ""
    gr.set_static_paths([file])
    return f"gradio_api/file={file.as_posix()}"
