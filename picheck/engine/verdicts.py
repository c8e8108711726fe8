"""What results add up to: verdicts and the exit code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from picheck.engine.options import Gate
from picheck.model.report import Exit
from picheck.model.result import Result
from picheck.model.vocabulary import SEVERITIES, Verdict

#: Reasons for an exit code, worst first. One number, one meaning.
REASONS: Final = {"incomplete": 4, "unreadable": 3, "findings": 1, "nothingChecked": 5}


def counts_against_gate(result: Result, gate: Gate) -> bool:
    """Whether a result makes the submission not ready."""
    if gate == "never" or result.is_accepted:
        return False
    if gate == "indeterminate":
        return result.outcome in {"fail", "indeterminate"}
    return result.outcome == "fail" and SEVERITIES.index(result.severity) <= SEVERITIES.index(gate)


def document_verdict(results: Iterable[Result], gate: Gate, *, is_complete: bool) -> Verdict:
    """Return the verdict on one document."""
    for result in results:
        if counts_against_gate(result, gate):
            return "notReady"
    return "ready" if is_complete else "incomplete"


def overall_verdict(verdicts: Iterable[str]) -> Verdict:
    """Return the verdict on a whole run; a run without documents is incomplete."""
    seen = set(verdicts)
    if "notReady" in seen:
        return "notReady"
    return "ready" if seen == {"ready"} else "incomplete"


def exit_status(reasons: Iterable[str]) -> Exit:
    """Return the exit code of the worst reason, with all of them, worst first."""
    found = set(reasons)
    ordered = tuple(reason for reason in REASONS if reason in found)
    return Exit(code=REASONS[ordered[0]] if ordered else 0, reasons=ordered)
