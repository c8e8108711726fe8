"""What the tests share: the repository's fixtures, and the year the matrix asks for."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest

T = TypeVar("T")

ROOT: Final = Path(__file__).parent.parent
FIXTURES: Final = ROOT / "fixtures" / "picheck_fixtures"
YEARS: Final = (2021, 2022, 2023, 2024, 2025, 2026)
#: The years after them whose law is not final.
PREVIEWS: Final = (2027,)

#: Set by the tox matrix: then the suite runs everything that touches that year, and only that.
RULE_YEAR: Final = os.environ.get("PICHECK_RULE_YEAR")


def is_in_matrix(year: int) -> bool:
    """Whether the matrix, if there is one, asks for this year."""
    return RULE_YEAR is None or int(RULE_YEAR) == year


def years_asked_for() -> tuple[int, ...]:
    """Return the rule years that this run of the tests is about."""
    return tuple(year for year in YEARS if is_in_matrix(year))


#: One year of those asked for, for tests that any year could serve.
YEAR: Final = (years_asked_for() or YEARS)[-1]
AS_OF: Final = f"{YEAR + 1}-02-01"
COMPLIANT: Final = FIXTURES / "compliant" / f"{YEAR}.json"


def some(items: Iterable[T]) -> list[T]:
    """Return what a test looks at, one after the other, and fail where there is nothing.

    A test whose assertions are in a loop would pass over an empty collection.
    """
    found = list(items)
    assert found, "there is nothing to look at, so nothing would be tested"
    return found


def perhaps(items: Iterable[T]) -> Iterable[T]:
    """Return what a test looks at, where there may be none: another assertion is at work then."""
    return items


def or_skip(cases: Iterable[Any], reason: str) -> list[Any]:
    """Return the cases of a test or, where there are none for a reason, one that is skipped."""
    skipped = pytest.param(None, id="none", marks=pytest.mark.skip(reason=reason))
    return [*cases] or [skipped]


def or_skip_year(cases: Iterable[Any]) -> list[Any]:
    """Return the cases that are left of a test in the year that the matrix asks for."""
    return or_skip(cases, f"no case is about {RULE_YEAR}")
