"""A remedy that is followed to the letter mends its finding and brings no error in its place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import msgspec
import pytest

from picheck.api import Result
from picheck.engine.audit import audit_inputs
from picheck.engine.options import AuditOptions
from picheck.intake.documents import RawDocument
from picheck.plugins.registry import PluginRegistry
from picheck.testing.examples import compliant_parts
from picheck.testing.mutations import Change, apply_change_to_text
from support import is_in_matrix, or_skip_year, perhaps, some

Answers = Mapping[str, Any]

#: Both halves of the first way to exchange health information.
BOTH_WAYS = {
    "PI_HIE_1": {"numerator": 120, "denominator": 150},
    "PI_HIE_4": {"numerator": 110, "denominator": 160},
}


class Remedy(NamedTuple):
    """A fault, the words that its remedy has to hold, and the answers once it is followed.

    `broken` and `mended` are answers beside the compliant ones; None takes the answer out.
    """

    name: str
    years: tuple[int, ...]
    code: str
    broken: Answers
    words: str
    mended: Answers


REMEDIES = (
    Remedy(
        "another way of exchange in place of a no",
        (2021, 2023, 2026),
        "PIC-HIE-01",
        {"PI_HIE_5": False},
        "take PI_HIE_5 out where another way is reported",
        {"PI_HIE_5": None, **BOTH_WAYS},
    ),
    Remedy(
        "the other level in place of a no",
        (2023, 2026),
        "PIC-PUB-03",
        {"PI_PHCDRR_1_PROD": False},
        "keep the one of PI_PHCDRR_1_PRE or PI_PHCDRR_1_PROD that is true",
        {"PI_PHCDRR_1_PROD": None, "PI_PHCDRR_1_PRE": True},
    ),
    Remedy(
        "a yes with its level in place of a no",
        (2023, 2026),
        "PIC-MEA-02",
        {"PI_PHCDRR_1": False, "PI_PHCDRR_1_PROD": None},
        "can be proved and with it PI_PHCDRR_1_PRE or PI_PHCDRR_1_PROD",
        {},
    ),
    Remedy(
        "an answer with its level where there was none",
        (2023, 2026),
        "PIC-MEA-01",
        {"PI_PHCDRR_1": None, "PI_PHCDRR_1_PROD": None},
        "report PI_PHCDRR_1 and with it PI_PHCDRR_1_PRE or PI_PHCDRR_1_PROD",
        {},
    ),
    Remedy(
        "an exclusion in place of a registry that is answered no",
        (2021,),
        "PIC-PUB-01",
        {"PI_PHCDRR_3": False},
        "in place of those that are missing or answered no",
        {"PI_PHCDRR_3": None, "PI_PHCDRR_3_EX_1": True},
    ),
)


def audit(
    registry: PluginRegistry, year: int, answers: Answers, in_place_on: str | None = None
) -> list[Result]:
    """Return the failures of the compliant submission with other answers."""
    submission, evidence = compliant_parts(year)
    change = Change(
        without=tuple(key for key, value in answers.items() if value is None),
        answers={key: value for key, value in answers.items() if value is not None},
    )
    facts = {"cehrt": {**evidence["cehrt"]}, "attestations": evidence["attestations"]}
    if in_place_on:
        facts["cehrt"]["functionalityInPlaceOn"] = in_place_on
    data = apply_change_to_text(submission, change).encode()
    given = RawDocument(uri="it.json", data=data, evidence=msgspec.json.encode(facts))
    report = audit_inputs([given], AuditOptions(as_of=date(year + 1, 2, 1)), registry)
    return [result for result in report.results if result.outcome == "fail"]


@pytest.mark.parametrize(
    ("remedy", "year"),
    or_skip_year(
        pytest.param(remedy, year, id=f"{remedy.name}, {year}")
        for remedy in REMEDIES
        for year in remedy.years
        if is_in_matrix(year)
    ),
)
def test_a_remedy_that_is_followed_leaves_no_error(
    remedy: Remedy, year: int, registry: PluginRegistry
) -> None:
    found = [r for r in audit(registry, year, remedy.broken) if r.code == remedy.code]
    assert all(remedy.words in (r.remediation or "") for r in some(found))
    after = audit(registry, year, remedy.mended)
    assert not [r.code for r in perhaps(after) if r.severity == "error" or r.code == remedy.code]


@pytest.mark.parametrize(
    ("year", "day", "words"),
    or_skip_year(
        pytest.param(year, day, words, id=f"{year}, from {day}")
        for year, day, words in (
            (2023, "2023-10-03", "start the period on 2023-10-03 or later"),
            (2023, "2023-10-04", "no period of this year can be earned with it"),
            (2025, "2025-07-05", "start the period on 2025-07-05 or later"),
            (2025, "2025-07-06", "no period of this year can be earned with it"),
        )
        if is_in_matrix(year)
    ),
)
def test_a_later_start_is_advised_only_where_enough_of_the_year_is_left(
    year: int, day: str, words: str, registry: PluginRegistry
) -> None:
    found = [r for r in audit(registry, year, {}, in_place_on=day) if r.code == "PIC-CEH-05"]
    assert [words in (r.remediation or "") for r in found] == [True]


SHAPES: dict[str, tuple[str, str, str, str]] = {
    "a year in quotation marks": (
        '"performanceYear": 2025',
        '"performanceYear": "2025"',
        'performanceYear: "2025" found, expected a whole number',
        "write it as a whole number, without quotation marks",
    ),
    "no year": (
        '"performanceYear": 2025,',
        "",
        'key "performanceYear" is missing',
        'add "performanceYear"',
    ),
    "a type that is null": (
        '"entityType": "group"',
        '"entityType": null',
        "entityType: null found, expected a string",
        "write it in quotation marks",
    ),
    "an entry that is null": (
        '"measurements": [',
        '"measurements": [null,',
        "an entry of measurements: null found, expected an object",
        "write it as an object in curly brackets",
    ),
    "braces in a text": (
        '"performanceYear": 2025',
        '"performanceYear": "{name}"',
        'performanceYear: "{name}" found, expected a whole number',
        "write it as a whole number, without quotation marks",
    ),
    "a list of one": (
        "",
        "",
        "this is a list; a file holds one submission, or one on each line",
        "give the submission by itself: one in a file, or one on each line of an NDJSON file",
    ),
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
def test_a_wrong_shape_is_named_with_its_property_and_how_to_write_it(
    name: str, registry: PluginRegistry
) -> None:
    old, new, message, remedy = SHAPES[name]
    text = apply_change_to_text(compliant_parts(2025)[0], Change())
    text = text.replace(old, new, 1) if old else f"[{text}]"
    given = RawDocument(uri="it.json", data=text.encode())
    report = audit_inputs([given], AuditOptions(as_of=date(2026, 2, 1)), registry)
    (found,) = (r for r in report.results if r.outcome == "fail")
    assert found.message == message
    assert (found.remediation or "").startswith(remedy)
