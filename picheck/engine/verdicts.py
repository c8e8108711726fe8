"""What the results add up to: verdicts and the exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from picheck.engine.terms import Gate
from picheck.model.finding import Result
from picheck.model.outcome import CONSEQUENCES, OUTCOMES, SEVERITIES, Verdict
from picheck.model.report import DocumentSummary, Exit, Summary

#: Reasons for an exit code, worst first. One number, one meaning.
REASONS: Final = {
    "incomplete": 4,
    "unreadable": 3,
    "findings": 1,
    "nothingChecked": 5,
}


def is_at_gate(result: Result, gate: Gate) -> bool:
    """Whether a result counts against the submission."""
    if gate == "never" or result.disposition.is_accepted:
        return False
    if gate == "indeterminate":
        return result.outcome in {"fail", "indeterminate"}
    return result.outcome == "fail" and SEVERITIES.index(result.severity) <= SEVERITIES.index(gate)


def verdict_on(results: Iterable[Result], gate: Gate, *, is_complete: bool) -> Verdict:
    """Return the verdict on one document."""
    if any(is_at_gate(result, gate) for result in results):
        return "notReady"
    return "ready" if is_complete else "incomplete"


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict on a whole run; a run without documents is incomplete."""
    seen = set(verdicts)
    if "notReady" in seen:
        return "notReady"
    return "ready" if seen == {"ready"} else "incomplete"


def exit_of(reasons: Iterable[str]) -> Exit:
    """Return the exit code of the worst reason, with all of them, worst first."""
    found = set(reasons)
    ordered = tuple(reason for reason in REASONS if reason in found)
    return Exit(code=REASONS[ordered[0]] if ordered else 0, reasons=ordered)


def summarise(
    documents: Sequence[DocumentSummary],
    results: Sequence[Result],
    reasons: Iterable[str],
    *,
    is_complete: bool,
) -> Summary:
    """Add a run up."""
    outcomes: Counter[str] = Counter()
    for document in documents:
        outcomes.update(document.outcomes)
    failed = Counter(result.consequence for result in results if result.outcome == "fail")
    verdicts = Counter(document.verdict for document in documents)
    verdict = worst(verdicts)
    return Summary(
        verdict=verdict if is_complete or verdict == "notReady" else "incomplete",
        documents=dict(verdicts),
        outcomes={outcome: outcomes[outcome] for outcome in OUTCOMES},
        consequences={kind: failed[kind] for kind in CONSEQUENCES if failed[kind]},
        exit=exit_of(reasons),
        waived=sum(result.disposition.waiver is not None for result in results),
        baseline=sum(result.disposition.baseline == "unchanged" for result in results),
    )
