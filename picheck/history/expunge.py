"""Kept files past their retention are removed; records and chain stay whole."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from picheck.errors import UsageError
from picheck.history.chain import Clock, Entry, append, decode_body, utc_now
from picheck.history.collect import storable
from picheck.history.database import ChainState, Database
from picheck.history.queries import named_files
from picheck.history.tables import BLOB, RECORD

#: For how many full years after the performance year files are kept at least: 42 CFR 414.1390(d)
#: lets CMS ask for the primary source documents for six years from the end of the period.
RETENTION_YEARS: Final = 6
#: The files that hold identifiers or a practice's answers as they were sent.
_ROLES: Final = ("document", "evidence", "prior", "answer")
#: How many files one record names at most.
_MANY: Final = 1000


class Expunged(NamedTuple):
    """The new end of the chain and how many files lost their bytes."""

    state: ChainState
    files: int


def expunge(
    database: Database, before: int, reason: str, *, by: str, clock: Clock = utc_now
) -> Expunged:
    """Remove the bytes of files of performance years before one, and record that and why.

    A file that a later year's record names too is kept. Raises UsageError for a year whose
    retention has not ended.
    """
    ends = clock().year - RETENTION_YEARS
    if before > ends:
        raise UsageError(
            f"files of {before - 1} are kept until the end of {before - 1 + RETENTION_YEARS}; the"
            f" latest year to name now is --before {ends}"
        )
    with database.open_to_write() as connection:
        files = sorted(
            _find_digests(connection, before, old=True)
            - _find_digests(connection, before, old=False)
        )
        present = [digest for digest in files if _has_bytes(connection, digest)]
        entries = [
            Entry("expunged", None, None, None, {
                "before": before, "reason": storable(reason), "files": present[start:start + _MANY]
            })
            for start in range(0, len(present), _MANY)
        ]  # fmt: skip
        state = append(connection, entries, storable(by), clock)
        for digest in present:
            connection.execute(update(BLOB).where(BLOB.c.sha256 == digest).values(data=None))
    database.reclaim()
    return Expunged(state, len(present))


def _find_digests(connection: Connection, before: int, *, old: bool) -> set[str]:
    """Return the digests of files that records of years before one name, or all other records."""
    is_old = RECORD.c.year < before
    # what a record without a year names is kept
    query = select(RECORD.c.body).where(is_old if old else ~is_old | RECORD.c.year.is_(None))
    return {
        value
        for row in connection.execute(query)
        for role, value in named_files(decode_body(row.body))
        if role in _ROLES
    }


def _has_bytes(connection: Connection, sha256: str) -> bool:
    query = select(BLOB.c.sha256).where(BLOB.c.sha256 == sha256, BLOB.c.data.is_not(None))
    return connection.execute(query).first() is not None
