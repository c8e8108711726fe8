"""Compliant submissions to depart from, one a year, with their evidence: picheck's, a plugin's."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final, NamedTuple

from picheck.errors import UsageError

_FOLDER: Final = files("picheck_fixtures").joinpath("compliant")
_NAME: Final = "compliant"


class Examples(NamedTuple):
    """The years that have a compliant submission, and a function that returns a year's.

    The function returns the submission and its evidence, as fresh plain values.
    """

    years: tuple[int, ...]
    parts: Callable[[int], tuple[dict[str, Any], dict[str, Any]]]


def examples_of(package: str) -> Examples:
    """Return the compliant submissions that a package brings, picheck's own where it has none.

    They lie in its folder `compliant`: `2025.json` and, where there is evidence,
    `2025.evidence.json`.
    """
    folder = files(package).joinpath(_NAME)
    return examples_in(folder) if folder.is_dir() else OWN_EXAMPLES


def examples_in(folder: Traversable) -> Examples:
    """Return the compliant submissions in a folder."""
    return Examples(_years(folder), partial(_parts, folder))


def compliant_parts(year: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a year's compliant submission and its evidence, as fresh plain values.

    Every identifier in them is invented. Raises UsageError for a year without one.
    """
    return _parts(_FOLDER, year)


def example_years() -> tuple[int, ...]:
    """Return the years that have a compliant submission."""
    return _years(_FOLDER)


def shipped_cases() -> Traversable:
    """Return the folder of picheck's own cases, for a vendor's tests to run as well."""
    return files("picheck_fixtures").joinpath("cases")


def _years(folder: Traversable) -> tuple[int, ...]:
    names = (file.name.removesuffix(".json") for file in folder.iterdir())
    return tuple(sorted(int(name) for name in names if name.isdecimal()))


def _parts(folder: Traversable, year: int) -> tuple[dict[str, Any], dict[str, Any]]:
    evidence = folder.joinpath(f"{year}.evidence.json")
    return _read(folder.joinpath(f"{year}.json")), _read(evidence) if evidence.is_file() else {}


def _read(file: Traversable) -> dict[str, Any]:
    if not file.is_file():
        raise UsageError(f"no compliant example is called {file.name}")
    value: dict[str, Any] = json.loads(file.read_bytes())
    return value


#: picheck's own, of Promoting Interoperability.
OWN_EXAMPLES: Final = examples_in(_FOLDER)
