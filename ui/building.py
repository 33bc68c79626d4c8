"""Choosing systems: what they can be built of, what is wrong with a name, and the sets that somebody saved."""

from dataclasses import asdict
from typing import Any

from core.errors import AppError, BadInput, Conflict, shortened
from core.grammar import MAX_LENGTH, parse
from core.offering import recipe
from core.store.sets import SystemSet
from core.systems import MOST_SYSTEMS, RERANK_DEPTH, RRF_K, SOURCE_DEPTH
from core.workbench import Workbench
from ui.events import Answer, Functions
from ui.facts import canonical
from ui.incoming import flag, text, texts
from ui.links import names_of

Json = dict[str, Any]

MOST_PASTED = 40_000  # characters
DEFAULTS = {"source": SOURCE_DEPTH, "rerank": RERANK_DEPTH, "k": RRF_K}


def building_functions(bench: Workbench) -> Functions:
    """What the picker of systems calls."""
    desk = BuildingDesk(bench)
    return {
        "read_offers": (desk.offers, "search"),
        "check_system": (desk.check, "search"),
        "list_sets": (desk.listed, "search"),
        "save_set": (desk.save, "search"),
        "rename_set": (desk.rename, "search"),
        "delete_set": (desk.delete, "search"),
    }


class BuildingDesk:
    """The functions; each takes one dict."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench

    def offers(self, data: object) -> Answer:
        """What this version runs, and for each suggested system that cannot run here why."""
        collection = text(data, "collection", 200)
        suggested = canonical(self.bench.suggested)
        faults = {name: str(fault) for name, fault in self.bench.faults(suggested, collection).items()}
        try:
            offers = asdict(self.bench.offers(collection))
        except AppError as error:
            return {"faults": faults, "offers": None, "error": str(error), "defaults": DEFAULTS}
        return {"faults": faults, "offers": offers, "error": "", "defaults": DEFAULTS}

    def check(self, data: object) -> Answer:
        """Of one name or several, between semicolons or on lines: each as it prints, its parts, and why it cannot run.

        What stands beyond the columns there can be is left out, and counted.
        """
        names = names_of(text(data, "names", MOST_PASTED))
        faults = self.bench.faults(names[:MOST_SYSTEMS], text(data, "collection", 200))
        found: dict[str, Json] = {}
        for name in names[:MOST_SYSTEMS]:
            one = _read(name) | {"error": str(faults[name]) if name in faults else ""}
            found.setdefault(one["system"], one)
        return {"systems": list(found.values()), "more": max(0, len(names) - MOST_SYSTEMS)}

    def listed(self, data: object) -> Answer:
        """The sets this person sees."""
        return {"sets": [_set_json(one) for one in self.bench.sets(text(data, "annotator", 64))]}

    def save(self, data: object) -> Answer:
        """`taken`: there is a set of that name, and the page may ask to replace it."""
        systems = texts(data, "systems", MOST_SYSTEMS, MAX_LENGTH)
        try:
            saved = self.bench.save_set(
                text(data, "annotator", 64), text(data, "name", 200), systems, replace=flag(data, "replace")
            )
        except Conflict as error:
            return {"ok": False, "final": True, "taken": True, "error": str(error)}
        return {"saved": _set_json(saved), **self.listed(data)}

    def rename(self, data: object) -> Answer:
        self.bench.rename_set(text(data, "annotator", 64), text(data, "id", 64), text(data, "name", 200))
        return self.listed(data)

    def delete(self, data: object) -> Answer:
        gone = self.bench.delete_set(text(data, "annotator", 64), text(data, "id", 64))
        return {"gone": _set_json(gone), **self.listed(data)}


def _read(name: str) -> Json:
    """The system as it prints and its parts; a name that does not parse stays as it is."""
    try:
        stage = parse(name)
    except BadInput:
        return {"system": shortened(name, MAX_LENGTH), "recipe": None}
    return {"system": str(stage), "recipe": asdict(recipe(stage))}


def _set_json(one: SystemSet) -> Json:
    return {"id": one.id, "name": one.name, "systems": list(one.systems)}
