"""Plain values that cannot be changed any more, all the way down."""

from __future__ import annotations

import copyreg
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

RecordT = TypeVar("RecordT", bound=msgspec.Struct)


class ReadOnly:
    """A base of what rules are given: no attribute can be set or removed from outside."""

    __slots__ = ()

    def __setattr__(self, name: str, _value: object) -> None:
        """Refuse: every rule reads the same."""
        raise AttributeError(f"{name} cannot be changed; rules only read what they are given")

    def __delattr__(self, name: str) -> None:
        """Refuse: every rule reads the same."""
        raise AttributeError(f"{name} cannot be removed; rules only read what they are given")


def freeze(value: Any) -> Any:
    """Return a JSON-like value with tuples for lists and read-only mappings for dictionaries.

    What rules get is frozen this way: a rule that tries to change it gets a TypeError or an
    AttributeError. Values of other types are returned as they are.
    """
    if isinstance(value, Mapping):
        return MappingProxyType({key: freeze(inner) for key, inner in value.items()})
    # a named tuple is a record already, and would lose its names
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return tuple([freeze(inner) for inner in value])
    return value


def freeze_record(record: RecordT) -> RecordT:
    """Return a record with the JSON values in its fields frozen, also those of records in it."""

    def frozen(value: Any) -> Any:
        if isinstance(value, msgspec.Struct):
            return freeze_record(value)
        return tuple(map(frozen, value)) if isinstance(value, tuple) else freeze(value)

    fields = msgspec.structs.asdict(record).items()
    return msgspec.structs.replace(record, **{name: frozen(value) for name, value in fields})


def _reduce(value: MappingProxyType[Any, Any]) -> tuple[Any, tuple[dict[Any, Any]]]:
    """Say how a read-only mapping travels to another process: Python itself does not know."""
    return freeze, (dict(value),)


copyreg.pickle(MappingProxyType, _reduce)


def thaw(value: Any) -> Any:
    """Return a frozen value, or a record, as plain dictionaries and lists that JSON can hold."""
    if isinstance(value, Mapping):
        return {key: thaw(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [thaw(inner) for inner in value]
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    return msgspec.to_builtins(value, enc_hook=_thaw_mapping)


def _thaw_mapping(value: Any) -> Any:
    """Return a read-only mapping that is a dictionary in a record; refuse all else."""
    if isinstance(value, Mapping):
        return thaw(value)
    raise TypeError(f"Encoding objects of type {type(value).__name__} is unsupported")
