"""Schema 2: who may sign in, and saved sets of systems. Erasable, and outside of the log, which knows UUIDs only."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

WHOLE = {  # no hash covers these: with an index over the whole row, integrity_check compares each value with its copy
    "meta": ("one", "project", "schema", "created"),
    "annotator": ("annotator", "name", "verified", "created"),
    "person": ("annotator", "name", "folded", "password", "stamp", "owner", "created"),
    "system_set": ("id", "owner", "name", "folded", "systems", "created"),
}


def upgrade() -> None:
    """Makes both tables, and the indexes that find a changed value."""
    _person()
    _system_set()
    for table, columns in WHOLE.items():
        op.create_index(f"{table}_whole", table, list(columns))


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("annotator", sa.Text, primary_key=True, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False, unique=True),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("stamp", sa.Text, nullable=False),
        sa.Column("owner", sa.Integer, nullable=False),
        sa.Column("created", sa.Text, nullable=False),
        sa.CheckConstraint("length(annotator) = 36"),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 80"),
        sa.CheckConstraint("length(folded) >= 1 AND length(password) >= 1 AND length(stamp) >= 1"),
        sa.CheckConstraint("owner IN (0, 1)"),
        sqlite_strict=True,
    )


def _system_set() -> None:
    op.create_table(
        "system_set",
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("systems", sa.Text, nullable=False),
        sa.Column("created", sa.Text, nullable=False),
        sa.CheckConstraint("length(id) = 36"),
        sa.CheckConstraint("length(owner) IN (0, 36)"),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 80"),
        sa.CheckConstraint("length(folded) >= 1"),
        sa.CheckConstraint("json_type(systems) = 'array'"),
        sa.UniqueConstraint("owner", "folded"),
        sqlite_strict=True,
    )
