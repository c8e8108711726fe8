"""What the results add up to: verdicts and the exit code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from picheck.engine.terms import Gate
from picheck.model.finding import Result
from picheck.model.outcome import SEVERITIES, Verdict
from picheck.model.report import Exit

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
