"""What the tests share: the repository's fixtures, and the year the matrix asks for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
FIXTURES: Final = ROOT / "fixtures" / "picheck_fixtures"
YEARS: Final = (2021, 2022, 2023, 2024, 2025, 2026)

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
