"""What the verification of a plugin found, as a record."""

from __future__ import annotations

from typing import Final

import msgspec

from picheck.model.report import Tool

SCHEMA_VERSION: Final = "1.0"


class Check(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One promise, whether it is kept, and what was seen.

    `witness` is the smallest document that shows a broken promise; its identifiers are invented.
    """

    name: str
    passed: bool
    detail: str
    faults: tuple[str, ...] = ()
    witness: str | None = None


class Cost(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a rule takes, in microseconds a call, and as a multiple of our median rule."""

    rule: str
    microseconds: float
    multiple: float


class Certificate(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The outcome of a verification.

    `sha256` is the digest of the distribution's files, as `picheck plugins lock` writes it;
    `documents` is how many submissions were generated; `max_cost` the multiple that was allowed.
    """

    plugin: str
    distribution: str
    version: str | None
    sha256: str
    rules: tuple[str, ...]
    years: tuple[int, ...]
    documents: int
    max_cost: float
    checks: tuple[Check, ...]
    costs: tuple[Cost, ...]
    passed: bool
    schema_version: str = SCHEMA_VERSION
    tool: Tool = Tool()
