"""What a chart of a document shows: its objectives, its measures and its calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from picheck.engine.charts.calendar import calendar_facts
from picheck.masking import Masker
from picheck.model.evidence import Evidence
from picheck.model.location import pointer_tokens
from picheck.model.report import DocumentSummary
from picheck.model.result import Result
from picheck.model.vocabulary import Consequence, Outcome, Severity
from picheck.plugins.reporter import MAX_CHARTS
from picheck.rulebook.models import Measure, Rulebook
from picheck.rules.measurement_set import SetView

_OPEN: Final = frozenset({"fail", "indeterminate", "error"})
_COSTLY: Final = frozenset({"reweightingLost", "pointsLost"})


class ChartSource(msgspec.Struct, frozen=True):
    """The sets of one document under one rulebook, with their evidence.

    The engine keeps it in `DocumentSummary.facts` until all results are known.
    """

    rulebook: Rulebook
    views: tuple[SetView, ...]
    evidence: Evidence
    masker: Masker


class _Finding(NamedTuple):
    """An open result, or a rule that lacks evidence, with the measures that it is about."""

    code: str
    outcome: Outcome
    severity: Severity
    consequence: Consequence | None
    measures: frozenset[str]


def chart_facts(
    documents: Sequence[DocumentSummary], results: Iterable[Result]
) -> list[DocumentSummary]:
    """Return the documents with facts in place of their chart sources; none if they are many.

    `results` are those of all documents. Measures are taken from `measures` of a result or of
    an `unverified` entry, and from the pointer of a result.
    """
    if len(documents) > MAX_CHARTS:
        return [msgspec.structs.replace(document, facts=None) for document in documents]
    by_document: dict[int, list[Result]] = {}
    for result in results:
        # an accepted finding is settled: no objective is drawn as failing because of it
        if result.outcome in _OPEN and not result.is_accepted:
            by_document.setdefault(result.document, []).append(result)
    return [
        msgspec.structs.replace(document, facts=_facts(document, by_document.get(index, ())))
        for index, document in enumerate(documents)
    ]


def _facts(document: DocumentSummary, results: Sequence[Result]) -> dict[str, Any]:
    """Return the facts of a document, masked."""
    sources: tuple[ChartSource, ...] = document.facts or ()
    facts: dict[str, Any] = {"sets": list(_sets(sources, document, results))}
    return sources[0].masker.value(facts) if sources else facts


def _sets(
    sources: Sequence[ChartSource], document: DocumentSummary, results: Sequence[Result]
) -> Iterator[dict[str, Any]]:
    """Yield the facts of each set of a document.

    A finding belongs to the set that its pointer leads into; one that leads into no set, and an
    `unverified` entry, belong to all sets.
    """
    pointers = {view.pointer for source in sources for view in source.views}
    own: dict[str | None, list[_Finding]] = {}
    for result in results:
        finding = _Finding(
            result.code,
            result.outcome,
            result.severity,
            result.consequence,
            frozenset(result.measures or _measure_in(result)),
        )
        own.setdefault(_set_pointer(result.location.pointer, pointers), []).append(finding)
    # a rule that left its question in a result would be counted again by its entry
    codes = {result.code for result in results if result.outcome == "indeterminate"}
    general = own.get(None, []) + [
        _Finding(entry.code, "indeterminate", "none", None, frozenset(entry.measures))
        for entry in document.unverified
        if entry.code not in codes
    ]
    for source in sources:
        for view in source.views:
            yield _set_facts(source, view, own.get(view.pointer, []) + general)


def _set_pointer(pointer: str, sets: set[str]) -> str | None:
    """Return the pointer of the set that a pointer leads into; None where it leads into none."""
    # upward, since a set may be at any depth: a posted one is the document itself
    while pointer and pointer not in sets:
        pointer = pointer.rpartition("/")[0]
    return pointer if pointer in sets else None


def _measure_in(result: Result) -> tuple[str, ...]:
    """Return the measure id in the pointer of a result, if there is one."""
    tokens = pointer_tokens(result.location.named or result.location.pointer)
    if "measurements" not in tokens:
        return ()
    after = tokens.index("measurements") + 1
    return tokens[after : after + 1]


def _set_facts(source: ChartSource, view: SetView, findings: Sequence[_Finding]) -> dict[str, Any]:
    rulebook = source.rulebook
    by_measure: dict[str, list[_Finding]] = {}
    about_none: list[_Finding] = []
    for finding in findings:
        # a finding may name an id that the year does not have; it then belongs to no objective
        ids = finding.measures & rulebook.measures.keys()
        for measure_id in ids:
            by_measure.setdefault(measure_id, []).append(finding)
        if not ids:
            about_none.append(finding)
    members: dict[str, list[Measure]] = {}
    for measure in rulebook.measures.values():
        members.setdefault(measure.objective, []).append(measure)
    return {
        "program": rulebook.program,
        "year": rulebook.year,
        "title": rulebook.title,
        "pointer": view.pointer,
        "submissionMethod": view.record.submission_method,
        "programName": view.record.program_name,
        "objectives": [
            {"id": name, "title": title, **_objective(members.get(name, ()), view, by_measure)}
            for name, title in rulebook.objectives.items()
        ],
        "general": {"status": _status(about_none) or "complete", "codes": _codes(about_none)},
        "calendar": calendar_facts(rulebook, view, source.evidence),
    }


def _objective(
    members: Sequence[Measure], view: SetView, by_measure: Mapping[str, list[_Finding]]
) -> dict[str, Any]:
    """Return the state of an objective and of its measures."""
    findings = [f for measure in members for f in by_measure.get(measure.id, ())]
    measures = [
        _measure(measure, view, by_measure.get(measure.id, ()))
        for measure in members
        if view.answers.has(measure.id) or measure.id in by_measure
    ]
    return {
        "status": _status(findings) or _status_without_findings(measures),
        "codes": _codes(findings),
        "measures": measures,
    }


def _measure(measure: Measure, view: SetView, findings: Sequence[_Finding]) -> dict[str, Any]:
    answer, value = _answer(measure, view)
    pointer = view.resolve(f"/measurements/{measure.id}") if answer != "absent" else None
    return {
        "id": measure.id,
        "title": measure.title,
        "category": measure.category,
        "answer": answer,
        "value": value,
        "pointer": None if pointer is None else view.pointer + pointer,
        "codes": _codes(findings),
    }


def _answer(measure: Measure, view: SetView) -> tuple[str, str | None]:
    """Return the answer in a word and, for counts, in numbers. Nothing else is shown as it is."""
    if not view.answers.has(measure.id):
        return "absent", None
    value = view.values[measure.id]
    if isinstance(value, bool):
        if measure.category == "exclusion":
            return ("claimed" if value else "notClaimed"), None
        return ("yes" if value else "no"), None
    pair = view.counts.pair(measure.id)
    return ("counts", f"{pair[0]:,} / {pair[1]:,}") if pair else ("other", None)


def _status_without_findings(measures: Sequence[Mapping[str, Any]]) -> str:
    """Return the status of an objective without findings."""
    answers = {measure["answer"] for measure in measures}
    if answers & {"yes", "counts", "other"}:
        return "complete"
    if "claimed" in answers:
        return "excluded"
    return "absent"


def _status(findings: Sequence[_Finding]) -> str | None:
    """Return the worst thing that was found; None if nothing was, or only advice."""
    failed = [finding for finding in findings if finding.outcome == "fail"]
    if any(f.severity == "error" or f.consequence in _COSTLY for f in failed):
        return "failing"
    # what has not failed here is a question that is still open
    if len(failed) < len(findings):
        return "unverified"
    return "questioned" if any(f.severity == "warning" for f in failed) else None


def _codes(findings: Iterable[_Finding]) -> list[str]:
    return sorted({finding.code for finding in findings})
