"""A failing and a passing example of a rule, taken from the cases that the tests run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import as_file
from typing import Any, Final

import msgspec

from picheck.testing.cases import Case, Expectation, load_cases
from picheck.testing.examples import shipped_cases

#: What a case departs in, as it is written; an empty part is no departure.
_PARTS: Final = ("change", "qrda", "evidence", "prior", "others", "asOf")


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One example of a rule: its case's name and year, the departure as JSON, what is found.

    `departure` holds those of `change`, `qrda`, `evidence`, `prior`, `others` and `asOf` that the
    case has, all on top of the year's compliant submission; `findings` is empty for a passing one.
    """

    name: str
    year: int
    departure: dict[str, Any]
    findings: tuple[dict[str, Any], ...]
    why: str = ""


class Showcase(msgspec.Struct, frozen=True, kw_only=True):
    """The two examples of a rule; None where the shipped cases have none."""

    failing: Example | None = None
    passing: Example | None = None


def showcase(code: str, years: Iterable[int]) -> Showcase:
    """Return a rule's examples in the first of the years that has each.

    The plainest cases are chosen: a single finding, the smallest departure. A rule without a
    shipped file of cases, such as a vendor's, has no examples.
    """
    file = shipped_cases().joinpath(f"{code}.json")
    if not file.is_file():
        return Showcase()
    with as_file(file) as path:
        cases = load_cases(path)
    failing = [case for case in cases if _fails(case, code)]
    passing = [case for case in cases if not case.entry.expect]
    order = {year: rank for rank, year in enumerate(years)}
    return Showcase(failing=_plainest(failing, order), passing=_plainest(passing, order))


def _fails(case: Case, code: str) -> bool:
    return any(each.rule == code and each.outcome == "fail" for each in case.entry.expect)


def _plainest(cases: Iterable[Case], order: Mapping[int, int]) -> Example | None:
    """Pick the year that comes first, then few findings, then any departure over none."""
    examples = [_example(case) for case in cases if case.year in order]
    return min(
        examples,
        key=lambda each: (order[each.year], len(each.findings), _weight(each.departure)),
        default=None,
    )


def _weight(departure: dict[str, Any]) -> tuple[bool, bool, int]:
    """Weigh a departure: one that is there, in the submission alone if possible, and small."""
    return (not departure, departure.keys() != {"change"}, len(msgspec.json.encode(departure)))


def _example(case: Case) -> Example:
    written: dict[str, Any] = msgspec.to_builtins(case.entry)
    written["change"] = _given(written["change"])
    if written["asOf"] == f"{case.year + 1}-02-01":  # the day that a case has if it names none
        del written["asOf"]
    return Example(
        name=case.entry.name,
        year=case.year,
        departure={
            part: written[part]
            for part in _PARTS
            if part in written and written[part] not in ({}, [], ())
        },
        findings=tuple(_finding(each) for each in case.entry.expect),
        why=case.entry.why,
    )


def _finding(expected: Expectation) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(expected)
    return {key: value for key, value in told.items() if value not in (None, 0)}


def _given(change: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in change.items() if value not in ({}, [], ())}
