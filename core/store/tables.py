"""The tables of the current schema. The migrations make them; a test holds the two together."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA = 2  # the newest revision in migrations/versions, as a number
PROJECT = "babelscope"
APPLICATION_ID = 0x42534350  # "BSCP", in the file's header

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("project", Text, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("created", Text, nullable=False),
    CheckConstraint("one = 1"),
    CheckConstraint("schema >= 1"),
    Index("meta_whole", "one", "project", "schema", "created"),  # so that integrity_check finds a changed value
    sqlite_strict=True,
)

label_event = Table(
    "label_event",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("event_id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("annotator", Text, nullable=False),
    Column("collection_id", Text, nullable=False),
    Column("query_id", Text, nullable=False),
    Column("doc_id", Text, nullable=False),
    Column("grade", Integer),
    Column("version", Integer, nullable=False),
    Column("payload", Text, nullable=False),
    Column("expected_version", Integer),
    Column("undoes", Text, ForeignKey("label_event.event_id")),
    Column("client_time", Text, nullable=False),
    Column("server_time", Text, nullable=False),
    Column("prev_hash", Text, nullable=False, unique=True),
    Column("hash", Text, nullable=False),
    CheckConstraint("seq >= 1"),
    CheckConstraint("length(event_id) = 36 AND length(annotator) = 36"),
    CheckConstraint("kind IN ('grade', 'clear', 'undo', 'redo')"),
    CheckConstraint("(kind IN ('undo', 'redo')) = (undoes IS NOT NULL)"),
    CheckConstraint("kind <> 'grade' OR grade IS NOT NULL"),
    CheckConstraint("kind <> 'clear' OR grade IS NULL"),
    CheckConstraint("grade BETWEEN -100 AND 100"),
    CheckConstraint("version >= 1 AND (expected_version IS NULL OR expected_version = version - 1)"),
    CheckConstraint("json_valid(payload)"),
    CheckConstraint("length(prev_hash) = 64 AND length(hash) = 64"),
    UniqueConstraint("annotator", "collection_id", "query_id", "doc_id", "version"),
    Index("label_event_annotator", "annotator", "seq"),
    Index("label_event_undoes", "undoes"),
    sqlite_strict=True,
)

label_current = Table(
    "label_current",
    metadata,
    Column("annotator", Text, nullable=False),
    Column("collection_id", Text, nullable=False),
    Column("query_id", Text, nullable=False),
    Column("doc_id", Text, nullable=False),
    Column("grade", Integer),
    Column("version", Integer, nullable=False),
    Column("seq", Integer, ForeignKey("label_event.seq"), nullable=False, unique=True),
    PrimaryKeyConstraint("annotator", "collection_id", "query_id", "doc_id"),
    CheckConstraint("version >= 1"),
    Index("label_current_collection", "collection_id", "query_id", "doc_id"),
    sqlite_strict=True,
)

annotator = Table(
    "annotator",
    metadata,
    Column("annotator", Text, primary_key=True, nullable=False),
    Column("name", Text, nullable=False),
    Column("verified", Integer, nullable=False),
    Column("created", Text, nullable=False),
    CheckConstraint("length(annotator) = 36"),
    CheckConstraint("length(name) BETWEEN 1 AND 80"),
    CheckConstraint("verified IN (0, 1)"),
    Index("annotator_whole", "annotator", "name", "verified", "created"),
    sqlite_strict=True,
)

person = Table(
    "person",
    metadata,
    Column("annotator", Text, primary_key=True, nullable=False),
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False, unique=True),
    Column("password", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Column("owner", Integer, nullable=False),
    Column("created", Text, nullable=False),
    CheckConstraint("length(annotator) = 36"),
    CheckConstraint("length(name) BETWEEN 1 AND 80"),
    CheckConstraint("length(folded) >= 1 AND length(password) >= 1 AND length(stamp) >= 1"),
    CheckConstraint("owner IN (0, 1)"),
    Index("person_whole", "annotator", "name", "folded", "password", "stamp", "owner", "created"),
    sqlite_strict=True,
)

system_set = Table(
    "system_set",
    metadata,
    Column("id", Text, primary_key=True, nullable=False),
    Column("owner", Text, nullable=False),  # an annotator; "" where one trusted machine shares its sets
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False),
    Column("systems", Text, nullable=False),
    Column("created", Text, nullable=False),
    CheckConstraint("length(id) = 36"),
    CheckConstraint("length(owner) IN (0, 36)"),
    CheckConstraint("length(name) BETWEEN 1 AND 80"),
    CheckConstraint("length(folded) >= 1"),
    CheckConstraint("json_type(systems) = 'array'"),
    UniqueConstraint("owner", "folded"),
    Index("system_set_whole", "id", "owner", "name", "folded", "systems", "created"),
    sqlite_strict=True,
)
