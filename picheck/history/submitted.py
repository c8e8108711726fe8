"""What was really sent, and what CMS answered: records that a person enters."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from picheck.engine.document import DocumentAuditor
from picheck.engine.options import AuditOptions
from picheck.errors import InputError, UsageError
from picheck.history.blob import Blob, media_of
from picheck.history.chain import Clock, Entry, append, store_blobs, utc_now
from picheck.history.collect import storable
from picheck.history.database import ChainState, Database
from picheck.history.keys import read_key
from picheck.history.last_audits import last_audit
from picheck.history.queries import find_submitted
from picheck.history.subject import describe_subject
from picheck.intake.documents import Input, RawDocument, Unreadable
from picheck.plugins.registry import PluginRegistry


def record_submitted(
    database: Database,
    inputs: Iterable[Input],
    registry: PluginRegistry,
    options: AuditOptions,
    facts: dict[str, str],
    *,
    by: str,
    keep: bool,
    clock: Clock = utc_now,
) -> tuple[ChainState, list[str]]:
    """Record that documents were sent, all or none; `facts` say on which day, by which channel.

    Returns the new end of the chain, and a line for each document. Raises InputError for one that
    cannot be read or that does not say in full whom it speaks for.
    """
    auditor, key = DocumentAuditor(registry, options), read_key(database.url)
    entries, blobs = [], list[Blob]()
    for number, given in enumerate(inputs):
        raw = _readable(given)
        subject = describe_subject(auditor.entity_sets(raw, number), options.year, key)
        if subject.entity is None or subject.sets is None:
            raise InputError(
                "does not say in full whom it speaks for, or holds no set of a program that is"
                " audited, so no later audit could find it; nothing was recorded",
                uri=raw.uri,
            )
        document = Blob.of(raw.data, media_of(raw.data), keep=keep)
        body: dict[str, Any] = {
            **facts,
            "uri": storable(raw.uri),
            "document": document.sha256,
            "sets": subject.sets.sha256,
        }
        if raw.line is not None:
            body["line"] = raw.line
        if subject.levels:
            body["levels"] = [list(pair) for pair in subject.levels]
        entries.append(Entry("submitted", subject.entity, subject.program, subject.year, body))
        blobs += [document, subject.sets]
    if not entries:
        raise UsageError("there is no document to record")
    with database.open_to_write() as connection:
        lines = []
        for entry in entries:
            audit = last_audit(connection, entry.body["document"])
            seen = "was never audited here" if audit is None else f"was audited as {audit.seq}"
            lines.append(f"{entry.body['uri']}: {entry.program} {entry.year}, {seen}")
        store_blobs(connection, blobs)
        state = append(connection, entries, storable(by), clock)
    first = state.records - len(entries) + 1
    return state, [f"{first + place}  {line}" for place, line in enumerate(lines)]


def record_answer(
    database: Database,
    answer: bytes,
    given: Input,
    facts: dict[str, str],
    *,
    by: str,
    keep: bool,
    clock: Clock = utc_now,
) -> ChainState:
    """Record what CMS answered to a document that is recorded as submitted.

    Raises UsageError where it is not.
    """
    raw = _readable(given)
    document = hashlib.sha256(raw.data).hexdigest()
    blob = Blob.of(answer, "application/octet-stream", keep=keep)
    with database.open_to_write() as connection:
        sent = find_submitted(connection, document)
        if sent is None:
            raise UsageError(
                f"{raw.uri} is not recorded as submitted; enter it first with picheck history"
                " record FILE --as submitted --on DATE"
            )
        body = {**facts, "document": document, "answer": blob.sha256, "submitted": sent.seq}
        store_blobs(connection, [blob])
        entry = Entry("answer", sent.entity, sent.program, sent.year, body)
        return append(connection, [entry], storable(by), clock)


def _readable(given: Input) -> RawDocument:
    if isinstance(given, Unreadable):
        raise given.error
    return given
