"""What happens inside one transaction: an event is appended, joined to the chain, and the projection follows it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, exists, func, select, update
from sqlalchemy.dialects.sqlite import insert

from core.errors import BadInput, Conflict
from core.records import JudgmentKey
from core.store.chain import GENESIS, Value, payload_of, row_hash, shown_of
from core.store.events import Event, EventKind, Logged, Saved
from core.store.tables import annotator, label_current, label_event, meta

_log, _now = label_event.c, label_current.c
KEY = ("annotator", "collection_id", "query_id", "doc_id")


@dataclass(frozen=True, slots=True)
class Reversal:
    """A wish to take back, or to bring back, one annotator's newest; in one collection, or wherever it was."""

    kind: EventKind
    annotator: str
    event_id: str
    client_time: str
    collection_id: str | None


def touch(conn: Connection) -> None:
    """Writes what is there already, so that the disk is asked."""
    conn.execute(update(meta).values(one=meta.c.one))


def append(conn: Connection, event: Event) -> Saved:
    """Appends a grade or a clear; an event that is already there is answered and not written again."""
    stored = _stored(conn, event.event_id)
    if stored is not None:
        was = logged_of(stored).event
        if replace(event, expected_version=was.expected_version, client_time=was.client_time) != was:
            raise BadInput(f"Another event is already saved as '{event.event_id}'; reload the page and grade again.")
        return _saved(stored, repeated=True)
    version, grade = _standing(conn, event.key)
    if event.expected_version is not None and event.expected_version != version:
        now = "it has no grade now" if grade is None else f"it has grade {grade} now"
        raise Conflict(f"'{event.key.doc_id}' was graded elsewhere meanwhile ({now}); look at it and grade it again.")
    return _write(conn, event, version + 1)


def reverse(conn: Connection, wish: Reversal) -> Saved:
    """Appends the undo of the newest grade or clear in force, or the redo of the newest undo."""
    stored = _stored(conn, wish.event_id)
    if stored is not None:
        same = (stored.kind, stored.annotator) == (wish.kind, wish.annotator)
        if not same or wish.collection_id not in (None, stored.collection_id):
            raise BadInput(f"Another event is already saved as '{wish.event_id}'; reload the page and try again.")
        return _saved(stored, repeated=True)
    found = _to_undo(conn, wish) if wish.kind == "undo" else _to_redo(conn, wish)
    if found is None:
        raise BadInput(f"Nothing to {wish.kind}.")
    key = key_of(found)
    grade = _grade_before(conn, key, found.version) if wish.kind == "undo" else _graded(conn, found.undoes)
    event = Event(
        event_id=wish.event_id,
        kind=wish.kind,
        key=key,
        grade=grade,
        shown=None,
        expected_version=None,
        client_time=wish.client_time,
        undoes=found.event_id,
    )
    return _write(conn, event, _standing(conn, key)[0] + 1)


def name_annotator(conn: Connection, identity: str, name: str) -> None:
    """A typed name is never verified, and one that changes is not either."""
    row = {"annotator": identity, "name": name, "verified": 0, "created": _clock()}
    conn.execute(
        insert(annotator).on_conflict_do_update(
            index_elements=["annotator"], set_={"name": name, "verified": 0}, where=annotator.c.name != name
        ),
        row,
    )


def key_of(row: Row[*tuple[object, ...]]) -> JudgmentKey:
    """The pair and person that a row of the log or of the projection is about."""
    return JudgmentKey(row.annotator, row.collection_id, row.query_id, row.doc_id)


def logged_of(row: Row[*tuple[object, ...]]) -> Logged:
    """The event that a row of the log holds."""
    event = Event(
        event_id=row.event_id,
        kind=row.kind,
        key=key_of(row),
        grade=row.grade,
        shown=shown_of(row.payload),
        expected_version=row.expected_version,
        client_time=row.client_time,
        undoes=row.undoes,
    )
    return Logged(event, row.seq, row.version, row.server_time, row.prev_hash, row.hash)


def _write(conn: Connection, event: Event, version: int) -> Saved:
    last = conn.execute(select(_log.seq, _log.hash).order_by(_log.seq.desc()).limit(1)).first()
    key = {name: getattr(event.key, name) for name in KEY}
    row: dict[str, Value] = {
        "seq": last.seq + 1 if last else 1,
        "event_id": event.event_id,
        "kind": event.kind,
        **key,
        "grade": event.grade,
        "version": version,
        "payload": payload_of(event.shown),
        "expected_version": event.expected_version,
        "undoes": event.undoes,
        "client_time": event.client_time,
        "server_time": _clock(),
        "prev_hash": last.hash if last else GENESIS,
    }
    row["hash"] = row_hash(row)
    conn.execute(insert(label_event), row)
    state = {"grade": event.grade, "version": version, "seq": row["seq"]}
    conn.execute(insert(label_current).on_conflict_do_update(index_elements=KEY, set_=state), {**key, **state})
    return Saved(event.event_id, int(row["seq"] or 0), event.key, event.grade, version, False)


def _stored(conn: Connection, event_id: str) -> Row[*tuple[object, ...]] | None:
    return conn.execute(select(label_event).where(_log.event_id == event_id)).first()


def _saved(row: Row[*tuple[object, ...]], *, repeated: bool) -> Saved:
    return Saved(row.event_id, row.seq, key_of(row), row.grade, row.version, repeated)


def _standing(conn: Connection, key: JudgmentKey) -> tuple[int, int | None]:
    """The pair's version, 0 before its first event, and its grade."""
    row = conn.execute(select(_now.version, _now.grade).where(_of(key, label_current))).first()
    return (row.version, row.grade) if row else (0, None)


def _of(key: JudgmentKey, table: Table) -> ColumnElement[bool]:
    return and_(*(table.c[name] == getattr(key, name) for name in KEY))


def _in_scope(wish: Reversal) -> ColumnElement[bool]:
    mine = _log.annotator == wish.annotator
    return mine if wish.collection_id is None else and_(mine, _log.collection_id == wish.collection_id)


def _in_force() -> ColumnElement[bool]:
    """No undo names the event, or each that does has itself been reversed by a redo."""
    undo, redo = label_event.alias("undo"), label_event.alias("redo")
    return ~exists().where(undo.c.undoes == _log.event_id, ~exists().where(redo.c.undoes == undo.c.event_id))


def _to_undo(conn: Connection, wish: Reversal) -> Row[*tuple[object, ...]] | None:
    graded = select(label_event).where(_in_scope(wish), _log.kind.in_(("grade", "clear")), _in_force())
    return conn.execute(graded.order_by(_log.seq.desc()).limit(1)).first()


def _to_redo(conn: Connection, wish: Reversal) -> Row[*tuple[object, ...]] | None:
    """The newest undo that no redo names, unless something was graded since."""
    redo = label_event.alias("redo")
    undone = select(label_event).where(
        _in_scope(wish), _log.kind == "undo", ~exists().where(redo.c.undoes == _log.event_id)
    )
    newest = conn.execute(undone.order_by(_log.seq.desc()).limit(1)).first()
    since = select(func.max(_log.seq)).where(_in_scope(wish), _log.kind.in_(("grade", "clear")))
    return newest if newest is not None and newest.seq > (conn.scalar(since) or 0) else None


def _grade_before(conn: Connection, key: JudgmentKey, version: int) -> int | None:
    """The grade that the pair had before that version; in the order of versions, because they have the index."""
    before = select(_log.grade).where(
        _of(key, label_event), _log.kind.in_(("grade", "clear")), _log.version < version, _in_force()
    )
    return conn.scalar(before.order_by(_log.version.desc()).limit(1))


def _graded(conn: Connection, event_id: str) -> int | None:
    return conn.scalar(select(_log.grade).where(_log.event_id == event_id))


def _clock() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
