"""Audits are recorded: each record with the hash of the one before it, all of a chunk or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from picheck.engine.document import AuditedDocument
from picheck.history.chain import (
    Clock,
    Entry,
    append,
    identity,
    last_audit,
    last_identities,
    store_blobs,
    utc_now,
)
from picheck.history.collect import Blob, CollectedDocument
from picheck.history.database import ChainState, Database
from picheck.history.report import REPORTED, document_report
from picheck.history.terms import RunTerms
from picheck.model.report import Report
from picheck.model.result import Result


class AuditRecorder:
    """Records what was collected of a run's documents; one transaction for each call of `add`.

    An audit that says the same of the same bytes as the last record about them adds no record.
    Raises HistoryError where the database cannot be written.
    """

    def __init__(
        self, database: Database, terms: RunTerms, as_of: str, *, by: str, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._terms = terms
        self._as_of = as_of
        self._by = printable(by)
        self._clock = clock
        self._pending = terms.blobs
        self.recorded = 0
        self.unchanged = 0

    def add(self, collected: Sequence[CollectedDocument]) -> None:
        """Record the audits of some documents, in order."""
        entries = [(each, *self._entry(each)) for each in collected]
        with self._database.writing() as connection:
            store_blobs(connection, self._pending)
            known = last_identities(connection, [each.document.sha256 for each in collected])
            new, blobs = [], list[Blob]()
            for document, entry, report in entries:
                now = identity(entry.body)
                if known.get(document.document.sha256) != now:
                    known[document.document.sha256] = now
                    new.append(entry)
                    blobs += [report, *_blobs_of(document)]
            store_blobs(connection, blobs)
            append(connection, new, self._by, self._clock)
        self._pending = ()
        self.recorded += len(new)
        self.unchanged += len(collected) - len(new)

    def amend(self, number: int, audited: AuditedDocument) -> None:
        """Record what all documents of an entity together showed of one that was recorded."""
        document = audited.summary.sha256
        with self._database.writing() as connection:
            base = last_audit(connection, document)
            if base is None:
                return
            report = Blob.of(document_report(audited.summary, audited.results), "application/json")
            before = msgspec.json.decode(base.body)
            body = {
                **before,
                "asOf": self._as_of,
                "number": number,
                "amends": base.seq,
                "verdict": audited.summary.verdict,
                "together": report.sha256,
                "findings": [*before["findings"], *list_findings(audited.results)],
            }
            known = last_identities(connection, [document], amended=True)
            if known.get(document) == identity(body):
                self.unchanged += 1
                return
            store_blobs(connection, [report])
            entry = Entry("audit", base.entity, base.program, base.year, body)
            append(connection, [entry], self._by, self._clock)
        self.recorded += 1

    def finish(self, report: Report) -> ChainState:
        """Record the run itself: its counts, and how many audits changed nothing."""
        body = {
            **self._terms.digests,
            "asOf": self._as_of,
            "documents": {k: v for k, v in report.summary.documents.items() if v},
            "exit": report.summary.exit.code,
            "recorded": self.recorded,
            "unchanged": self.unchanged,
        }
        with self._database.writing() as connection:
            store_blobs(connection, self._pending)
            entry = Entry("run", None, None, None, body)
            state = append(connection, [entry], self._by, self._clock)
        self._pending = ()
        return state

    def _entry(self, document: CollectedDocument) -> tuple[Entry, Blob]:
        report = Blob.of(document_report(document.summary, document.results), "application/json")
        subject = document.subject
        body: dict[str, Any] = {
            **self._terms.digests,
            "asOf": self._as_of,
            "number": document.number,
            "uri": printable(document.uri),
            "document": document.document.sha256,
            "report": report.sha256,
            "verdict": document.summary.verdict,
            "findings": list_findings(document.results),
        }
        if document.line is not None:
            body["line"] = document.line
        if document.evidence is not None:
            body["evidence"] = document.evidence.sha256
        if document.evidence_uri is not None:
            body["evidenceUri"] = printable(document.evidence_uri)
        if document.supporting:
            body["supporting"] = [[printable(name), sha] for name, sha in document.supporting]
        if document.overrides:
            body["overrides"] = list(document.overrides)
        if document.prior is not None:
            body["prior"] = document.prior.sha256
        if subject.sets is not None:
            body["sets"] = subject.sets.sha256
        if subject.levels:
            body["levels"] = [list(pair) for pair in subject.levels]
        if document.score is not None:
            body["score"] = document.score
        return Entry("audit", subject.entity, subject.program, subject.year, body), report


def list_findings(results: Iterable[Result]) -> list[list[str | None]]:
    """Return the findings of a document as a record has them."""
    return [
        [each.code, each.severity, each.consequence, each.outcome, each.fingerprint]
        for each in results
        if each.outcome in REPORTED
    ]


def printable(text: str) -> str:
    """Return a text that every database takes: without half characters."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def _blobs_of(document: CollectedDocument) -> Iterable[Blob]:
    parts = (document.document, document.evidence, document.prior, document.subject.sets)
    return (blob for blob in parts if blob is not None)
