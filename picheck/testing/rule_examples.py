"""A failing and a passing example of a rule, from the cases that picheck or its plugin ships."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

import msgspec

from picheck.errors import UsageError
from picheck.rules.rule import Rule
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


def showcase(code: str, years: Iterable[int], rule: Rule | None = None) -> Showcase:
    """Return a rule's examples in the first of the years that has each.

    The plainest cases are chosen: a single finding, the smallest departure. They are `CODE.json`
    among picheck's own cases, or in the folder `cases` of a package around `rule`; without
    such a file there are no examples. Raises UsageError where a case is written wrong.
    """
    file = _find_cases(code, rule)
    if file is None:
        return Showcase()
    try:
        cases = load_cases(file)
    except msgspec.ValidationError as error:
        raise UsageError(f"cases of {code} cannot be read: {error}") from error
    failing = [case for case in cases if _fails(case, code)]
    passing = [case for case in cases if not case.entry.expect]
    order = {year: rank for rank, year in enumerate(years)}
    return Showcase(failing=_plainest(failing, order), passing=_plainest(passing, order))


def _find_cases(code: str, rule: Rule | None) -> Traversable | None:
    """Return the file of a rule's cases: the package's own first, then picheck's."""
    folders = (files(package).joinpath("cases") for package in _list_packages(rule))
    candidates = (folder.joinpath(f"{code}.json") for folder in (*folders, shipped_cases()))
    return next((file for file in candidates if file.is_file()), None)


def _list_packages(rule: Rule | None) -> Iterator[str]:
    """Yield the packages around a rule's module, the innermost first."""
    name = rule.check.__module__ if rule else ""
    while name:
        if hasattr(sys.modules.get(name), "__path__"):
            yield name
        name = name.rpartition(".")[0]


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
    written["change"] = _describe_change(written["change"])
    if written["qrda"] is None:  # of a document in JSON; evidence that is null means none
        del written["qrda"]
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
        findings=tuple(_describe_finding(each) for each in case.entry.expect),
        why=case.entry.why,
    )


def _describe_finding(expected: Expectation) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(expected)
    return {key: value for key, value in fields.items() if value not in (None, 0)}


def _describe_change(change: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in change.items() if value not in ({}, [], ())}
