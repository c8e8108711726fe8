"""What only a document's text can tell: faults that decoding would swallow."""

from __future__ import annotations

import msgspec


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """One violation of the published schema: where, what was found, what was expected."""

    pointer: str
    message: str
    expected: str | None = None
    actual: str | None = None


class RepeatedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that one object holds twice; the pointers and (line, column) of both."""

    pointer: str
    key: str
    first: tuple[int, int]
    second: tuple[int, int]


class NotANumber(msgspec.Struct, frozen=True, kw_only=True):
    """A `NaN`, an `Infinity` or a number too large for one, which JSON does not have."""

    pointer: str
    token: str


class UnknownProperty(msgspec.Struct, frozen=True, kw_only=True):
    """A property that neither the API nor the schema knows, with the nearest known name."""

    pointer: str
    name: str
    nearest: str | None = None


class DocumentText(msgspec.Struct, frozen=True, kw_only=True):
    """All that was noticed while bytes became a submission; empty for a clean document."""

    violations: tuple[Violation, ...] = ()
    repeated_keys: tuple[RepeatedKey, ...] = ()
    not_numbers: tuple[NotANumber, ...] = ()
    unknown_properties: tuple[UnknownProperty, ...] = ()


CLEAN_TEXT = DocumentText()
