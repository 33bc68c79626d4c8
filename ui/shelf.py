"""What the Collections page shows of a collection, of a file before it is taken in, and of what came in, as JSON."""

from typing import Any

from core.collections.importing import Summary
from core.collections.preview import Glance, Preview
from core.records import Collection
from core.text import cleaned
from ui import facts

Json = dict[str, Any]

MOST_CELL, MOST_COLUMNS = 400, 200
"""Characters of a cell, and columns, that are shown."""


def collection_json(collection: Collection) -> Json:
    return {
        "id": collection.collection_id,
        "name": cleaned(collection.name),
        "description": cleaned(collection.description),
        "licence": cleaned(collection.licence),
        "provenance": collection.provenance,
        "documents": len(collection.documents),
        "queries": len(collection.queries),
        "judgments": len(collection.qrels),
        "languages": collection.languages,
    }


def preview_json(found: Preview) -> Json:
    """Used columns first; of very many, the first ones."""
    used = [choice.column for choice in found.choices]
    shown = [*dict.fromkeys(used), *(name for name in found.columns if name not in used)][:MOST_COLUMNS]
    tags = {row.language for row in found.rows if row.language}
    return {
        "said": cleaned(found.said),
        "id": found.name,
        "fixed": found.fixed,
        "fault": found.fault,
        "columns": [cleaned(name) for name in found.columns[:MOST_COLUMNS]],
        "more": max(0, len(found.columns) - MOST_COLUMNS),
        "shown": [cleaned(name) for name in shown],
        "choices": {choice.role: {"column": cleaned(choice.column), "why": choice.why} for choice in found.choices},
        "rows": [_glance_json(row, shown) for row in found.rows],
        "tongues": facts.languages_json(tags),
    }


def _glance_json(row: Glance, shown: list[str]) -> Json:
    cells = [cleaned(row.cells.get(name, ""))[: MOST_CELL + 1] for name in shown]
    return {"line": row.line, "language": row.language, "reason": row.reason, "cells": cells}


def summary_json(collection: Collection, summary: Summary) -> Json:
    return {
        "said": summary.said,
        "rows": summary.rows,
        "documents": len(collection.documents),
        "queries": len(collection.queries),
        "judgments": len(collection.qrels),
        "refused": dict(summary.refused),
        "languages": len(collection.languages),
        "detected": summary.detected,
        "unsure": summary.unsure,
        "unused": [cleaned(name) for name in summary.unused[:12]],
        "choices": [{"role": one.role, "column": cleaned(one.column)} for one in summary.choices],
        "replaced": summary.surrogates + summary.nuls,
    }
