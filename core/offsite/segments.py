"""Label segments: a stretch of the event log as one immutable JSONL file, whose name says what is in it.

The first line is a header, each further line one event with every column, its hashes too. The name carries the first
and the last seq and the sha256 of the content: the same stretch is always the same file, and a cut one is found out.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from core.errors import Damaged
from core.store.chain import Value, canonical, row_hash
from core.store.replaying import Row
from core.store.tables import PROJECT
from core.store.verifying import COLUMNS, NUMBERS

FOLDER = "segments"
SCHEMA = 1  # of a segment: the columns of an event; other tables of the store do not change it
NAME = re.compile(rf"{FOLDER}/(\d{{10,}})-(\d{{10,}})-([0-9a-f]{{64}})\.jsonl")


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """Which events a segment holds, and the sha256 of its bytes."""

    first: int
    last: int
    sha256: str

    @property
    def path(self) -> str:
        return f"{FOLDER}/{self.first:010d}-{self.last:010d}-{self.sha256}.jsonl"


def named(path: str) -> Name | None:
    """The name that a path spells; None where it is no segment's."""
    found = NAME.fullmatch(path)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        return None
    return Name(int(found[1]), int(found[2]), found[3])


def packed(rows: Sequence[Row]) -> tuple[Name, bytes]:
    """A segment of these consecutive events: the same events give the same bytes."""
    first, last = rows[0], rows[-1]
    header = {
        "project": PROJECT,
        "schema": SCHEMA,
        "first": first["seq"],
        "last": last["seq"],
        "prev": first["prev_hash"],
        "head": last["hash"],
    }
    events = ({name: value for name, value in row.items() if value is not None} for row in rows)
    content = "".join(canonical(line) + "\n" for line in (header, *events)).encode()
    return Name(int(first["seq"] or 0), int(last["seq"] or 0), hashlib.sha256(content).hexdigest()), content


def unpacked(name: Name, content: bytes) -> list[Row]:
    """The events of a segment. Raises Damaged unless name, sha256, header, order and hash chain all fit."""
    if hashlib.sha256(content).hexdigest() != name.sha256:
        raise Damaged(f"{name.path} is cut short or altered")
    try:
        header, *events = (json.loads(line) for line in content.decode().removesuffix("\n").split("\n"))
        if (header["project"], header["schema"]) != (PROJECT, SCHEMA):
            raise Damaged(f"{name.path} was written by another version of Babelscope")
        rows = [_row(event) for event in events]
        fits = (header["first"], header["last"], header["prev"], header["head"]) == (
            name.first, name.last, rows[0]["prev_hash"], rows[-1]["hash"],
        ) and [row["seq"] for row in rows] == list(range(name.first, name.last + 1))  # fmt: skip
    except (ValueError, TypeError, LookupError) as error:
        raise Damaged(f"{name.path} is not a label segment") from error
    if not fits:
        raise Damaged(f"{name.path} does not hold the events that its name says")
    before = rows[0]["prev_hash"]
    for row in rows:
        if row["prev_hash"] != before or row_hash(row) != row["hash"]:
            raise Damaged(f"event {row['seq']} in {name.path} does not fit its hash")
        before = row["hash"]
    return rows


def _row(event: dict[str, object]) -> Row:
    """The event with every column, None where it has none; raises ValueError for what no event has."""
    if unknown := set(event) - set(COLUMNS):
        raise ValueError(f"no event has {sorted(unknown)}")
    row: Row = dict.fromkeys(COLUMNS)
    for name, value in event.items():
        if type(value) is not (int if name in NUMBERS else str):
            raise ValueError(f"{name} of an event cannot be {value!r}")
        row[name] = cast("Value", value)
    return row
