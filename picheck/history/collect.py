"""What a history keeps of a document, made where the document was audited."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

import msgspec

from picheck.engine.document import AuditedDocument, DocumentAuditor
from picheck.engine.entities import EntitySets
from picheck.engine.recorder import Collect
from picheck.engine.score_preview import plugin_errors
from picheck.errors import PluginError
from picheck.history.keys import entity_key
from picheck.intake.documents import RawDocument
from picheck.masking import Masker
from picheck.model.report import DocumentSummary
from picheck.model.result import Result
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import rules_needed
from picheck.plugins.scorer import Scene, Wish
from picheck.rules.measurement_set import SetView, to_json

#: How hard kept files are compressed: little, for a batch waits for it.
_LEVEL: Final = 1


#: The kinds of files that are kept.
MEDIA: Final = frozenset({
    "application/json", "application/xml", "application/toml", "application/octet-stream",
    "text/plain",
})  # fmt: skip


class Blob(msgspec.Struct, frozen=True):
    """A file that a record names: its digest, its kind, its size, and its bytes, compressed.

    `data` is None where only the digest is kept.
    """

    sha256: str
    media: str
    size: int
    data: bytes | None

    @classmethod
    def of(cls, data: bytes, media: str, *, keep: bool = True) -> Blob:
        """Make a blob of bytes."""
        packed = zlib.compress(data, _LEVEL) if keep else None
        return cls(hashlib.sha256(data).hexdigest(), media, len(data), packed)


class DocumentSubject(msgspec.Struct, frozen=True, kw_only=True):
    """Whom and what a document is about, as the history keeps it.

    `entity` is the keyed digest of the entity, None where the document names none in full. `sets`
    are the measurement sets without the submission's own keys, `levels` the reported levels of
    active engagement as (measure, level). A document with sets of several programs is entered
    under the first.
    """

    entity: str | None = None
    program: str | None = None
    year: int | None = None
    sets: Blob | None = None
    levels: tuple[tuple[str, str], ...] = ()


class CollectedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One audited document as the history takes it: no identifier but in the bytes of blobs.

    `overrides` are the indexes of the settings' overrides that applied to it, `supporting` the
    digests of the files that its evidence names, `prior` the earlier years' sets that its rules
    were given, `score` the points, where a plugin scores the program.
    """

    number: int
    uri: str
    line: int | None
    subject: DocumentSubject
    summary: DocumentSummary
    results: tuple[Result, ...]
    overrides: tuple[int, ...]
    document: Blob
    evidence: Blob | None = None
    evidence_uri: str | None = None
    supporting: tuple[tuple[str, str], ...] = ()
    prior: Blob | None = None
    score: str | None = None


class HistoryCollector(msgspec.Struct, frozen=True):
    """Makes, in the process that audits, what turns an audited document into what is kept of it.

    `key` is the history's; `keep` says whether the bytes of files are kept beside their digests.
    """

    key: bytes
    keep: bool

    def __call__(self, auditor: DocumentAuditor, registry: PluginRegistry) -> Collect:
        """Return the function that is given each document."""

        def collect(number: int, raw: RawDocument, audited: AuditedDocument) -> CollectedDocument:
            found, keep = audited.entity_sets, self.keep
            beside = audited.evidence
            return CollectedDocument(
                number=number,
                uri=raw.uri,
                line=raw.line,
                subject=describe_subject(found, audited.summary.performance_year, self.key),
                summary=audited.summary,
                results=audited.results,
                overrides=audited.overrides,
                document=Blob.of(raw.data, media_of(raw.data), keep=keep),
                evidence=None if beside is None else Blob.of(beside, "application/json", keep=keep),
                evidence_uri=next((use.uri for use in audited.summary.inputs), None),
                supporting=tuple(sorted(audited.digests.items())),
                prior=_encode_prior(auditor, found, keep=keep),
                score=_score(auditor, registry, audited),
            )

        return collect


def describe_subject(
    found: tuple[EntitySets, ...], year: int | None, key: bytes
) -> DocumentSubject:
    """Return whom and what a document is about, without any identifier."""
    if not found:
        return DocumentSubject(year=year)
    entity = found[0].key.entity
    masker = Masker((entity.tin, entity.npi))
    sets = masker.value([set_json(view) for each in found for view in each.views])
    return DocumentSubject(
        entity=entity_key(entity, key) if entity.is_identified else None,
        program=found[0].key.program,
        year=found[0].key.year,
        sets=Blob.of(_encode(sets), "application/json"),
        levels=tuple(_levels(found)),
    )


def media_of(data: bytes) -> str:
    """Return the media type of a submission: QRDA III is XML, all others are JSON."""
    return "application/xml" if data.lstrip()[:1] == b"<" else "application/json"


def _encode_prior(
    auditor: DocumentAuditor, found: tuple[EntitySets, ...], *, keep: bool
) -> Blob | None:
    """Return the earlier years' sets that the rules of the document were given."""
    years = {
        f"{each.key.program} {year}": [set_json(view) for view in views]
        for each in found
        for year, views in sorted(auditor.prior.before(each.key).items())
    }
    return Blob.of(_encode(years), "application/json", keep=keep) if years else None


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


def set_json(view: SetView) -> dict[str, Any]:
    """Return a measurement set as the API shapes it, without what the API added."""
    record = view.record
    content = {
        "category": record.category,
        "submissionMethod": record.submission_method,
        "programName": record.program_name,
        "performanceStart": record.performance_start,
        "performanceEnd": record.performance_end,
        "cehrtId": record.cehrt_id,
        "measurements": [
            {"measureId": each.measure_id, "value": to_json(each.value)}
            for each in record.measurements
        ],
    }
    return {name: value for name, value in content.items() if value is not None}


def _levels(found: tuple[EntitySets, ...]) -> Iterator[tuple[str, str]]:
    """Yield the levels of active engagement that are answered yes, each with its measure."""
    seen: set[tuple[str, str]] = set()
    for each in found:
        for view in each.views:
            for measure in view.rulebook.measures.values():
                for level in measure.levels:
                    if view.answers.is_yes(level) and (measure.id, level) not in seen:
                        seen.add((measure.id, level))
                        yield measure.id, level


def _encode(value: Mapping[str, Any] | list[Any]) -> bytes:
    return msgspec.json.encode(value, order="deterministic")
