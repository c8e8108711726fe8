"""A verdict in one sentence: what it rests on, and what could still change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from picheck.api import Result
from picheck.reporters.formatting import format_count
from picheck.reporters.presentation import (
    DocumentView,
    count_open_questions,
    list_findings,
    list_unverified,
)

#: Severities that count at each gate.
_AT_GATE: Final[Mapping[str, frozenset[str]]] = {
    "error": frozenset({"error"}),
    "warning": frozenset({"error", "warning"}),
    "note": frozenset({"error", "warning", "note"}),
    "indeterminate": frozenset({"error", "warning", "note"}),
    "never": frozenset(),
}


def describe_verdict(view: DocumentView, gate: str) -> str:
    """Say in one sentence what a verdict rests on and what could still change it.

    `gate` is the severity from which a finding makes a document not ready.
    """
    verdict = view.summary.verdict
    failed = [result for result in list_findings(view.results) if result.outcome == "fail"]
    unverified = list_unverified(view.results)
    blocking = [result for result in failed if result.severity in _AT_GATE[gate]]
    if verdict == "notReady":
        if not blocking and gate != "indeterminate":
            blocking = failed  # the gate of this file is not the run's
        waiting = _what_waits(view)
        parts = [_what_blocks(blocking, unverified, waiting)]
        # where nothing waits, the first part has named them
        unverified = unverified if waiting else []
    elif verdict == "incomplete":
        parts = ["Not everything could be checked, so this can still turn out either way"]
        blocking = []
    else:
        blocking = []
        # an answer changes the verdict only where a finding of its rule would count at the gate
        strong = [r for r in unverified if _counts_at(gate, view.rule(r).severity)]
        parts = [_what_could_change(strong)]
        unverified = [r for r in unverified if not _counts_at(gate, view.rule(r).severity)]
    parts += _what_else(failed, {id(result) for result in blocking}, unverified)
    if verdict != "notReady" and (codes := view.summary.waiting):
        parts.append(f"{_join(codes)} did not run, because something has to be corrected first")
    if broken := view.summary.outcomes.get("error"):
        parts.append(f"{format_count(broken, 'check')} could not be made")
    return "; ".join([*parts, *_what_is_accepted(view.results)]) + "."


def _counts_at(gate: str, severity: str) -> bool:
    return gate == "indeterminate" or severity in _AT_GATE[gate]


def _what_waits(view: DocumentView) -> str:
    """Return what was not checked because something has to be corrected first; empty if nothing."""
    if any(notice.kind == "shapeRefused" for notice in view.notices):
        return "the rest"
    return _join(view.summary.waiting)


def _what_blocks(blocking: Sequence[Result], unverified: Sequence[Result], waiting: str) -> str:
    """Say what has to be corrected, and which answers could add to it."""
    if not blocking:
        return f"Answering {_questions(unverified)} can make it ready: {_codes(unverified)}"
    what = format_count(len(blocking), "finding")
    if all(result.severity == "error" for result in blocking):
        what = _count_errors(len(blocking))
    if waiting:
        return f"Correcting {what} lets {waiting} be checked"
    if not unverified:
        return f"Correcting {what} makes it ready"
    return (
        f"Correcting {what} makes it ready, unless the answer to {_one_of(unverified)} adds another"
    )


def _what_could_change(unverified: Sequence[Result]) -> str:
    """Say which answers could turn a document that is ready into one that is not."""
    if not unverified:
        return "Nothing that is still open could change this"
    return f"The answer to {_one_of(unverified)} could still change this: {_codes(unverified)}"


def _what_else(
    failed: Sequence[Result], blocking: set[int], unverified: Sequence[Result]
) -> list[str]:
    """Count what does not decide the verdict; `blocking` are the ids of objects that do."""
    others = [result.severity for result in failed if id(result) not in blocking]
    counts = [_count_errors(others.count("error"))] if "error" in others else []
    counts += [
        format_count(others.count(severity), severity)
        for severity in ("warning", "note")
        if severity in others
    ]
    if unverified:
        counts.append(f"{_questions(unverified)} ({_codes(unverified)})")
    if not counts:
        return []
    return [f"besides, {_join(counts)}"]


def _what_is_accepted(results: Sequence[Result]) -> list[str]:
    """Count what is accepted, and say what of it costs everything: no waiver changes a score."""
    waived = [result for result in results if result.waiver is not None]
    known = [result for result in results if result.baseline == "unchanged"]
    # a set, for a finding can be waived and in the baseline
    costly = len({id(r) for r in (*waived, *known) if r.severity == "error"})
    parts = [f"{len(waived):,} waived"] if waived else []
    parts += [f"{len(known):,} in the baseline"] if known else []
    if costly:
        cost = "costs" if costly == 1 else "cost"
        parts.append(f"{costly:,} of these {cost} everything, accepted or not")
    return parts


def _count_errors(number: int) -> str:
    """Return "1 finding that costs everything"."""
    return f"{format_count(number, 'finding')} that {'costs' if number == 1 else 'cost'} everything"


def _join(texts: Sequence[str]) -> str:
    """Return "this, that and these"."""
    *first, last = texts or ("",)
    return f"{', '.join(first)} and {last}" if first else last


def _one_of(results: Sequence[Result]) -> str:
    """Return "1 open question" or "one of 3 open questions"."""
    counted = _questions(results)
    return counted if counted.startswith("1 ") else f"one of {counted}"


def _questions(results: Iterable[Result]) -> str:
    """Return how many questions are open, one for each rule."""
    return format_count(count_open_questions(results), "open question")


def _codes(results: Iterable[Result]) -> str:
    return ", ".join(dict.fromkeys(result.code for result in results))
