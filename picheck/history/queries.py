"""What a history holds, as plain values for lists, pages and programs."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.engine import Connection, Row

from picheck.errors import HistoryError, UsageError
from picheck.history.chain import decode_body
from picheck.history.database import Database, read_state
from picheck.history.tables import BLOB, FINDING, HASHED, RECORD, VERDICT

#: How many values one query takes.
_MANY: Final = 500
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def view_list(database: Database, **wanted: Any) -> dict[str, Any]:
    """Return records and the state of the history; `wanted` is as `list_records` has it."""
    with database.open_to_read() as connection:
        return {"history": _describe(connection), "records": list_records(connection, **wanted)}


def view_record(database: Database, seq: int) -> dict[str, Any]:
    """Return one record and the state of the history. Raises UsageError where it is not there."""
    with database.open_to_read() as connection:
        return {"history": _describe(connection), **describe_record(connection, seq)}


def view_trend(database: Database, **wanted: Any) -> dict[str, Any]:
    """Return trends and the state of the history; `wanted` is as `trend` has it."""
    with database.open_to_read() as connection:
        return {"history": _describe(connection), "trends": trend(connection, **wanted)}


def _describe(connection: Connection) -> dict[str, Any]:
    return read_state(connection)._asdict()


def list_records(
    connection: Connection,
    *,
    entity: str | None = None,
    year: int | None = None,
    since: date | None = None,
    until: date | None = None,
    kinds: Sequence[str] = (),
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """Return records in order, each as a dict; with a limit the newest ones.

    `since` and `until` are the first and last date, in UTC; `entity` is the keyed digest of one.
    """
    query = select(RECORD, VERDICT.c.verdict, VERDICT.c.score).outerjoin(
        VERDICT, VERDICT.c.seq == RECORD.c.seq
    )
    if entity is not None:
        query = query.where(RECORD.c.entity == entity)
    if year is not None:
        query = query.where(RECORD.c.year == year)
    if since is not None:
        query = query.where(RECORD.c.at >= since.isoformat())
    if until is not None:
        query = query.where(RECORD.c.at < f"{until.isoformat()}U")  # which follows every T...
    if kinds:
        query = query.where(RECORD.c.kind.in_(kinds))
    # the newest first, so that a limit keeps these; they are turned round below
    query = query.order_by(RECORD.c.seq.desc())
    if limit is not None:
        query = query.limit(limit)
    return [_list_record(row) for row in reversed(list(connection.execute(query)))]


def find_record(connection: Connection, seq: int) -> Row[Any]:
    """Return one record. Raises UsageError where the history has none with this number."""
    row = connection.execute(select(RECORD).where(RECORD.c.seq == seq)).first()
    if row is None:
        raise UsageError(f"the history has no record {seq}; see picheck history list")
    return row


def describe_record(connection: Connection, seq: int) -> dict[str, Any]:
    """Return one record with its body, the files that it names, and an audit's findings in words.

    Raises UsageError where the history has none with this number.
    """
    row = find_record(connection, seq)
    body = decode_body(row.body)
    files = {}
    for role, digest in named_files(body):
        kept = select(BLOB.c.sha256).where(BLOB.c.sha256 == digest, BLOB.c.data.is_not(None))
        files[role] = {"sha256": digest, "kept": connection.execute(kept).first() is not None}
    record = {name: row._mapping[name] for name in HASHED if name != "body"}  # noqa: SLF001 - SQLAlchemy's name for a row as a mapping
    record |= {"hash": row.hash, "body": body, "files": files}
    report = body.get("together", body.get("report"))
    if report is not None and (data := read_blob(connection, report)) is not None:
        whole = msgspec.json.decode(data)
        record["report"] = whole
        record["findings"] = [
            {
                "code": each["code"],
                "severity": each["severity"],
                "consequence": each.get("consequence"),
                "message": each["message"],
            }
            for each in whole["results"]
        ]
    return record


def named_files(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the files that a record names by their digest, each with its role."""
    return [
        (role, value)
        for role, value in body.items()
        if isinstance(value, str) and _DIGEST.fullmatch(value)
    ]


def find_submitted(connection: Connection, document: str) -> Row[Any] | None:
    """Return the newest record that says that a document, given by its SHA-256, was sent."""
    query = select(RECORD).where(RECORD.c.kind == "submitted").order_by(RECORD.c.seq.desc())
    for row in connection.execute(query.where(RECORD.c.body.contains(document))):
        # the digest may be in a body in another role
        if decode_body(row.body).get("document") == document:
            return row
    return None


def read_blob(connection: Connection, sha256: str) -> bytes | None:
    """Return the bytes of a kept file; None where only its digest was kept, or they are expunged.

    Raises HistoryError where they are damaged.
    """
    row = connection.execute(select(BLOB.c.data).where(BLOB.c.sha256 == sha256)).first()
    if row is None or row.data is None:
        return None
    try:
        return zlib.decompress(row.data)
    except zlib.error as error:
        raise HistoryError(f"the kept file {sha256[:12]} is damaged: {error}") from error


def trend(
    connection: Connection, *, entity: str | None = None, year: int | None = None
) -> list[dict[str, Any]]:
    """Return, for each entity, program and year, its audits in order and what became of findings.

    Of each audit: verdict, score, open findings, which are new and which are gone since the audit
    before. Audits that only add what several documents show together count as that audit.
    """
    groups: dict[tuple[str, str, int], list[dict[str, Any]]] = {}
    for record in list_records(connection, entity=entity, year=year, kinds=("audit", "submitted")):
        if record["entity"] is not None:
            key = record["entity"], record["program"], record["year"]
            groups.setdefault(key, []).append(record)
    return [
        {
            "entity": owner,
            "program": program,
            "year": in_year,
            "audits": list(_audits(connection, records)),
            "submitted": [
                {"seq": each["seq"], "on": each["on"], "document": each["document"]}
                for each in records
                if each["kind"] == "submitted"
            ],
        }
        for (owner, program, in_year), records in sorted(groups.items())
    ]


def _audits(connection: Connection, records: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    before: dict[str, dict[str, Any]] = {}
    audits = [each for each in records if each["kind"] == "audit"]
    findings = _open_findings(connection, [each["seq"] for each in audits])
    amended = {each.get("amends") for each in audits}
    for record in audits:
        if record["seq"] in amended:
            continue  # a later record says the same and more
        now = findings.get(record["seq"], {})
        yield {
            **{name: record[name] for name in ("seq", "at", "by", "verdict", "score", "document")},
            "open": list(now.values()),
            "new": [each for key, each in now.items() if key not in before],
            "gone": [each for key, each in before.items() if key not in now],
        }
        before = now


def _open_findings(
    connection: Connection, seqs: Sequence[int]
) -> dict[int, dict[str, dict[str, Any]]]:
    """Return the findings of audits by the record's number and their fingerprint."""
    found: dict[int, dict[str, dict[str, Any]]] = {}
    for start in range(0, len(seqs), _MANY):
        some = FINDING.c.seq.in_(seqs[start : start + _MANY])
        query = select(FINDING).where(some, FINDING.c.outcome == "fail")
        for row in connection.execute(query.order_by(FINDING.c.seq, FINDING.c.number)):
            found.setdefault(row.seq, {})[row.fingerprint] = {
                "code": row.code,
                "severity": row.severity,
                "consequence": row.consequence,
                "fingerprint": row.fingerprint,
            }
    return found


def _list_record(row: Row[Any]) -> dict[str, Any]:
    body = decode_body(row.body)
    listed = {
        "seq": row.seq,
        "kind": row.kind,
        "at": row.at,
        "by": row.by,
        "entity": row.entity,
        "program": row.program,
        "year": row.year,
        "verdict": row.verdict,
        "score": row.score,
        "document": body.get("document"),
        "uri": body.get("uri"),
        "hash": row.hash,
    }
    for name in ("line", "amends", "on", "confirmation", "channel", "submitted", "recorded",
                 "unchanged", "reason"):  # fmt: skip
        if name in body:
            listed[name] = body[name]
    return listed
