"""Audits are recorded: each record with the hash of the one before it, all of a chunk or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy.engine import Connection, Row

from picheck.engine.document import AuditedDocument
from picheck.engine.recorder import RunEnd
from picheck.history.blob import Blob
from picheck.history.chain import (
    ABOUT_THE_RUN,
    Clock,
    Entry,
    append,
    decode_body,
    identity,
    store_blobs,
    utc_now,
)
from picheck.history.collect import CollectedAudit, list_findings, storable
from picheck.history.database import ChainState, Database
from picheck.history.last_audits import (
    find_audit,
    find_superseded,
    last_audit_of,
    last_identities,
)
from picheck.history.report import document_report
from picheck.history.resume import RunSoFar, find_run, has_amended, has_run
from picheck.history.terms import RunTerms
from picheck.model.report import DocumentSummary, Report


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
        self._by = storable(by)
        self._clock = clock
        self._pending = terms.blobs
        self._so_far: RunSoFar | None = None
        self.recorded = 0
        self.unchanged = 0

    def has_ended(self, since: int, end: RunEnd) -> bool:
        """Whether the history has a run after record `since` that ended so, on the same terms."""
        body = {**self._terms.digests, **self._ending(end.documents, end.exit.code)}
        with self._database.open_to_read() as connection:
            return has_run(connection, since, body, self._by)

    def resume(self, since: int, digests: Sequence[int]) -> int:
        """Go on with a run that was cut short; `since` is the last record before it began.

        `digests` are those of the documents that it wrote, by number. Returns the number below
        which all of them were looked at.
        """
        terms = {**self._terms.digests, "asOf": self._as_of, "by": self._by}
        with self._database.open_to_read() as connection:
            self._so_far = found = find_run(connection, since, terms, digests)
        self.recorded, self.unchanged = found.recorded, found.unchanged
        return found.until

    def add(self, collected: Sequence[CollectedAudit]) -> None:
        """Record the audits of some documents, in order."""
        with self._database.open_to_write() as connection:
            store_blobs(connection, self._pending)
            known = last_identities(connection, [each.document for each in collected])
            places = {
                each.document: each.about
                for each in collected
                if known.get(each.document) == each.identity
            }
            # a file that was changed back: what lies there now is not what the last record says
            for document in find_superseded(connection, places):
                del known[document]
            new, blobs = [], list[Blob]()
            done = 0
            for each in collected:
                if self._has_recorded(each):
                    done += 1
                elif known.get(each.document) != each.identity:
                    # the same bytes may come again in the same chunk
                    known[each.document] = each.identity
                    new.append(each.entry or _repeat(connection, each))
                    blobs += each.blobs
            store_blobs(connection, blobs)
            append(connection, new, self._by, self._clock)
        # the run's own files are stored once, with its first records
        self._pending = ()
        self.recorded += len(new) + done
        self.unchanged += len(collected) - len(new) - done

    def amend(
        self, number: int, audited: AuditedDocument, together: Mapping[int, DocumentSummary]
    ) -> None:
        """Record what all documents of an entity together showed of one that was recorded.

        `together` are their summaries by number.
        """
        document = audited.summary.sha256
        with self._database.open_to_write() as connection:
            bases = {each: self._find_base(connection, each, together[each]) for each in together}
            base = bases[number]
            if base is None:
                return
            report = Blob.of(document_report(audited.summary, audited.results), "application/json")
            before = msgspec.json.decode(base.body)
            body = {
                **before,
                "asOf": self._as_of,
                "number": number,
                "amends": base.seq,
                "with": [[each, row.seq] for each, row in bases.items() if row is not None],
                "verdict": audited.summary.verdict,
                "together": report.sha256,
                "findings": [*before["findings"], *list_findings(audited.results)],
            }
            known = last_identities(connection, [document], amended=True)
            if known.get(document) == identity(body):
                so_far = self._so_far
                if so_far and has_amended(connection, so_far.since, number, document):
                    self.recorded += 1
                else:
                    self.unchanged += 1
                return
            store_blobs(connection, [report])
            entry = Entry("audit", base.entity, base.program, base.year, body)
            append(connection, [entry], self._by, self._clock)
        self.recorded += 1

    def _has_recorded(self, audit: CollectedAudit) -> bool:
        """Whether the run had recorded an audit before it was cut short."""
        so_far = self._so_far
        return so_far is not None and so_far.later.get(audit.number) == audit.document

    def _find_base(
        self, connection: Connection, number: int, summary: DocumentSummary
    ) -> Row[Any] | None:
        """Return the record of a document of this run, or the equal one of an earlier run."""
        said = {**self._terms.digests, "uri": storable(summary.uri), "line": summary.line}
        return last_audit_of(connection, summary.sha256, number, said)

    def finish(self, report: Report) -> ChainState:
        """Record the run itself: its counts, and how many audits changed nothing."""
        body = {
            **self._terms.digests,
            **self._ending(report.summary.documents, report.summary.exit.code),
            "recorded": self.recorded,
            "unchanged": self.unchanged,
        }
        with self._database.open_to_write() as connection:
            store_blobs(connection, self._pending)
            entry = Entry("run", None, None, None, body)
            state = append(connection, [entry], self._by, self._clock)
        self._pending = ()
        return state

    def _ending(self, documents: Mapping[Any, int], code: int) -> dict[str, Any]:
        """Return what the record of a run says of its end."""
        counts = {verdict: number for verdict, number in documents.items() if number}
        return {"asOf": self._as_of, "documents": counts, "exit": code}


def _repeat(connection: Connection, audit: CollectedAudit) -> Entry:
    """Return the record of an audit that said what an earlier one had said, if not the last one.

    That was the last one when the document was audited; another record has come since.
    """
    row = find_audit(connection, audit.document, audit.identity)
    said = {k: v for k, v in decode_body(row.body).items() if k not in ABOUT_THE_RUN}
    return Entry("audit", row.entity, row.program, row.year, {**said, **audit.about})
