"""The chain: how a record is hashed, added, and what follows from its body."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
from sqlalchemy import Table, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from picheck.history.canonical import canonical, digest
from picheck.history.database import (
    ChainState,
    Database,
    make_tables,
    new_origin,
    read_state,
)
from picheck.history.tables import (
    BLOB,
    CHAIN,
    ENGAGEMENT,
    FINDING,
    FORMAT,
    HASHED,
    NO_RECORD,
    RECORD,
    VERDICT,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from picheck.history.blob import Blob

#: Returns the time of now, the only clock of a history.
Clock = Callable[[], datetime]
#: What may differ between two audits of a document without making the second worth a record.
ABOUT_THE_RUN: Final = frozenset({"asOf", "number", "uri", "line", "amends", "with"})
#: What follows from the rest of an audit's body, and need not be made to compare it.
_FOLLOWING: Final = frozenset({"score", "sets", "levels"})
_encode: Final = msgspec.json.Encoder(order="deterministic").encode


class Entry(NamedTuple):
    """One record before it has its place in the chain; all columns but those of the chain."""

    kind: str
    entity: str | None
    program: str | None
    year: int | None
    body: dict[str, Any]


def utc_now() -> datetime:
    """Return the time of now in UTC."""
    return datetime.now(UTC)


def create(url: str, by: str = "", clock: Clock = utc_now) -> Database:
    """Make a new history, with its key. Raises UsageError where there is one already."""
    make_tables(url)
    database = Database(url)
    with database.open_to_write() as connection:
        begin(connection, by, clock)
    return database


def begin(connection: Connection, by: str, clock: Clock = utc_now) -> ChainState:
    """Write the row of the chain and the first record, which carries format and origin."""
    at, origin = _time(clock), new_origin()
    row = {"name": "audits", "size": 0, "head": NO_RECORD, "origin": origin}
    connection.execute(insert(CHAIN), [{**row, "created_at": at, "format": FORMAT}])
    first = Entry("note", None, None, None, {"format": FORMAT, "origin": origin})
    # the time of the row of the chain, not a second look at the clock: `verify` compares them
    return append(connection, [first], by, lambda: datetime.fromisoformat(at))


def append(
    connection: Connection, entries: Sequence[Entry], by: str, clock: Clock = utc_now
) -> ChainState:
    """Add records to the end of the chain, in order; returns the new end.

    The connection is in a writer's transaction; until it ends no other writer adds anything.
    """
    state = read_state(connection, locked=True)
    if not entries:
        return state
    seq, head, at = state.records, state.head, _time(clock)
    rows = []
    for entry in entries:
        seq += 1
        row: dict[str, Any] = {
            "seq": seq,
            "kind": entry.kind,
            "at": at,
            "by": by,
            "entity": entry.entity,
            "program": entry.program,
            "year": entry.year,
            "body": canonical(entry.body),
            "previous": head,
        }
        head = row["hash"] = record_hash(row)
        rows.append(row)
    connection.execute(insert(RECORD), rows)
    for table, derived in derive(zip(rows, (entry.body for entry in entries), strict=True)):
        if derived:
            connection.execute(insert(table), derived)
    connection.execute(update(CHAIN).values(size=seq, head=head))
    return ChainState(seq, head, state.origin)


def record_hash(row: Mapping[str, Any]) -> str:
    """Return the SHA-256 over the canonical JSON of all columns of a record but its hash."""
    return digest(canonical({name: row[name] for name in HASHED}))


def derive(
    records: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]],
) -> tuple[tuple[Table, list[dict[str, Any]]], ...]:
    """Return the rows of the derived tables that follow from records and their bodies."""
    verdicts, findings, levels = [], [], []
    for row, body in records:
        seq = row["seq"]
        if row["kind"] == "audit":
            verdicts.append(_verdict(seq, body))
            findings += list(_findings(seq, body))
        for measure, level in body.get("levels", ()):
            levels.append({"seq": seq, "measure": measure, "level": level})
    return (VERDICT, verdicts), (FINDING, findings), (ENGAGEMENT, levels)


def _verdict(seq: int, body: Mapping[str, Any]) -> dict[str, Any]:
    score = body.get("score")
    return {
        "seq": seq,
        "document": body["document"],
        "verdict": body["verdict"],
        "score": None if score is None else float(score),
        "identity": identity(body),
        "amends": body.get("amends"),
    }


def _findings(seq: int, body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for number, (code, severity, consequence, outcome, fingerprint) in enumerate(body["findings"]):
        yield {
            "seq": seq,
            "number": number,
            "code": code,
            "severity": severity,
            "consequence": consequence,
            "outcome": outcome,
            "fingerprint": fingerprint,
        }


def identity(body: Mapping[str, Any]) -> str:
    """Return a digest of an audit that is the same where nothing worth a record has changed."""
    said = {name: value for name, value in body.items() if name not in ABOUT_THE_RUN | _FOLLOWING}
    return hashlib.sha256(_encode(said)).hexdigest()


def store_blobs(connection: Connection, blobs: Iterable[Blob]) -> None:
    """Keep files by their digest; one that is there already stays, or gets its bytes back."""
    rows = {
        blob.sha256: {
            "sha256": blob.sha256,
            "media": blob.media,
            "size": blob.size,
            "data": blob.data,
        }
        for blob in blobs
        if blob.data is not None
    }
    if not rows:
        return
    make: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = make.insert(BLOB)
    statement = statement.on_conflict_do_update(
        index_elements=[BLOB.c.sha256],
        set_={"data": statement.excluded.data},
        where=BLOB.c.data.is_(None),
    )
    connection.execute(statement, list(rows.values()))


def decode_body(text: str) -> dict[str, Any]:
    """Return the body of a record. Raises msgspec.DecodeError where it was damaged."""
    body: dict[str, Any] = msgspec.json.decode(text)
    return body


def _time(clock: Clock) -> str:
    return clock().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
