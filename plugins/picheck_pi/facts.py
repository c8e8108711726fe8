"""One fact of the evidence, by the dotted key that a clause's terms name it with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from picheck.api import Evidence


def fact(evidence: Evidence, path: str) -> Any | None:
    """Return what the evidence says at `counts.permissiblePrescriptions`; None if it does not.

    A key that no evidence can hold raises AttributeError: the clause is misspelt, and a silent
    None would look like a practice that has not answered.
    """
    value: Any = evidence
    for key, attribute in _steps(path):
        if value is None:
            return None
        value = value.get(key) if isinstance(value, Mapping) else getattr(value, attribute)
    return value


@lru_cache(maxsize=256)
def _steps(path: str) -> tuple[tuple[str, str], ...]:
    """Split a path into its keys, each with the attribute that holds it in a record."""
    return tuple(
        (key, re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", key).lower()) for key in path.split(".")
    )
