"""Plain values that cannot be changed any more, all the way down."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec


def freeze(value: Any) -> Any:
    """Return a JSON-like value with tuples for lists and read-only mappings for dictionaries.

    What rules get is frozen this way: a rule that tries to change it gets a TypeError or an
    AttributeError. Values of other types are returned as they are.
    """
    if isinstance(value, Mapping):
        return MappingProxyType({key: freeze(inner) for key, inner in value.items()})
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return tuple([freeze(inner) for inner in value])
    return value


def thaw(value: Any) -> Any:
    """Return a frozen value, or a record, as plain dictionaries and lists that JSON can hold."""
    if isinstance(value, Mapping):
        return {key: thaw(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [thaw(inner) for inner in value]
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    return msgspec.to_builtins(value)
