"""What a run that was cut short has recorded, for the one that goes on with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.engine import Connection

from picheck.engine.batch.resume_point import kept_digest
from picheck.errors import UsageError
from picheck.history.chain import decode_body
from picheck.history.database import Database
from picheck.history.tables import RECORD, VERDICT
from picheck.model.report import HistoryUse


class RunSoFar(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a history of a run that was cut short.

    All documents with a number below `until` were looked at: `recorded` of them have a record,
    `unchanged` said nothing new. `later` are the documents' digests by the number of further
    records, which may be of another run. `since` is the number of the last record before the run.
    """

    since: int
    until: int = 0
    recorded: int = 0
    unchanged: int = 0
    later: Mapping[int, str] = {}


def check_beginning(database: Database, begun: HistoryUse) -> None:
    """Raise UsageError where a run that goes on did not begin with this history."""
    query = select(RECORD.c.hash).where(RECORD.c.seq == begun.records)
    with database.open_to_read() as connection:
        found = connection.execute(query).scalar_one_or_none()
    if found != begun.head:
        # fewer digits than an identifier has, which messages hide
        raise UsageError(
            f"the output was begun with another history, of {begun.records:,} records and head"
            f" {begun.head[:8]}...; audit again without --resume"
        )


def find_run(
    connection: Connection, since: int, terms: Mapping[str, Any], digests: Sequence[int]
) -> RunSoFar:
    """Return what a run has recorded that began after record `since`.

    `terms` are what the bodies of its records have in common, with `by` for who recorded them.
    `digests` are those of the documents that it wrote, by number, as `kept_digest` makes them.
    """
    until = recorded = 0
    later: dict[int, str] = {}
    for body in _bodies(connection, since, terms):
        number = body["number"]
        if number >= len(digests):
            later[number] = body["document"]
        elif digests[number] == _digest(body):
            until, recorded = max(until, number + 1), recorded + 1
    documents = sum(1 for digest in digests[:until] if digest)
    return RunSoFar(
        since=since, until=until, recorded=recorded, unchanged=documents - recorded, later=later
    )


def has_run(connection: Connection, since: int, said: Mapping[str, Any], by: str) -> bool:
    """Whether a run was recorded after record `since` whose body says all of this."""
    query = select(RECORD.c.body).where(RECORD.c.seq > since, RECORD.c.kind == "run")
    bodies = (decode_body(row.body) for row in connection.execute(query.where(RECORD.c.by == by)))
    return any(said.items() <= body.items() for body in bodies)


def has_amended(connection: Connection, since: int, number: int, document: str) -> bool:
    """Whether a run has recorded what several documents together show of one of its documents."""
    query = (
        select(RECORD.c.body)
        .join(VERDICT, VERDICT.c.seq == RECORD.c.seq)
        .where(VERDICT.c.document == document, VERDICT.c.amends.is_not(None))
        .where(RECORD.c.seq > since)
    )
    rows = connection.execute(query)
    return any(decode_body(row.body)["number"] == number for row in rows)


def _bodies(
    connection: Connection, since: int, terms: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield the bodies of the audits of single documents that a run recorded."""
    given = {name: value for name, value in terms.items() if name != "by"}
    query = select(RECORD.c.body).where(RECORD.c.seq > since, RECORD.c.kind == "audit")
    query = query.where(RECORD.c.by == terms["by"]).order_by(RECORD.c.seq)
    for row in connection.execute(query):
        body = decode_body(row.body)
        if "amends" not in body and all(body.get(k) == value for k, value in given.items()):
            yield body


def _digest(body: Mapping[str, Any]) -> int:
    # evidence inside of the document is part of the document's own digest
    evidence = [body["evidence"]] if "evidenceUri" in body and "evidence" in body else []
    return kept_digest(body["document"], evidence)
