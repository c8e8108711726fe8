"""What one rule says of one subject."""

from __future__ import annotations

from typing import Any

import msgspec

from picheck.model.citation import Citation
from picheck.model.location import Location
from picheck.model.outcome import Consequence, Outcome, Severity


class RuleReference(msgspec.Struct, frozen=True, kw_only=True):
    """Which rule spoke, and whose it is."""

    code: str
    slug: str
    plugin: str
    distribution: str | None = None
    version: str | None = None


class Disposition(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided about a finding: the waiver that accepts it, and its baseline state.

    `baseline` is `new` or `unchanged` where a baseline was given, else None.
    """

    waiver: str | None = None
    baseline: str | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether the finding no longer counts at the gate."""
        return self.waiver is not None or self.baseline == "unchanged"


OPEN = Disposition()


class Result(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One rule's outcome on one subject of one document; a finding unless it passed.

    `severity` follows from the consequence, lowered to `warning` where the clause rests only on
    unverified sources; `none` where nothing failed. `note` tells where sources conflict or the
    basis is weak. `document` is the index in the report's documents; `named_pointer` is the
    pointer with the measure's id in place of its index. `expected` and `actual` are JSON values.
    `fingerprint` identifies the finding across runs; it is empty for passes.
    """

    rule: RuleReference
    outcome: Outcome
    consequence: Consequence | None
    severity: Severity
    message: str
    document: int
    location: Location
    named_pointer: str = ""
    remediation: str | None = None
    note: str | None = None
    related_locations: tuple[Location, ...] = ()
    expected: Any = None
    actual: Any = None
    missing_evidence: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    fingerprint: str = ""
    disposition: Disposition = OPEN
