"""The compliant submissions that come with picheck, one a year, with their evidence."""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from picheck.errors import UsageError

_FOLDER: Final = files("picheck_fixtures").joinpath("compliant")


def compliant_parts(year: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a year's compliant submission and its evidence, as fresh plain values.

    Every identifier in them is invented. Raises UsageError for a year without one.
    """
    return _read(f"{year}.json"), _read(f"{year}.evidence.json")


def example_years() -> tuple[int, ...]:
    """Return the years that have a compliant submission."""
    names = (file.name.removesuffix(".json") for file in _FOLDER.iterdir())
    return tuple(sorted(int(name) for name in names if name.isdecimal()))


def shipped_cases() -> Traversable:
    """Return the folder of picheck's own cases, for a vendor's tests to run as well."""
    return files("picheck_fixtures").joinpath("cases")


def _read(name: str) -> dict[str, Any]:
    file = _FOLDER.joinpath(name)
    if not file.is_file():
        raise UsageError(f"no compliant example is called {name}")
    value: dict[str, Any] = json.loads(file.read_bytes())
    return value
