"""The baseline: the findings that were there when somebody drew the line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from picheck.errors import ConfigurationError
from picheck.file_access import read_file, write_text
from picheck.model.report import DocumentSummary, Report
from picheck.model.result import Result
from picheck.model.vocabulary import Consequence, Outcome

VERSION: Final = "1.0"
#: How a document is named that says of nobody whom it speaks for (see engine/entities).
_NOBODY: Final = "no entity named"
_Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class BaselineEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One finding of the baseline. The fingerprint decides; the rest is for the reader.

    `entity` is the pseudonym of the subject, which may print like others; None in a baseline that
    was made before there was one.
    """

    fingerprint: _Digest
    code: str
    slug: str
    outcome: Outcome
    consequence: Consequence | None
    year: int | None
    subject: str
    pointer: str
    entity: str | None = None


class Baseline(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """The findings of one day, sorted by fingerprint, each once."""

    as_of: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    findings: tuple[BaselineEntry, ...] = ()
    baseline_version: Literal["1.0"] = VERSION

    @property
    def fingerprints(self) -> frozenset[str]:
        """The fingerprints that it holds."""
        return frozenset(known.fingerprint for known in self.findings)


class BaselineUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """What an update makes of a baseline: `removed` and `added` against the one before."""

    baseline: Baseline
    added: tuple[BaselineEntry, ...]
    removed: tuple[BaselineEntry, ...]


def can_be_accepted(result: Result) -> bool:
    """Whether anybody may accept a result at all: CMS's refusals and broken rules never."""
    return (
        result.outcome in {"fail", "indeterminate"}
        and result.consequence not in {None, "submissionRejected"}
        and bool(result.fingerprint)
    )


def baseline_of(report: Report) -> Baseline:
    """Return the baseline of a run: its findings that may be accepted and are not waived."""
    return _make_baseline(report.run.as_of, _list_entries(report))


def update_baseline(
    before: Baseline, report: Report, *, only_removes: bool = False
) -> BaselineUpdate:
    """Bring a baseline to the state of a run.

    Findings of subjects that the run did not audit stay. A finding that is no longer there goes;
    a new one comes in unless `only_removes`.
    """
    audited = _Audited(report)
    found = {known.fingerprint: known for known in _list_entries(report)}
    kept = [
        found.get(known.fingerprint, known)
        for known in before.findings
        if known.fingerprint in found or known not in audited
    ]
    added = (
        []
        if only_removes
        else [known for key, known in found.items() if key not in before.fingerprints]
    )
    held = {known.fingerprint for known in kept}
    return BaselineUpdate(
        baseline=_make_baseline(report.run.as_of, [*kept, *added]),
        added=tuple(added),
        removed=tuple(known for known in before.findings if known.fingerprint not in held),
    )


def read_baseline(path: Path) -> Baseline:
    """Read a baseline file. Raises ConfigurationError where it is none."""
    try:
        baseline = msgspec.json.decode(read_file(path), type=Baseline)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise ConfigurationError(
            f"{path}: is no baseline: {error}; make one with picheck baseline create"
        ) from error
    if len(baseline.fingerprints) < len(baseline.findings):
        raise ConfigurationError(f"{path}: holds a fingerprint twice; make it again")
    return baseline


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write a baseline file. Raises ConfigurationError where that is not possible."""
    text = msgspec.json.format(msgspec.json.encode(baseline), indent=2).decode() + "\n"
    try:
        write_text(path, text)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be written: {error.strerror}") from error


class _Audited:
    """The subjects of a run, by their pseudonyms, and by their names for entries without one."""

    def __init__(self, report: Report) -> None:
        documents = report.documents
        self._entities = {(each.performance_year, each.entity) for each in documents}
        self._names = {_subject(each) for each in documents}

    def __contains__(self, known: BaselineEntry) -> bool:
        if known.entity is None:
            return (known.year, known.subject) in self._names
        return (known.year, known.entity) in self._entities


def _list_entries(report: Report) -> Iterator[BaselineEntry]:
    slugs = {(rule.code, rule.year): rule.slug for rule in report.rules}
    for result in report.results:
        document = report.documents[result.document]
        year, subject = _subject(document)
        is_open = result.waiver is None
        if is_open and can_be_accepted(result) and _is_named(document):
            yield BaselineEntry(
                fingerprint=result.fingerprint,
                code=result.code,
                slug=slugs[result.code, result.year],
                outcome=result.outcome,
                consequence=result.consequence,
                year=year,
                subject=subject,
                pointer=result.location.named or result.location.pointer,
                entity=document.entity,
            )


def _is_named(document: DocumentSummary) -> bool:
    """Whether the subject can be distinguished from every other (see `waivers.is_named`)."""
    if document.entity_type == "individual":
        return "tin " in document.subject and "npi " in document.subject
    return document.subject != _NOBODY


def _subject(document: DocumentSummary) -> tuple[int | None, str]:
    return document.performance_year, document.subject


def _make_baseline(as_of: str, findings: Iterable[BaselineEntry]) -> Baseline:
    each = {known.fingerprint: known for known in findings}
    # sorted, so that two baselines differ only where their findings do
    return Baseline(as_of=as_of, findings=tuple(each[key] for key in sorted(each)))
