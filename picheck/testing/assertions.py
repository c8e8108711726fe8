"""Cases are run, and what came out is held against what was expected."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from picheck.engine.audit import audit_inputs
from picheck.engine.options import AuditOptions
from picheck.engine.prior.loader import load_prior
from picheck.intake.documents import RawDocument
from picheck.intake.file_names import EVIDENCE_SUFFIX
from picheck.model.report import Report
from picheck.model.result import Result
from picheck.plugins.host import OWN_DISTRIBUTION
from picheck.plugins.registry import PluginRegistry
from picheck.testing.cases import Case, CaseEntry, Expectation
from picheck.testing.harness import stock
from picheck.testing.mutations import (
    Change,
    Compliant,
    apply_change,
    apply_change_to_text,
    merge_patch,
)
from picheck.testing.qrda_builder import QRDA_PROGRAM, qrda_versions, to_changed_qrda

_EXPECTED: Final = ("fail", "indeterminate", "error")


def run_case(case: Case, compliant: Compliant, registry: PluginRegistry) -> Report:
    """Audit the case's documents and return the report."""
    if not case.entry.files:
        return _run(case, compliant, registry, None)
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in case.entry.files.items():
            # no line end is changed: the digest of the file is part of the case
            folder.joinpath(file).write_text(text, encoding="utf-8", newline="")
        return _run(case, compliant, registry, folder)


def case_documents(
    case: Case, compliant: Compliant, folder: Path | None = None
) -> list[RawDocument]:
    """Return a case's documents with their evidence; `folder` holds the files beside it."""
    changes = (case.entry.change, *(other.change for other in case.entry.others))
    return [
        _document(
            f"document-{number}{_suffix(case.entry)}",
            change,
            case.year,
            case.entry,
            compliant,
            folder=folder,
        )
        for number, change in enumerate(changes)
    ]


def _suffix(entry: CaseEntry) -> str:
    return ".json" if entry.qrda is None else ".xml"


def _run(case: Case, compliant: Compliant, registry: PluginRegistry, folder: Path | None) -> Report:
    entry = case.entry
    prior = [
        _document(
            f"prior-{number}.json",
            earlier.change,
            int(earlier.year),
            entry,
            compliant,
            folder=folder,
        )
        for number, earlier in enumerate(entry.prior)
    ]
    options = AuditOptions(
        as_of=date.fromisoformat(entry.as_of),
        # open questions are results at this gate, so that a case can expect them
        gate="indeterminate",
        plugin_options=entry.options,
        all_results=any(expectation.outcome not in _EXPECTED for expectation in entry.expect),
    )
    earlier = load_prior(prior, registry)
    documents = case_documents(case, compliant, folder)
    return audit_inputs(documents, options, registry, earlier.book, earlier.notices)


def differences(case: Case, report: Report, registry: PluginRegistry) -> list[str]:
    """Return one line for each expected result that is missing and each that is not expected.

    A case is held to the rules of its own distribution and to picheck's: what the rules of other
    vendors find beside them is passed over, unless the case expects it.
    """
    counted = _distributions(case, registry)
    found = [result for result in report.results if result.outcome in _EXPECTED]
    quiet = [result for result in report.results if result.outcome not in _EXPECTED]
    lines = []
    for expectation in case.entry.expect:
        match = next((r for r in (*found, *quiet) if _fits(expectation, r)), None)
        if match is None:
            lines.append(f"  missing       {_tell_expected(expectation)}")
        elif match in found:
            # a result answers one expectation, so that two that are equal need two results
            found.remove(match)
    lines += [
        f"  not expected  {_tell(result)} (a rule of {owner})"
        for result in found
        if (owner := _owner(result, registry)) in counted
    ]
    others = {use.name for use in registry.failed if use.distribution not in counted}
    lines += [
        f"  notice        {notice.message}"
        for notice in report.run.notices
        if _is_fault(notice.kind) and not _speaks_of(notice.message, others)
    ]
    return lines


def _distributions(case: Case, registry: PluginRegistry) -> frozenset[str]:
    """Return the distributions whose findings count: picheck, and the owner of the case's rule.

    Where that rule is not installed, all of them count.
    """
    own = registry.rules.get(case.rule)
    if own is None:
        return frozenset(
            {OWN_DISTRIBUTION, *(r.owner.distribution for r in registry.rules.values())}
        )
    return frozenset({OWN_DISTRIBUTION, own.owner.distribution})


def _owner(result: Result, registry: PluginRegistry) -> str:
    """Return the distribution whose rule a result comes from; the framework's are picheck's.

    That a rule broke is a result of the framework, and its message begins with the rule's code.
    """
    code = result.message.partition(" ")[0] if result.outcome == "error" else result.code
    installed = registry.rules.get(code)
    return installed.owner.distribution if installed else OWN_DISTRIBUTION


def _speaks_of(message: str, plugins: Iterable[str]) -> bool:
    """Whether a notice says that one of these plugins did not load."""
    return any(message.startswith(f"plugin {name} ") for name in plugins)


def check_case(case: Case, compliant: Compliant, registry: PluginRegistry) -> None:
    """Run a case and raise AssertionError with a readable difference where it does not hold."""
    if difference := describe_difference(case, compliant, registry):
        raise AssertionError(difference)


def describe_difference(case: Case, compliant: Compliant, registry: PluginRegistry) -> str | None:
    """Run a case and return what differs, for a reader; None where it holds."""
    lines = differences(case, run_case(case, compliant, registry), registry)
    return "\n".join((case.id, *lines)) if lines else None


def _is_fault(kind: str) -> bool:
    return kind in {"unreadable", "pluginFailed"}


def _document(
    uri: str,
    change: Change,
    year: int,
    entry: CaseEntry,
    compliant: Compliant,
    *,
    folder: Path | None,
) -> RawDocument:
    submission, evidence = compliant(year)
    data = _data(submission, change, year, entry)
    handed = None
    if entry.evidence is msgspec.UNSET:
        handed = evidence
    elif entry.evidence is not None:
        handed = merge_patch(evidence, entry.evidence)
    side = None if handed is None else json.dumps(handed).encode()
    if folder is None or side is None:
        return RawDocument(uri=uri, data=data, evidence=side)
    path = (folder / uri).with_suffix(EVIDENCE_SUFFIX)
    path.write_bytes(side)
    return RawDocument(uri=uri, data=data, evidence_path=path)


def _data(submission: dict[str, Any], change: Change, year: int, entry: CaseEntry) -> bytes:
    """Return a changed submission as JSON, or as QRDA III where the case says so."""
    if entry.qrda is None:
        return apply_change_to_text(submission, change).encode()
    versions = qrda_versions(stock().rulebooks.rulebook(QRDA_PROGRAM, year))
    return to_changed_qrda(apply_change(submission, change), versions, entry.qrda).encode()


def _fits(expectation: Expectation, result: Result) -> bool:
    wanted: Sequence[tuple[Any, Any]] = (
        (expectation.rule, result.code),
        (expectation.outcome, result.outcome),
        (expectation.document, result.document),
        (expectation.consequence, result.consequence),
        (expectation.severity, result.severity),
        (expectation.missing, result.missing_evidence),
    )
    return all(want is None or want == is_ for want, is_ in wanted) and _is_there(
        expectation.pointer, result
    )


def _is_there(pointer: str | None, result: Result) -> bool:
    """Whether a result points where it should; a measure may be named by its id."""
    return pointer is None or pointer in {result.location.pointer, result.location.named}


def _tell(result: Result) -> str:
    missing = f" (missing {', '.join(result.missing_evidence)})" if result.missing_evidence else ""
    place = result.location.named or result.location.pointer or "/"
    return (
        f"{result.code} {result.outcome} at {place}"
        f" of document {result.document} [{result.consequence}, {result.severity}]:"
        f" {result.message}{missing}"
    )


def _tell_expected(expectation: Expectation) -> str:
    known = {"rule", "outcome", "pointer", "document"}
    given = {k: v for k, v in msgspec.structs.asdict(expectation).items() if v is not None}
    rest = ", ".join(f"{key} {value}" for key, value in given.items() if key not in known)
    where = "anywhere" if expectation.pointer is None else f"at {expectation.pointer or '/'}"
    said = f"{expectation.rule} {expectation.outcome} {where} of document {expectation.document}"
    return f"{said} [{rest}]" if rest else said
