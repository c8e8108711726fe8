"""Every case of every rule, in every year it holds."""

from __future__ import annotations

import pytest

from picheck.plugins.registry import PluginRegistry
from picheck.testing.assertions import check_case
from picheck.testing.cases import Case, load_cases
from picheck.testing.examples import compliant_parts
from support import FIXTURES, is_in_matrix

CASES = [case for case in load_cases(FIXTURES / "cases") if is_in_matrix(case.year)]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_case_gives_exactly_the_findings_expected(case: Case, registry: PluginRegistry) -> None:
    check_case(case, compliant_parts, registry)
