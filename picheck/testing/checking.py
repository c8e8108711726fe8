"""Cases are run, and what came out is held against what was expected."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from picheck.engine.audit import Audit
from picheck.engine.terms import Terms
from picheck.hooks.inventory import Inventory
from picheck.intake.documents import RawDocument
from picheck.intake.file_names import EVIDENCE_SUFFIX
from picheck.model.finding import Result
from picheck.model.report import Report
from picheck.testing.cases import Case, CaseEntry, Expectation
from picheck.testing.departures import Change, Compliant, changed_text, merged

_TOLD: Final = ("fail", "indeterminate", "error")


def run_case(case: Case, compliant: Compliant, inventory: Inventory) -> Report:
    """Audit the case's documents and return the report."""
    if not case.entry.files:
        return _run(case, compliant, inventory, None)
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in case.entry.files.items():
            folder.joinpath(file).write_text(text, encoding="utf-8", newline="")
        return _run(case, compliant, inventory, folder)


def case_documents(
    case: Case, compliant: Compliant, folder: Path | None = None
) -> list[RawDocument]:
    """Return a case's documents with their evidence; `folder` holds the files beside it."""
    changes = (case.entry.change, *(other.change for other in case.entry.others))
    return [
        _document(
            f"document-{number}.json", change, case.year, case.entry, compliant, folder=folder
        )
        for number, change in enumerate(changes)
    ]


def _run(case: Case, compliant: Compliant, inventory: Inventory, folder: Path | None) -> Report:
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
    terms = Terms(
        as_of=date.fromisoformat(entry.as_of),
        gate="note",
        options=entry.options,
        keeps_all=any(expectation.outcome not in _TOLD for expectation in entry.expect),
    )
    return Audit(terms, inventory, prior).of(case_documents(case, compliant, folder))


def differences(case: Case, report: Report) -> list[str]:
    """Return one line for each expected result that is missing and each that is not expected."""
    found = [result for result in report.results if result.outcome in _TOLD]
    quiet = [result for result in report.results if result.outcome not in _TOLD]
    lines = []
    for expectation in case.entry.expect:
        match = next((r for r in (*found, *quiet) if _fits(expectation, r)), None)
        if match is None:
            lines.append(f"  missing       {_tell_expected(expectation)}")
        elif match in found:
            found.remove(match)
    lines += [f"  not expected  {_tell(result)}" for result in found]
    lines += [f"  notice        {n.message}" for n in report.run.notices if _is_fault(n.kind)]
    return lines


def check_case(case: Case, compliant: Compliant, inventory: Inventory) -> None:
    """Run a case and raise AssertionError with a readable difference where it does not hold."""
    if difference := told_difference(case, compliant, inventory):
        raise AssertionError(difference)


def told_difference(case: Case, compliant: Compliant, inventory: Inventory) -> str | None:
    """Run a case and return what differs, for a reader; None where it holds."""
    lines = differences(case, run_case(case, compliant, inventory))
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
    text = changed_text(submission, change)
    handed = None
    if entry.evidence is msgspec.UNSET:
        handed = evidence
    elif entry.evidence is not None:
        handed = merged(evidence, entry.evidence)
    side = None if handed is None else json.dumps(handed).encode()
    if folder is None or side is None:
        return RawDocument(uri=uri, data=text.encode(), evidence=side)
    path = (folder / uri).with_suffix(EVIDENCE_SUFFIX)
    path.write_bytes(side)
    return RawDocument(uri=uri, data=text.encode(), evidence_path=path)


def _fits(expectation: Expectation, result: Result) -> bool:
    wanted: Sequence[tuple[Any, Any]] = (
        (expectation.rule, result.rule.code),
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
    return pointer is None or pointer in {result.location.pointer, result.named_pointer}


def _tell(result: Result) -> str:
    missing = f" (missing {', '.join(result.missing_evidence)})" if result.missing_evidence else ""
    return (
        f"{result.rule.code} {result.outcome} at {result.named_pointer or '/'}"
        f" of document {result.document} [{result.consequence}, {result.severity}]:"
        f" {result.message}{missing}"
    )


def _tell_expected(expectation: Expectation) -> str:
    known = {"rule", "outcome", "pointer", "document"}
    given = {k: v for k, v in msgspec.structs.asdict(expectation).items() if v is not None}
    rest = ", ".join(f"{key} {value}" for key, value in given.items() if key not in known)
    where = "anywhere" if expectation.pointer is None else f"at {expectation.pointer or '/'}"
    told = f"{expectation.rule} {expectation.outcome} {where} of document {expectation.document}"
    return f"{told} [{rest}]" if rest else told
