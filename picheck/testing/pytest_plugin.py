"""Cases become tests, in one line of a test module."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from picheck.errors import UsageError
from picheck.testing.assertions import describe_difference
from picheck.testing.cases import Case, load_cases
from picheck.testing.examples import OWN_EXAMPLES, Examples, examples_of
from picheck.testing.harness import stock
from picheck.testing.mutations import Compliant


def run_cases(
    path: Path | Traversable | str,
    *,
    plugins: Sequence[Any] = (),
    compliant: Compliant | None = None,
) -> Callable[..., None]:
    """Return a test for pytest that runs every case behind a path, each in each of its years.

    `path` is a file, a folder, or the name of a package whose `cases` folder is meant. One line
    of a test module is enough, `test_cases = run_cases("picheck_acme")`: each case is a test
    with a readable id and fails with a readable difference. `plugins` are loaded beside the
    installed ones. `compliant` gives the submission and evidence of a year to depart from; by
    default it is what the package's folder `compliant` holds, or picheck's own. The environment
    variable `PICHECK_RULE_YEAR` keeps one year's cases, for a tox matrix. Raises UsageError where
    there is no case at all.
    """
    import pytest  # noqa: PLC0415 - only a test module asks for it

    cases = cases_behind(path)
    if not cases:
        raise UsageError(f"{path} holds no cases; add CODE.json files, or correct the path")
    base = compliant or _examples_behind(path).parts
    chosen = [pytest.param(case, id=case.id) for case in cases if _is_in_matrix(case)]
    # without any, some settings of pytest would take the module for a mistake
    no_case = pytest.mark.skip(reason=f"no case in {path} is about the year of PICHECK_RULE_YEAR")

    @pytest.mark.parametrize("case", chosen or [pytest.param(None, id="none", marks=no_case)])
    def test_case(case: Case) -> None:
        __tracebackhide__ = True
        if difference := describe_difference(case, base, stock(plugins)):
            pytest.fail(difference, pytrace=False)

    return test_case


def cases_behind(path: Path | Traversable | str) -> tuple[Case, ...]:
    """Return the cases of a file, a folder, or a package's `cases` folder."""
    place = files(path).joinpath("cases") if isinstance(path, str) else path
    if not (place.is_dir() or place.is_file()):
        return ()
    return load_cases(place)


def _examples_behind(path: Path | Traversable | str) -> Examples:
    """Return the compliant submissions of a package; picheck's own for any other place."""
    return examples_of(path) if isinstance(path, str) else OWN_EXAMPLES


def _is_in_matrix(case: Case) -> bool:
    year = os.environ.get("PICHECK_RULE_YEAR")
    return year is None or case.year == int(year)
