"""Cases as data: a small departure from a compliant submission, and the exact findings expected.

A file holds `{"rule": CODE, "cases": [...]}`. Each case names the years it holds in, what is
changed, and every result that is a failure, indeterminate or an error; anything else that comes
up fails the case, so that rules cannot drift into each other.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec

from picheck.engine.audit import Audit
from picheck.engine.terms import Terms
from picheck.hooks.inventory import Inventory
from picheck.intake.inputs import RawDocument
from picheck.model.finding import Result
from picheck.model.report import Report

_YEAR: Final = re.compile(r"\{year([+-]\d+)?\}")
_IN_THE_WINDOW: Final = "{year+1}-02-01"
_TOLD: Final = ("fail", "indeterminate", "error")

#: Gives the compliant submission and its evidence of a year, as fresh plain values.
Compliant = Callable[[int], tuple[dict[str, Any], dict[str, Any]]]


class Expectation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One expected result; what is not given is not compared."""

    rule: str
    pointer: str | None = None
    outcome: str = "fail"
    consequence: str | None = None
    severity: str | None = None
    document: int = 0
    key: str | None = None
    missing: tuple[str, ...] | None = None


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What departs from the compliant submission."""

    submission: dict[str, Any] = {}
    set: dict[str, Any] = {}
    answers: dict[str, Any] = {}
    without: tuple[str, ...] = ()
    patch: tuple[dict[str, Any], ...] = ()
    text: tuple[tuple[str, str], ...] = ()


class Prior(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An earlier submission of the same entity."""

    year: Any
    change: Change = Change()


class Other(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A further document of the same run."""

    change: Change = Change()


class CaseEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A case as it is written."""

    name: str
    years: tuple[int, ...]
    expect: tuple[Expectation, ...]
    change: Change = Change()
    evidence: dict[str, Any] | msgspec.UnsetType | None = msgspec.UNSET
    prior: tuple[Prior, ...] = ()
    others: tuple[Other, ...] = ()
    as_of: str = _IN_THE_WINDOW
    why: str = ""


class CaseFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of cases."""

    rule: str
    cases: tuple[CaseEntry, ...]


class Case(msgspec.Struct, frozen=True):
    """One case in one year. `id` is readable: `PIC-PER-03-2025-179 days`."""

    rule: str
    year: int
    entry: CaseEntry

    @property
    def id(self) -> str:
        """Name the case for a test report."""
        return f"{self.rule}-{self.year}-{self.entry.name}"


def load_cases(path: Path) -> tuple[Case, ...]:
    """Read a file of cases, or every `*.json` in a folder; one `Case` for each year.

    Raises msgspec.ValidationError, naming the file, where a case is written wrong.
    """
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    return tuple(case for file in files for case in _load(file))


def _load(file: Path) -> Iterator[Case]:
    data = file.read_bytes()
    try:
        written = msgspec.json.decode(data, type=CaseFile)
    except msgspec.DecodeError as error:
        raise msgspec.ValidationError(f"{file}: {error}") from error
    for number, entry in enumerate(written.cases):
        raw = json.loads(data)["cases"][number]
        for year in entry.years:
            filled = msgspec.convert(_fill({"asOf": _IN_THE_WINDOW, **raw}, year), CaseEntry)
            yield Case(written.rule, year, filled)


def run_case(case: Case, compliant: Compliant, inventory: Inventory) -> Report:
    """Audit the case's documents and return the report."""
    entry = case.entry
    changes = (entry.change, *(other.change for other in entry.others))
    documents = [
        _document(f"document-{number}.json", change, case.year, entry, compliant)
        for number, change in enumerate(changes)
    ]
    prior = [
        _document(f"prior-{number}.json", earlier.change, int(earlier.year), entry, compliant)
        for number, earlier in enumerate(entry.prior)
    ]
    terms = Terms(as_of=date.fromisoformat(entry.as_of), gate="note")
    return Audit(terms, inventory, prior).of(documents)


def differences(case: Case, report: Report) -> list[str]:
    """Return one line for each expected result that is missing and each that is not expected."""
    found = [result for result in report.results if result.outcome in _TOLD]
    lines = []
    for expectation in case.entry.expect:
        match = next((r for r in found if _fits(expectation, r)), None)
        if match is None:
            lines.append(f"missing: {_tell_expected(expectation)}")
        else:
            found.remove(match)
    lines += [f"not expected: {_tell(result)}" for result in found]
    lines += [f"notice: {n.message}" for n in report.run.notices if n.kind == "unreadable"]
    return lines


def check_case(case: Case, compliant: Compliant, inventory: Inventory) -> None:
    """Run a case and raise AssertionError with a readable difference where it does not hold."""
    lines = differences(case, run_case(case, compliant, inventory))
    if lines:
        raise AssertionError("\n".join((case.id, *lines)))


def _document(
    uri: str, change: Change, year: int, entry: CaseEntry, compliant: Compliant
) -> RawDocument:
    submission, evidence = compliant(year)
    text = json.dumps(_changed(submission, change), indent=2)
    for old, new in change.text:
        if old not in text:
            raise AssertionError(f"the text {old!r} of the case does not stand in the document")
        text = text.replace(old, new, 1)
    handed = None
    if entry.evidence is msgspec.UNSET:
        handed = evidence
    elif entry.evidence is not None:
        handed = merged(evidence, entry.evidence)
    return RawDocument(
        uri=uri,
        data=text.encode(),
        evidence=None if handed is None else json.dumps(handed).encode(),
    )


def _changed(submission: dict[str, Any], change: Change) -> dict[str, Any]:
    """Apply a change to a compliant submission."""
    _assign(submission, change.submission)
    record = submission["measurementSets"][0]
    _assign(record, change.set)
    measurements = [m for m in record["measurements"] if m["measureId"] not in change.without]
    for measure_id, value in change.answers.items():
        for measurement in measurements:
            if measurement["measureId"] == measure_id:
                measurement["value"] = value
                break
        else:
            measurements.append({"measureId": measure_id, "value": value})
    record["measurements"] = measurements
    if not change.patch:
        return submission
    import jsonpatch  # noqa: PLC0415 - only cases with a patch need it

    patched: dict[str, Any] = jsonpatch.apply_patch(submission, list(change.patch))
    return patched


def _assign(target: dict[str, Any], values: dict[str, Any]) -> None:
    for key, value in values.items():
        if value is None:
            target.pop(key, None)
        else:
            target[key] = value


def merged(target: Any, patch: Any) -> Any:
    """Apply a JSON merge patch (RFC 7386) and return the result; nothing is changed in place."""
    if not isinstance(patch, dict):
        return patch
    result = copy.deepcopy(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def _fill(value: Any, year: int) -> Any:
    """Put the year into every `{year}`, `{year+1}`, `{year-1}` of a case's texts and keys."""
    if isinstance(value, str):
        return _YEAR.sub(lambda match: str(year + int(match[1] or 0)), value)
    if isinstance(value, list):
        return [_fill(item, year) for item in value]
    if isinstance(value, dict):
        return {_fill(key, year): _fill(item, year) for key, item in value.items()}
    return value


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
    return pointer is None or pointer in (result.location.pointer, result.named_pointer)


def _tell(result: Result) -> str:
    missing = f" (missing {', '.join(result.missing_evidence)})" if result.missing_evidence else ""
    return (
        f"{result.rule.code} {result.outcome} [{result.consequence}, {result.severity}] at"
        f" {result.named_pointer or '/'} of document {result.document}: {result.message}{missing}"
    )


def _tell_expected(expectation: Expectation) -> str:
    given = {k: v for k, v in msgspec.structs.asdict(expectation).items() if v is not None}
    return ", ".join(f"{key} {value}" for key, value in given.items())
