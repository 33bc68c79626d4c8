"""Collections: what is there to search, and how do own documents get here?"""

import base64
import binascii
from pathlib import Path
from typing import Any, cast, get_args

from core.collections.columns import Role
from core.collections.importing import Wish, collection_id
from core.collections.incoming import MAX_BYTES, MAX_PIECE, Incoming
from core.collections.quarantine import kept_rows
from core.errors import AppError, BadInput, Forbidden, UnknownName
from core.languages import languages
from core.protocols import Control, Progress
from core.text import cleaned
from core.workbench import Workbench
from ui import facts, shelf
from ui.assets import COLLECTIONS_SCRIPTS, script
from ui.canvas import Canvas
from ui.events import Answer, Functions, Handler, server_functions
from ui.incoming import text, whole
from ui.jobs import Jobs
from ui.links import parts_of
from ui.people import people_functions
from ui.words import say

Json = dict[str, Any]

ROLES: tuple[Role, ...] = get_args(Role)
REFUSED = 10
"""Rows of the quarantine file that are shown."""


class Collections:
    title, path, key = "Collections", "/collections", "c"

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self.jobs = Jobs()
        self.incoming = Incoming(bench.settings.home / "incoming")

    def functions(self) -> Functions:
        """What the page may call, and the right that each needs."""
        return {
            "list_collections": (self.listed, "search"),
            "describe_collection": (self.described, "search"),
            "work_under_way": (self.work, "index"),
            "build_index": (self.build_index, "index"),
            "stop_work": (self.stop, "index"),
            "import_form": (self.form, "import"),
            "begin_file": (self.begin, "import"),
            "put_piece": (self.put, "import"),
            "drop_file": (self.drop, "import"),
            "preview_documents": (self.preview, "import"),
            "check_id": (self.check_id, "import"),
            "take_in": (self.take_in, "import"),
            "refused_rows": (self.refused, "import"),
        }

    def build(self, pages: list[Json]) -> None:
        functions = {name: (self.told(handler), right) for name, (handler, right) in self.functions().items()}
        Canvas(
            "",
            html_template="",  # constant: the page is made by the script, and no text ever passes a template
            js_on_load=script(*COLLECTIONS_SCRIPTS),
            apply_default_css=False,
            server_functions=server_functions(functions | people_functions(self.bench)),
            mode=self.bench.settings.mode,
            pages=pages,
        )

    def told(self, handler: Handler) -> Handler:
        """The handler, whose sentences name no place that the person does not know."""

        def called(data: object) -> Answer:
            try:
                return handler(data)
            except AppError as error:
                return {"ok": False, "error": self._without_places(str(error)), "final": True}

        return called

    # What there is

    def listed(self, data: object) -> Answer:
        """The collections, and which of them the link means. What each holds is asked for one by one."""
        parts, notes = parts_of(text(data, "link", 1_000_000), {"v": 10, "c": 200})
        ids = self.bench.collections()
        chosen = parts.get("c", "")
        if chosen and chosen not in ids:
            notes.append(say("shelf.unknown", name=chosen[:80]))
            chosen = ""
        return {
            "ids": ids,
            "chosen": chosen,
            "start": self.bench.settings.collection,
            "notes": notes,
            "backed": facts.backed_json(self.bench),
        }

    def described(self, data: object) -> Answer:
        """One collection by language, and how far its index is; for a damaged one, what is wrong with it."""
        name = text(data, "collection", 200)
        if name not in self.bench.collections():
            raise UnknownName("collection", name, self.bench.collections())
        try:
            collection = self.bench.collection(name)
            standing = self.bench.standing(name)
            refused, _ = kept_rows(self._quarantine(name), 0)
        except AppError as error:
            return {"id": name, "fault": self._without_places(str(error))}
        return {
            **shelf.collection_json(collection),
            "index": {"state": standing.state, "done": standing.done, "total": standing.total},
            "refused": refused,
            "tongues": facts.languages_json(collection.languages),
        }

    def refused(self, data: object) -> Answer:
        """The first rows that were not taken in, each with its line and the reason."""
        name = collection_id(Path(), text(data, "collection", 200))
        total, rows = kept_rows(self._quarantine(name), REFUSED)
        shown = [{"line": row.line, "reason": row.reason, "row": cleaned(row.row)[: shelf.MOST_CELL]} for row in rows]
        file = str(self._quarantine(name)) if self._is_private else ""
        return {"total": total, "rows": shown, "file": file}

    # Indexes, and whatever else takes long

    def work(self, data: object) -> Answer:  # noqa: ARG002
        """What goes on and what ended, whichever page began it."""
        jobs = [job | {"error": self._without_places(job["error"])} for job in self.jobs.seen()]
        return {"jobs": jobs}

    def build_index(self, data: object) -> Answer:
        """Builds the index, or goes on with it, in a thread of its own."""
        name = text(data, "collection", 200)
        if name not in self.bench.collections():
            raise UnknownName("collection", name, self.bench.collections())

        def build(progress: Progress, control: Control) -> Json:
            return {"documents": self.bench.build(name, progress=progress, control=control).info.count}

        self.jobs.start("build", name, build)
        return {}

    def stop(self, data: object) -> Answer:
        self.jobs.stop(text(data, "kind", 20), text(data, "subject", 200))
        return {}

    # Own documents

    def form(self, data: object) -> Answer:  # noqa: ARG002
        """What the form needs; who may not import hears why instead."""
        return {
            "paths": self._is_private,
            "piece": MAX_PIECE,
            "most": MAX_BYTES,
            "roles": list(ROLES),
            "languages": [{"tag": one.tag, "name": one.name, "endonym": one.endonym} for one in languages()],
        }

    def begin(self, data: object) -> Answer:
        """A file is chosen: the number under which its pieces come."""
        size = whole(data, "size", least=0, most=2**53)
        return {"file": self.incoming.begin(text(data, "name", 1000), size or 0)}

    def put(self, data: object) -> Answer:
        """One piece, in base64; the same one again changes nothing."""
        start = whole(data, "start", least=0, most=MAX_BYTES)
        try:
            piece = base64.b64decode(text(data, "piece", 4 * (MAX_PIECE // 3 + 1)), validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadInput(say("take.piece")) from error
        return {"there": self.incoming.put(text(data, "file", 40), start or 0, piece)}

    def drop(self, data: object) -> Answer:
        self.incoming.drop(text(data, "file", 40))
        return {}

    def preview(self, data: object) -> Answer:
        """Which column is what, and the first rows, before anything is taken in."""
        found = self.bench.preview(self._source(data), Wish(None, _columns(data), text(data, "language", 35) or None))
        return shelf.preview_json(found) | {"id_fault": self._id_fault(found.name)}

    def check_id(self, data: object) -> Answer:
        """Whether a collection may be called that: the sentence that says why not, or none."""
        return {"id_fault": self._id_fault(text(data, "id", 1000))}

    def take_in(self, data: object) -> Answer:
        """Takes the documents in, in a thread of its own."""
        name = text(data, "id", 1000)
        fault = self._id_fault(name)
        if fault:
            raise BadInput(fault)
        path, file = self._source(data), text(data, "file", 40)
        wish = Wish(name, _columns(data), text(data, "language", 35) or None)
        if path.is_dir():
            wish = Wish(name)

        def take(progress: Progress, control: Control) -> Json:
            with self.incoming.held(file):
                collection, summary = self.bench.take(path, wish, progress=progress, control=control)
            self.incoming.drop(file)
            return shelf.summary_json(collection, summary)

        self.jobs.start("take", name, take)
        return {}

    def _id_fault(self, name: str) -> str:
        try:
            collection_id(Path(), name)
        except BadInput as error:
            return str(error)
        if name in self.bench.collections():
            return say("take.taken", name=name)
        return say("work.same", name=name) if self.jobs.running("take", name) else ""

    def _source(self, data: object) -> Path:
        """The file that was sent, or the path that was typed, on a machine that is the person's own."""
        number = text(data, "file", 40)
        if number:
            return self.incoming.path(number)
        typed = text(data, "path", 4000).strip().strip("\"'")
        if not self._is_private:
            raise Forbidden(say("take.no-path"))
        if not typed:
            raise BadInput(say("take.nothing"))
        try:
            return Path(typed.removeprefix("file://")).expanduser()
        except RuntimeError as error:  # ~somebody who is not there
            raise BadInput(say("take.nobody", path=typed[:80])) from error

    @property
    def _is_private(self) -> bool:
        return self.bench.settings.mode == "private"

    def _quarantine(self, name: str) -> Path:
        return self.bench.settings.collections_root / f"{name}.refused.jsonl"

    def _without_places(self, sentence: str) -> str:
        """A file that was sent has no path for its sender."""
        for number in self.incoming.numbers():
            sentence = sentence.replace(f"{self.incoming.root / number}/", "")
        return sentence


def _columns(data: object) -> dict[Role, str]:
    """Role → column, "" for none; nothing where the page leaves the choice to us."""
    given = data.get("columns") if isinstance(data, dict) else None
    if given is None:
        return {}
    if not isinstance(given, dict) or not set(given) <= set(ROLES):
        raise BadInput(say("take.columns"))
    return {cast(Role, role): text(given, role, 100_000) for role in given}
