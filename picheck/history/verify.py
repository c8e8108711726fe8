"""The chain is verified: every record, what was derived from it, and every kept file."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Table, select
from sqlalchemy.engine import Connection, Row

from picheck.history.blob import MEDIA
from picheck.history.chain import decode_body, derive, record_hash
from picheck.history.database import Database, read_state
from picheck.history.tables import BLOB, CHAIN, DERIVED, FORMAT, NO_RECORD, RECORD

#: How many records are looked at together.
_MANY: Final = 1000


class Fault(NamedTuple):
    """The first thing that is wrong: the record, where it is about one, and what it is."""

    seq: int | None
    reason: str


class Verification(NamedTuple):
    """What a history's verification found: how far it is whole, and the first fault, if any."""

    records: int
    files: int
    head: str
    fault: Fault | None


def verify(database: Database, heads: Sequence[str] = ()) -> Verification:
    """Verify all records, what was derived from them, and the kept files.

    `heads` are hashes that were the head of the chain at an earlier time and must still be in it.
    Raises HistoryError where the database cannot be read.
    """
    with database.open_to_read() as connection:
        state = read_state(connection)
        missing, count, head = set(heads), 0, NO_RECORD
        for rows in _chunks(connection):
            fault = _check_records(rows, count, head) or _check_derived(connection, rows)
            if fault is not None:
                return Verification(count, 0, head, fault)
            count, head = rows[-1]["seq"], rows[-1]["hash"]
            missing.difference_update(row["hash"] for row in rows)
        fault = _check_chain(connection, count, head, missing)
        files = 0
        if fault is None:
            files, fault = _check_files(connection)
        return Verification(count, files, state.head, fault)


def _chunks(connection: Connection) -> Iterator[list[dict[str, Any]]]:
    last = None
    while True:
        query = select(RECORD).order_by(RECORD.c.seq).limit(_MANY)
        if last is not None:
            query = query.where(RECORD.c.seq > last)
        rows = [dict(row) for row in connection.execute(query).mappings()]
        if not rows:
            return
        yield rows
        last = rows[-1]["seq"]


def _check_records(rows: Sequence[Mapping[str, Any]], count: int, head: str) -> Fault | None:
    for row in rows:
        seq = row["seq"]
        if seq != count + 1:
            return Fault(count + 1, "is missing")
        if row["previous"] != head:
            return Fault(seq, "does not follow the record before it")
        try:
            is_whole = record_hash(row) == row["hash"]
        except (ValueError, TypeError, AttributeError):
            is_whole = False
        if not is_whole:
            return Fault(seq, "was changed: its hash does not fit its contents")
        count, head = seq, row["hash"]
    return None


def _check_derived(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> Fault | None:
    try:
        records = [(row, decode_body(row["body"])) for row in rows]
        tables = derive(records)
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        return Fault(rows[0]["seq"], "or one of those that follow has a body that is damaged")
    first, last = rows[0]["seq"], rows[-1]["seq"]
    for table, wanted in tables:
        found = _rows_of(connection, table, first, last)
        # by repr(), for None and numbers have no order
        expected = sorted((tuple(row[c.name] for c in table.columns) for row in wanted), key=repr)
        if found != expected:
            seq = next((a or b)[0] for a, b in _pairs(found, expected) if a != b)
            return Fault(seq, f"is not what the table {table.name} says of it")
    return None


def _pairs(
    found: list[tuple[Any, ...]], expected: list[tuple[Any, ...]]
) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    longest = max(len(found), len(expected))
    nothing: tuple[Any, ...] = ()
    padded = [[*rows, *[nothing] * (longest - len(rows))] for rows in (found, expected)]
    yield from zip(*padded, strict=True)


def _rows_of(connection: Connection, table: Table, first: int, last: int) -> list[tuple[Any, ...]]:
    query = select(table).where(table.c.seq >= first, table.c.seq <= last)
    return sorted((tuple(row) for row in connection.execute(query)), key=repr)


def _check_chain(connection: Connection, count: int, head: str, missing: set[str]) -> Fault | None:
    row = connection.execute(select(CHAIN)).mappings().one_or_none()
    if row is None or (row["size"], row["head"]) != (count, head):
        return Fault(count + 1, "is missing: the chain was longer than its records are")
    first = connection.execute(select(RECORD).where(RECORD.c.seq == 1)).mappings().one()
    stated = {"format": row["format"], "origin": row["origin"]}
    if decode_body(first["body"]) != stated or row["format"] != FORMAT:
        return Fault(1, "states another format or origin than the chain")
    if row["created_at"] != first["at"] or row["name"] != "audits":
        return Fault(1, "was written at another time than the chain says")
    for table in DERIVED:
        extra = select(table.c.seq).where((table.c.seq < 1) | (table.c.seq > count))
        if (found := connection.execute(extra).first()) is not None:
            return Fault(found.seq, f"is not there, but the table {table.name} speaks of it")
    if missing:
        lost = ", ".join(sorted(each[:12] for each in missing))
        return Fault(None, f"the head {lost} was never a record of this chain")
    return None


def _check_files(connection: Connection) -> tuple[int, Fault | None]:
    expunged = {
        digest
        for row in connection.execute(select(RECORD.c.body).where(RECORD.c.kind == "expunged"))
        for digest in decode_body(row.body)["files"]
    }
    count = 0
    with connection.execute(select(BLOB).execution_options(yield_per=200)) as rows:
        for row in rows:
            count += 1
            if not _is_whole(row, expunged):
                fault = Fault(_names(connection, row.sha256), f"file {row.sha256[:12]} changed")
                return count, fault
    return count, None


def _is_whole(row: Row[Any], expunged: Collection[str]) -> bool:
    """Whether a kept file is what its digest says, or was removed and is recorded as such."""
    if row.media not in MEDIA:
        return False
    if row.data is None:
        return row.sha256 in expunged
    try:
        data = zlib.decompress(row.data)
    except zlib.error:
        return False
    return (hashlib.sha256(data).hexdigest(), len(data)) == (str(row.sha256), int(row.size))


def _names(connection: Connection, sha256: str) -> int | None:
    """Return the first record that names a file."""
    query = select(RECORD.c.seq).where(RECORD.c.body.contains(sha256)).order_by(RECORD.c.seq)
    row = connection.execute(query).first()
    return None if row is None else int(row.seq)
