"""A document on its way through the audit: what is known of it so far."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from picheck.engine.charts.facts import ChartSource
from picheck.engine.entities import EntitySets, Remark
from picheck.engine.evidence_lookup import EvidenceLookup
from picheck.engine.framework_rules import NO_RULEBOOK
from picheck.engine.runner import Outcomes
from picheck.engine.subject import Subject
from picheck.intake.decoder import DecodedDocument
from picheck.intake.documents import RawDocument
from picheck.model.result import Result
from picheck.model.vocabulary import Outcome

#: Outcomes that are counted from the results; passes and open questions need not be results.
_COUNTED_HERE: Final = ("fail", "error")


class DocumentWork:
    """A document on its way through the audit."""

    __slots__ = ("charts", "decoded", "entity_sets", "found", "is_checked", "is_complete",
                 "outcomes", "raw", "remarks", "results", "subject")  # fmt: skip

    def __init__(
        self, raw: RawDocument, decoded: DecodedDocument, found: EvidenceLookup, subject: Subject
    ) -> None:
        self.raw = raw
        self.decoded = decoded
        self.found = found
        self.subject = subject
        self.outcomes = Outcomes()
        self.results: list[Result] = []
        self.entity_sets: list[EntitySets] = []
        self.charts: list[ChartSource] = []
        self.remarks: tuple[Remark, ...] = ()
        self.is_complete = found.fault is None
        self.is_checked = False

    def reasons(self) -> frozenset[str]:
        """Return the reasons for the exit code that the document gives beside its verdict."""
        reasons = set()
        if self.found.fault is not None:
            reasons.add("unreadable")
        if not self.is_checked:
            reasons.add("nothingChecked")
        if any(r.outcome == "error" and r.code != NO_RULEBOOK.code for r in self.results):
            reasons.add("incomplete")
        return frozenset(reasons)


def count_outcomes(
    outcomes: Outcomes, open_questions: int, results: Iterable[Result]
) -> dict[Outcome, int]:
    """Return how many results there are of each outcome, those that are only counted included.

    A rule that could not be decided is one open question, for however many sets it asks.
    """
    counts: dict[Outcome, int] = {"pass": outcomes.passed}
    if outcomes.not_applicable:
        counts["notApplicable"] = outcomes.not_applicable
    if open_questions:
        counts["indeterminate"] = open_questions
    for result in results:
        if result.outcome in _COUNTED_HERE:
            counts[result.outcome] = counts.get(result.outcome, 0) + 1
    return counts
