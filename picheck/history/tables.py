"""The tables of a history. `migrations` makes them; these are for queries."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

METADATA: Final = MetaData()

#: One row: how long the chain is, and the hash of its last record.
CHAIN: Final = Table(
    "chain",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("head", String(64), nullable=False),
    Column("origin", String(32), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("format", Integer, nullable=False),
)

#: The records, never changed and never removed.
RECORD: Final = Table(
    "record",
    METADATA,
    # the chain gives the number: one that a database gives may leave gaps
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("at", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("entity", String(64)),
    Column("program", String(64)),
    Column("year", Integer),
    Column("body", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Index("record_by_entity", "entity", "program", "year", "seq"),
    Index("record_by_kind", "kind", "at"),
)

#: The bytes that records name by their digest; `data` is compressed, null where expunged.
BLOB: Final = Table(
    "blob",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("media", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("data", LargeBinary),
)

# What follows is derived from the bodies of the records, and can be made from them again.

#: What an audit said of its document.
VERDICT: Final = Table(
    "verdict",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("document", String(64), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("score", Float),
    Column("identity", String(64), nullable=False),
    Column("amends", Integer),
    Index("verdict_by_document", "document", "seq"),
)

#: The findings of an audit.
FINDING: Final = Table(
    "finding",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("code", String(64), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("consequence", String(32)),
    Column("outcome", String(16), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Index("finding_by_fingerprint", "fingerprint", "seq"),
)

#: The levels of active engagement that a submission reported.
ENGAGEMENT: Final = Table(
    "engagement",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("measure", String(64), primary_key=True),
    Column("level", String(64), primary_key=True),
)

DERIVED: Final = (VERDICT, FINDING, ENGAGEMENT)
#: The columns of a record that its hash covers.
HASHED: Final = tuple(column.name for column in RECORD.columns if column.name != "hash")
#: What the first record names as the one before it.
NO_RECORD: Final = "0" * 64
#: The version of the format that the first record carries.
FORMAT: Final = 1
