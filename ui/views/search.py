"""Search: what do several systems find for one query, side by side?"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from core.annotation.grading import Gesture
from core.errors import AppError, Conflict, Stopped
from core.protocols import Control
from core.records import Collection, Query
from core.store.events import Saved
from core.text import cleaned
from core.workbench import Workbench
from ui import facts, links
from ui.assets import SEARCH_SCRIPTS, script
from ui.building import building_functions
from ui.canvas import Canvas
from ui.cards import Deck
from ui.events import Answer, Functions, event, sentence, server_functions
from ui.incoming import Wish, gesture_of, reversal_of, text, wish_of
from ui.ladder import Ladder
from ui.links import MOST_SYSTEMS, Link
from ui.people import people_functions
from ui.why import Why

Json = dict[str, Any]

SEARCHES = 2
"""That run at once: one computes while the other reads the index; with more, grades would wait for them."""


class Search:
    title, path, key = "Search", "/", "s"

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self.why = Why(bench)
        self.ladder = Ladder(bench)
        self.controls: dict[str, Control] = {}

    def build(self, pages: list[Json]) -> None:
        functions: Functions = {
            "save_grade": (self.grade, "grade"),
            "undo_grade": (self.undo, "grade"),
            "redo_grade": (self.redo, "grade"),
            "stop_search": (self.stop, "search"),
            "match_words": (self.why.match, "search"),
            "read_text": (self.why.read, "search"),
            "explain_score": (self.why.explain, "search"),
            "read_translations": (self.why.translations, "search"),
            "strike_word": (self.why.strike, "search"),
            "read_backup": (self.backup, "search"),
            "read_ladder": (self.ladder.read, "search"),
            **people_functions(self.bench),
            **building_functions(self.bench),
        }
        columns: Json = {f"column{i}": None for i in range(MOST_SYSTEMS)}
        page = Canvas(
            "",
            html_template="",  # constant: the page is made by the script, and no text ever passes a template
            js_on_load=script(*SEARCH_SCRIPTS),
            apply_default_css=False,
            server_functions=server_functions(functions),
            mode=self.bench.settings.mode,
            pages=pages,
            page=None,
            **columns,
        )
        shown: Json = {
            "outputs": page,
            "show_progress": "hidden",
            "trigger_mode": "multiple",
            "api_visibility": "private",
            "concurrency_id": "search",
            "concurrency_limit": SEARCHES,
        }
        page.follow(event(partial(self._sent, "follow"), "search", "page"), **shown)
        page.search(event(partial(self._sent, "search"), "search", "page"), **shown)

    def _sent(self, kind: str, data: object) -> Iterator[Json]:
        """The updates as they travel: a column as one text, for Gradio's script copies all props at each update."""
        for props in self.updates(kind, data):
            yield {
                name: json.dumps(shown, ensure_ascii=False) if name.startswith("column") else shown
                for name, shown in props.items()
            }

    def updates(self, kind: str, data: object) -> Iterator[Json]:
        """First the page around the columns, then each column as its system answers.

        `follow`: a page is opened, or gone back to, with what its link says; `search`: somebody asks.
        """
        try:
            wish = wish_of(kind, data)
        except AppError as error:
            run = data.get("run", "") if isinstance(data, dict) else ""
            yield {"page": {"run": run, "kind": "search", "notes": [], "error": str(error)}}
            return
        begun = time.perf_counter()
        try:
            page, query = self._page(wish)
        except Exception as error:  # noqa: BLE001  # logged by `sentence`; the page must hear something
            yield {"page": {"run": wish.run, "kind": "search", "notes": [], "error": sentence(error, kind)}}
            return
        yield {"page": page}
        if query is not None:
            yield from self._columns(wish.run, query, links.read(page["link"])[0], begun)

    def _page(self, wish: Wish) -> tuple[Json, Query | None]:
        link, collection, notes = facts.resolved(self.bench, wish.link)
        query, confidence, error = self._query(wish.kind, link, collection)
        tags = [*facts.query_languages(collection), *([query.language] if query else [])]
        return {
            "run": wish.run,
            "kind": wish.kind,
            "link": links.write(link),
            "notes": [*wish.notes, *notes],
            "error": error,
            "state": {
                "query": cleaned(link.query)[:2_000],
                "language": link.language,
                "documents": list(link.documents),
                "systems": list(link.systems),
                "open": link.open,
                "panel": link.panel,
                "column": link.column,
                "folded": list(link.folded),
                "pinned": link.pinned,
                "reference": link.reference,
                "view": link.view,
                "top": link.top,
            },
            "query": query and _query_json(query, confidence),
            "grades": self._grades(wish.annotator, collection, query),
            "collection": facts.collection_json(collection),
            "collections": self.bench.collections(),
            "unbuilt": facts.unbuilt(self.bench, collection.collection_id),
            "languages": facts.languages_json(tags),
            "query_languages": facts.query_languages(collection),
            "suggested": list(facts.canonical(self.bench.suggested)),
            "backed": facts.backed_json(self.bench),
        }, query

    def _query(self, kind: str, link: Link, collection: Collection) -> tuple[Query | None, float, str]:
        """The query, or the sentence that says why there is none. A link without a query is no error."""
        if kind == "follow" and not link.query:
            return None, 0.0, ""
        try:
            query, confidence = self.bench.query(collection.collection_id, link.query, link.language or None)
        except AppError as error:
            return None, 0.0, str(error)
        return query, confidence, ""

    def _grades(self, annotator: str, collection: Collection, query: Query | None) -> dict[str, tuple[int | None, int]]:
        return self.bench.grades(annotator, collection.collection_id, query.query_id) if query else {}

    def _columns(self, run: str, query: Query, link: Link, begun: float) -> Iterator[Json]:
        """The columns that cannot run at once, with why; then the others, as they finish."""
        waiting = dict.fromkeys(link.systems)
        at = {name: i for i, name in enumerate(link.systems)}

        def column(name: str, **shown: object) -> Json:
            waiting.pop(name, None)
            blank = {"run": run, "i": at[name], "system": name, "hits": [], "order": []}
            return {f"column{at[name]}": blank | {"elapsed": time.perf_counter() - begun} | shown}

        try:
            for name, fault in self.bench.faults(link.systems, link.collection).items():
                yield column(name, state="error", error=str(fault))
            if not waiting:
                return
            deck = Deck(query, lambda doc_ids: self.bench.documents(link.collection, doc_ids))
            with self._control(run) as control:
                found = self.bench.search(
                    query, list(waiting), collection_id=link.collection, languages=link.documents, control=control
                )
                for trace in found:
                    name = str(trace.system)
                    fault = trace.fault and {"state": "error", "error": str(trace.fault)}
                    yield column(name, **(fault or deck.answered(trace, at[name])))
        except Stopped:
            yield _joined(column(name, state="stopped") for name in list(waiting))
        except Exception as error:  # noqa: BLE001  # logged by `sentence`; every column ends in some way
            why = sentence(error, "search")
            yield _joined(column(name, state="error", error=why) for name in list(waiting))

    @contextmanager
    def _control(self, run: str) -> Iterator[Control]:
        """The control of this run, reachable by `stop` while it lasts; a page that is gone stops it too."""
        control = self.controls[run] = Control()
        try:
            yield control
        finally:
            control.stop()
            self.controls.pop(run, None)

    def stop(self, data: object) -> Answer:
        control = self.controls.get(text(data, "run", 64))
        if control:
            control.stop()
        return {}

    def grade(self, data: object) -> Answer:
        gesture = gesture_of(data)
        try:
            return self._saved(self.bench.grade(gesture))
        except Conflict as error:
            return {"ok": False, "final": True, "error": str(error), **self._standing(gesture)}

    def _standing(self, gesture: Gesture) -> Answer:
        """What the other tab made of it, so that this one shows it and can grade again."""
        query, _ = self.bench.query(gesture.collection_id, gesture.query_text, gesture.query_language)
        found = self.bench.grades(gesture.annotator, gesture.collection_id, query.query_id)
        grade, version = found.get(gesture.doc_id, (None, 0))
        return {"doc": gesture.doc_id, "query": query.query_id, "grade": grade, "version": version}

    def undo(self, data: object) -> Answer:
        annotator, rest = reversal_of(data)
        return self._saved(self.bench.undo(annotator, **rest))

    def redo(self, data: object) -> Answer:
        annotator, rest = reversal_of(data)
        return self._saved(self.bench.redo(annotator, **rest))

    def backup(self, _: object) -> Answer:
        """How the copy off this machine stands, for a page that has just saved something."""
        return {"backed": facts.backed_json(self.bench)}

    def _saved(self, saved: Saved) -> Answer:
        key = saved.key
        stands = {"doc": key.doc_id, "query": key.query_id, "grade": saved.grade, "version": saved.version}
        return {**stands, "backed": facts.backed_json(self.bench)}


def _query_json(query: Query, confidence: float) -> Json:
    return {"id": query.query_id, "text": query.text, "language": query.language, "confidence": confidence}


def _joined(updates: Iterator[Json]) -> Json:
    return {name: shown for update in updates for name, shown in update.items()}
