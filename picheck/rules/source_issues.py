"""What only a document's text can show: faults that decoding would hide."""

from __future__ import annotations

from typing import Final, Literal

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


class NonFiniteNumber(msgspec.Struct, frozen=True, kw_only=True):
    """A `NaN`, an `Infinity` or a number too large for one, which JSON does not have."""

    pointer: str
    token: str


#: The object that a property is in: the document itself is one only beside its submission.
Level = Literal["document", "submission", "measurementSet", "measurement", "value"]


class UnknownProperty(msgspec.Struct, frozen=True, kw_only=True):
    """A property that neither the API nor the schema knows there.

    `home` is the object that has a property of this name; else `closest_match` is the name most
    like it among those that its own object has not.
    """

    pointer: str
    name: str
    level: Level
    closest_match: str | None = None
    home: Level | None = None


class SourceIssues(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the strict reading of a document's text found; empty for a clean document.

    All pointers start at the root of the document as it was sent.
    """

    violations: tuple[Violation, ...] = ()
    repeated_keys: tuple[RepeatedKey, ...] = ()
    non_finite_numbers: tuple[NonFiniteNumber, ...] = ()
    unknown_properties: tuple[UnknownProperty, ...] = ()


NO_ISSUES: Final = SourceIssues()
