"""What one rule found on one subject, and the rule it belongs to."""

from __future__ import annotations

from typing import Any

import msgspec

from picheck.model.citation import Citation
from picheck.model.location import Location
from picheck.model.vocabulary import Consequence, Outcome, Severity


class RuleRecord(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One rule in one year, as a report states it once: results refer to it by code and year.

    `reads` are the rule's parameters, `evidence` the evidence keys it looks at. `severity`
    follows from the consequence, lowered to `warning` where the clause rests only on unverified
    sources. `remediation`, `note` and `citations` hold for every result that has none of its own.
    """

    code: str
    year: int | None
    slug: str
    title: str
    plugin: str
    distribution: str | None = None
    version: str | None = None
    consequence: Consequence | None = None
    severity: Severity = "none"
    reads: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    help: str = ""
    remediation: str = ""
    note: str | None = None
    citations: tuple[Citation, ...] = ()
    help_uri: str | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One rule's outcome on one subject of one document; a finding unless it passed.

    `document` is the index in the report's documents. `measures` are the ids that it is about.
    `expected` and `actual` are JSON values. `remediation`, `note` and `citations` are given only
    where they differ from the rule's own. `missing_evidence` holds the evidence keys that would
    decide an indeterminate result. `fingerprint` identifies the finding across runs; it is empty
    for passes. `waiver` is the account of the waiver that accepts the finding, `baseline` is
    `new` or `unchanged` where a baseline was given.
    """

    document: int
    code: str
    year: int | None
    outcome: Outcome
    message: str
    location: Location
    severity: Severity = "none"
    consequence: Consequence | None = None
    measures: tuple[str, ...] = ()
    expected: Any = None
    actual: Any = None
    missing_evidence: tuple[str, ...] = ()
    related_locations: tuple[Location, ...] = ()
    remediation: str | None = None
    note: str | None = None
    citations: tuple[Citation, ...] = ()
    fingerprint: str = ""
    waiver: str | None = None
    baseline: str | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether a waiver or the baseline accepts the finding: it no longer counts at the gate."""
        return self.waiver is not None or self.baseline == "unchanged"


class Unverified(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A rule that could not be decided on a document, and the evidence keys it lacks.

    `measures` are the ids that it is about.
    """

    code: str
    missing: tuple[str, ...]
    measures: tuple[str, ...] = ()
