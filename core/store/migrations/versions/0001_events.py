"""Schema 1: the event log, its projection, and the names of annotators."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = ("annotator", "collection_id", "query_id", "doc_id")


def upgrade() -> None:
    """Makes every table."""
    _meta()
    _label_event()
    _label_current()
    _annotator()


def _meta() -> None:
    op.create_table(
        "meta",
        sa.Column("one", sa.Integer, primary_key=True),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("schema", sa.Integer, nullable=False),
        sa.Column("created", sa.Text, nullable=False),
        sa.CheckConstraint("one = 1"),
        sa.CheckConstraint("schema >= 1"),
        sqlite_strict=True,
    )


def _label_event() -> None:
    op.create_table(
        "label_event",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("event_id", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in KEY),
        sa.Column("grade", sa.Integer),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("expected_version", sa.Integer),
        sa.Column("undoes", sa.Text, sa.ForeignKey("label_event.event_id")),
        sa.Column("client_time", sa.Text, nullable=False),
        sa.Column("server_time", sa.Text, nullable=False),
        sa.Column("prev_hash", sa.Text, nullable=False, unique=True),
        sa.Column("hash", sa.Text, nullable=False),
        sa.CheckConstraint("seq >= 1"),
        sa.CheckConstraint("length(event_id) = 36 AND length(annotator) = 36"),
        sa.CheckConstraint("kind IN ('grade', 'clear', 'undo', 'redo')"),
        sa.CheckConstraint("(kind IN ('undo', 'redo')) = (undoes IS NOT NULL)"),
        sa.CheckConstraint("kind <> 'grade' OR grade IS NOT NULL"),
        sa.CheckConstraint("kind <> 'clear' OR grade IS NULL"),
        sa.CheckConstraint("grade BETWEEN -100 AND 100"),
        sa.CheckConstraint("version >= 1 AND (expected_version IS NULL OR expected_version = version - 1)"),
        sa.CheckConstraint("json_valid(payload)"),
        sa.CheckConstraint("length(prev_hash) = 64 AND length(hash) = 64"),
        sa.UniqueConstraint(*KEY, "version"),
        sqlite_strict=True,
    )
    op.create_index("label_event_annotator", "label_event", ["annotator", "seq"])
    op.create_index("label_event_undoes", "label_event", ["undoes"])
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER label_event_no_{change.lower()} BEFORE {change} ON label_event "
            "BEGIN SELECT RAISE(ABORT, 'label_event is append-only'); END"
        )


def _label_current() -> None:
    op.create_table(
        "label_current",
        *(sa.Column(name, sa.Text, nullable=False) for name in KEY),
        sa.Column("grade", sa.Integer),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, sa.ForeignKey("label_event.seq"), nullable=False, unique=True),
        sa.PrimaryKeyConstraint(*KEY),
        sa.CheckConstraint("version >= 1"),
        sqlite_strict=True,
    )
    op.create_index("label_current_collection", "label_current", ["collection_id", "query_id", "doc_id"])


def _annotator() -> None:
    op.create_table(
        "annotator",
        sa.Column("annotator", sa.Text, primary_key=True, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("verified", sa.Integer, nullable=False),
        sa.Column("created", sa.Text, nullable=False),
        sa.CheckConstraint("length(annotator) = 36"),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 80"),
        sa.CheckConstraint("verified IN (0, 1)"),
        sqlite_strict=True,
    )
