"""Studies as JSON files, keyed by everything they were computed from, so that the same one is never computed twice."""

import dataclasses
import hashlib
import json
from pathlib import Path

from core.alignment.study import VERSION, Pair, Point, Study


def place(root: Path, collection_id: str, checksum: str, identity: str, seed: int) -> Path:
    """Where the study of these is kept."""
    key = hashlib.sha256("\n".join((VERSION, collection_id, checksum, identity, str(seed))).encode()).hexdigest()
    return root / "alignment" / f"{key[:24]}.json"


def keep(found: Study, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_suffix(".new")
    written.write_text(json.dumps(dataclasses.asdict(found)), "utf-8")
    written.replace(path)


def kept(path: Path) -> Study | None:
    """The study kept there; None where there is none or it cannot be read, for it can be computed again."""
    try:
        said = json.loads(path.read_text("utf-8"))
        return Study(
            **said
            | {name: tuple(Pair(**pair) for pair in said[name]) for name in ("pairs", "control")}
            | {"points": tuple(Point(**point) for point in said["points"])}
            | {"languages": tuple(said["languages"]), "variance": tuple(said["variance"])}
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None
