"""What a history keeps of documents, made where they were audited."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from picheck.engine.document import AuditedDocument, DocumentAuditor
from picheck.engine.entities import EntitySets
from picheck.engine.recorder import AuditedInput, Collect
from picheck.engine.score_preview import plugin_errors
from picheck.errors import HistoryError, PluginError
from picheck.history.blob import Blob, media_of
from picheck.history.chain import Entry, identity
from picheck.history.database import Database
from picheck.history.last_audits import last_identities
from picheck.history.report import REPORTED, document_report
from picheck.history.subject import describe_subject, encode, set_json
from picheck.intake.documents import RawDocument
from picheck.model.result import Result
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import rules_needed
from picheck.plugins.scorer import Scene, Wish


class CollectedAudit(msgspec.Struct, frozen=True, kw_only=True):
    """One audit as the history takes it: no identifier but in the bytes of blobs.

    `document` is the document's digest, `identity` that of the audit (see `chain`), `about`
    what the record says of the run. `entry` is None where the last record about the document said
    the same: neither its score nor its files are made again then.
    """

    number: int
    document: str
    identity: str
    about: dict[str, Any]
    entry: Entry | None = None
    blobs: tuple[Blob, ...] = ()


class HistoryCollector(msgspec.Struct, frozen=True):
    """Makes, in the process that audits, what turns audited documents into what is kept of them.

    `key` is the history's; `keep` says whether the bytes of files are kept beside their digests.
    `terms` are the digests of what all audits of the run have in common, `as_of` its date.
    """

    url: str
    key: bytes
    keep: bool
    terms: Mapping[str, Any]
    as_of: str

    def __call__(self, auditor: DocumentAuditor, registry: PluginRegistry) -> Collect:
        """Return the function that is given the documents of a chunk."""
        return AuditCollector(self, auditor, registry).collect


class AuditCollector:
    """Turns audited documents into what is kept of them."""

    def __init__(
        self, given: HistoryCollector, auditor: DocumentAuditor, registry: PluginRegistry
    ) -> None:
        self._given = given
        self._auditor = auditor
        self._registry = registry
        self._databases: dict[int, Database] = {}

    def collect(self, audits: Sequence[AuditedInput]) -> list[CollectedAudit]:
        """Return what is kept of some documents, in order."""
        known = self._find_known({each.audited.summary.sha256 for each in audits})
        return [self._collect(*each, known) for each in audits]

    def _find_known(self, documents: Iterable[str]) -> Mapping[str, str]:
        """Return the identities of the last audits of documents; none where no database answers."""
        with suppress(HistoryError):  # whoever adds the records says so
            # none outlives a fork: each process has its own connection
            database = self._databases.get(os.getpid()) or Database(self._given.url)
            self._databases[os.getpid()] = database
            with database.open_to_read() as connection:
                return last_identities(connection, sorted(documents))
        return {}

    def _collect(
        self, number: int, raw: RawDocument, audited: AuditedDocument, known: Mapping[str, str]
    ) -> CollectedAudit:
        report = document_report(audited.summary, audited.results)
        prior = _encode_prior(self._auditor, audited.entity_sets)
        body = self._body(audited, report, prior)
        found = CollectedAudit(
            number=number,
            document=body["document"],
            identity=identity(body),
            about=self._about(number, raw),
        )
        if known.get(found.document) == found.identity:
            return found
        return self._complete(found, raw, audited, body, (report, prior))

    def _about(self, number: int, raw: RawDocument) -> dict[str, Any]:
        about = {"asOf": self._given.as_of, "number": number, "uri": storable(raw.uri)}
        return about if raw.line is None else {**about, "line": raw.line}

    def _body(self, audited: AuditedDocument, report: bytes, prior: bytes | None) -> dict[str, Any]:
        """Return all of a record's body that decides whether it says something new."""
        body: dict[str, Any] = {
            **self._given.terms,
            "document": audited.summary.sha256,
            "report": _sha256(report),
            "verdict": audited.summary.verdict,
            "findings": list_findings(audited.results),
        }
        if audited.evidence is not None:
            body["evidence"] = _sha256(audited.evidence)
        if audited.summary.inputs:
            body["evidenceUri"] = storable(audited.summary.inputs[0].uri)
        if audited.digests:
            supporting = sorted(audited.digests.items())
            body["supporting"] = [[storable(name), sha] for name, sha in supporting]
        if audited.overrides:
            body["overrides"] = list(audited.overrides)
        if prior is not None:
            body["prior"] = _sha256(prior)
        return body

    def _complete(
        self,
        found: CollectedAudit,
        raw: RawDocument,
        audited: AuditedDocument,
        body: dict[str, Any],
        made: tuple[bytes, bytes | None],
    ) -> CollectedAudit:
        """Add what a record has besides: whom it is about, the score, and the files."""
        year = audited.summary.performance_year
        subject = describe_subject(audited.entity_sets, year, self._given.key)
        more: dict[str, Any] = {}
        if subject.sets is not None:
            more["sets"] = subject.sets.sha256
        if subject.levels:
            more["levels"] = [list(pair) for pair in subject.levels]
        score = _score(self._auditor, self._registry, audited)
        if score is not None:
            more["score"] = score
        whole = {**body, **found.about, **more}
        entry = Entry("audit", subject.entity, subject.program, subject.year, whole)
        blobs = (*self._blobs(raw, audited, *made), *filter(None, [subject.sets]))
        return msgspec.structs.replace(found, entry=entry, blobs=blobs)

    def _blobs(
        self, raw: RawDocument, audited: AuditedDocument, report: bytes, prior: bytes | None
    ) -> Iterator[Blob]:
        keep = self._given.keep
        # masked, so it is kept whatever is decided of the files; a replay is compared with it
        yield Blob.of(report, "application/json")
        yield Blob.of(raw.data, media_of(raw.data), keep=keep)
        for beside in (audited.evidence, prior):
            if beside is not None:
                yield Blob.of(beside, "application/json", keep=keep)


def document_numbers(audited: AuditedDocument) -> set[int]:
    """Return the numbers of the documents that the sets of an audit are of."""
    return {
        view.document
        for each in audited.entity_sets
        for views in (each.views, *each.other_levels.values())
        for view in views
    }


def list_findings(results: Iterable[Result]) -> list[list[str | None]]:
    """Return the findings of a document as a record has them."""
    return [
        [each.code, each.severity, each.consequence, each.outcome, each.fingerprint]
        for each in results
        if each.outcome in REPORTED
    ]


def storable(text: str) -> str:
    """Return a text that every database takes: without half characters."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def _encode_prior(auditor: DocumentAuditor, found: tuple[EntitySets, ...]) -> bytes | None:
    """Return the earlier years' sets that the rules of the document were given."""
    years = {
        f"{each.key.program} {year}": [set_json(view) for view in views]
        for each in found
        for year, views in sorted(auditor.prior.before(each.key).items())
    }
    return encode(years) if years else None


def _score(
    auditor: DocumentAuditor, registry: PluginRegistry, audited: AuditedDocument
) -> str | None:
    """Return the points that the document alone would score; None where no plugin can say."""
    summary = audited.summary
    for each in audited.entity_sets:
        preview = registry.previews.get(each.key.program)
        if preview is None:
            continue
        scene = Scene(
            rulebook=each.views[0].rulebook,
            subject=summary.subject,
            entity_type=summary.entity_type,
            sets=each.views,
            documents={each.views[0].document: summary},
            results=audited.results,
            notices=audited.notices,
            rules={
                key: auditor.plans.record(*key) for key in rules_needed(summary, audited.results)
            },
            evidence=each.evidence,
        )
        with suppress(PluginError), plugin_errors(preview):
            score = preview.score(scene, Wish()).get("score") or {}
            return None if score.get("points") is None else str(score["points"])
    return None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
