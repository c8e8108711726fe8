"""A rule is a plain function: it is tested with the parts that it names, and nothing else."""
# ruff: noqa: S101 - pytest's way to say what must hold

from typing import Any

import picheck_acme
from picheck_acme.rules.denominator_looks_estimated import denominator_looks_estimated

from picheck.api import CheckResults, Counts, CountsByMeasure, Period
from picheck.testing import evidence_of

ROUND_TO = 500
PERIOD = Period("2025-01-01", "2025-12-31")


def check(denominator: int, **exported: Any) -> CheckResults:
    """Return what the rule finds in a set with this denominator, and what was exported."""
    counts = CountsByMeasure({"PI_PEA_1": Counts(380, denominator)})
    evidence = evidence_of({"acme": exported}, plugins=[picheck_acme])
    return denominator_looks_estimated.check(counts, PERIOD, evidence, {"round_to": ROUND_TO})


def test_a_multiple_of_the_option_looks_estimated() -> None:
    """The finding is at the denominator."""
    found = check(3 * ROUND_TO)
    assert isinstance(found, list)
    assert [result.pointer for result in found] == ["/measurements/PI_PEA_1/value/denominator"]


def test_any_other_number_is_taken_as_counted() -> None:
    """One patient more, and the rule is silent."""
    assert check(3 * ROUND_TO + 1) == []


def test_an_export_after_the_period_is_taken_as_counted() -> None:
    """The evidence of the plugin settles it."""
    exported = {"exportedOn": "2026-01-05", "exportedMeasures": ["PI_PEA_1"]}
    assert check(3 * ROUND_TO, **exported) == []
