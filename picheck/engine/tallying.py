"""What the documents of a run, or of a part of one, add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

import msgspec

from picheck.engine.verdicts import exit_of, worst
from picheck.model.finding import OPEN, Result
from picheck.model.outcome import CONSEQUENCES, OUTCOMES
from picheck.model.report import DocumentSummary, Summary

K = TypeVar("K")

#: A year without a rulebook is nobody's fault: nothing broke, and the document says so itself.
NO_RULEBOOK: Final = "no-rulebook-for-year"


class Tally(msgspec.Struct, kw_only=True):
    """Counts of verdicts, outcomes and consequences, and the reasons for the exit code.

    A part of a run hands its tally on, and the whole absorbs it.
    """

    documents: dict[Any, int] = {}
    outcomes: dict[Any, int] = {}
    consequences: dict[Any, int] = {}
    reasons: set[str] = set()
    is_complete: bool = True
    waived: int = 0
    baseline: int = 0

    def enter(self, document: DocumentSummary, results: Iterable[Result]) -> None:
        """Add one document and its results."""
        self.count(document.verdict, document.outcomes)
        for result in results:
            if result.outcome == "indeterminate" and result.disposition is OPEN:
                continue  # counted among the outcomes, and nothing else to be said of it
            self.count_result(
                result.outcome,
                result.consequence,
                result.rule.slug,
                is_waived=result.disposition.waiver is not None,
                is_known=result.disposition.baseline == "unchanged",
            )

    def count(self, verdict: str, outcomes: Mapping[Any, int]) -> None:
        """Count one document by its verdict and the outcomes of its rules."""
        _count(self.documents, verdict)
        mine = self.outcomes
        for outcome, number in outcomes.items():
            mine[outcome] = mine.get(outcome, 0) + number

    def count_result(
        self, outcome: str, consequence: str | None, slug: str, *, is_waived: bool, is_known: bool
    ) -> None:
        """Count one result."""
        if outcome == "fail":
            _count(self.consequences, consequence)
        elif outcome == "error" and slug != NO_RULEBOOK:
            self.reasons.add("incomplete")
        self.waived += is_waived
        self.baseline += is_known

    def amend(
        self, before: DocumentSummary, after: DocumentSummary, results: Iterable[Result]
    ) -> None:
        """Add further results of a document that was entered before they were known."""
        _count(self.documents, before.verdict, -1)
        for outcome, number in before.outcomes.items():
            _count(self.outcomes, outcome, -number)
        self.enter(after, results)

    def absorb(self, part: Tally) -> None:
        """Add what a part of the run adds up to."""
        for mine, other in (
            (self.documents, part.documents),
            (self.outcomes, part.outcomes),
            (self.consequences, part.consequences),
        ):
            for key, number in other.items():
                _count(mine, key, number)
        self.reasons |= part.reasons
        self.is_complete &= part.is_complete
        self.waived += part.waived
        self.baseline += part.baseline

    @property
    def number(self) -> int:
        """The number of documents."""
        return sum(self.documents.values())

    def summary(self) -> Summary:
        """Draw the sum."""
        verdicts = {verdict: number for verdict, number in self.documents.items() if number}
        reasons = self.reasons | ({"findings"} if "notReady" in verdicts else set())
        verdict = worst(verdicts)
        if verdict == "ready" and ("incomplete" in reasons or not self.is_complete):
            verdict = "incomplete"
        return Summary(
            verdict=verdict,
            documents=verdicts,
            outcomes={outcome: self.outcomes.get(outcome, 0) for outcome in OUTCOMES},
            consequences={
                kind: self.consequences[kind] for kind in CONSEQUENCES if kind in self.consequences
            },
            exit=exit_of(reasons),
            waived=self.waived,
            baseline=self.baseline,
        )


def _count(counts: dict[K, int], key: K, number: int = 1) -> None:
    counts[key] = counts.get(key, 0) + number
