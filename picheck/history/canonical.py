"""Canonical JSON (RFC 8785) of what a history holds: texts, whole numbers, true, false, null."""

from __future__ import annotations

import hashlib
import json
from typing import Any

#: Whole numbers that every reader of JSON holds exactly.
_MOST = 2**53 - 1


def canonical(value: Any) -> str:
    """Return a value as the one JSON text that RFC 8785 has for it.

    Raises ValueError for a number with a fraction, for a whole number beyond 2**53 - 1, and for a
    key that is not ASCII: other readers might write or sort these differently.
    """
    _check(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _check(value: Any) -> None:
    if value is None or isinstance(value, str | bool):
        return
    if isinstance(value, int):
        if abs(value) > _MOST:
            raise ValueError(f"{value} cannot be in a record: it is beyond 2**53 - 1")
        return
    if isinstance(value, list | tuple):
        for each in value:
            _check(each)
        return
    if not isinstance(value, dict):
        raise ValueError(  # noqa: TRY004 - a value that is at fault, like all others
            f"a {type(value).__name__} cannot be in a record"
        )
    for key, each in value.items():
        if not (isinstance(key, str) and key.isascii()):
            raise ValueError(f"the key {key!r} cannot be in a record")
        _check(each)
