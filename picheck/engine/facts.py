"""What a picture of a document shows: its objectives, its measures and its calendar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from picheck.engine.almanac import almanac
from picheck.model.evidence import Evidence
from picheck.model.finding import Result
from picheck.model.location import pointer_tokens
from picheck.model.report import DocumentSummary
from picheck.rulebook.edition import Measure, Rulebook
from picheck.rules.view import SetView

_WORD: Final = re.compile(r"\w+")
_TOLD: Final = frozenset({"fail", "indeterminate", "error"})
_COSTLY: Final = frozenset({"reweightingLost", "pointsLost"})


class Sketch(msgspec.Struct, frozen=True):
    """The sets of one document under one rulebook, kept until all results are known."""

    rulebook: Rulebook
    views: tuple[SetView, ...]
    evidence: Evidence


def finished(
    documents: Iterable[DocumentSummary], results: Sequence[Result]
) -> list[DocumentSummary]:
    """Return the documents with their sketches turned into facts, now that all is decided."""
    done = []
    for index, document in enumerate(documents):
        mine = [result for result in results if result.document == index and _is_open(result)]
        sketches: tuple[Sketch, ...] = document.facts or ()
        sets = [_set_facts(sketch, view, mine) for sketch in sketches for view in sketch.views]
        done.append(msgspec.structs.replace(document, facts={"sets": sets}))
    return done


def _is_open(result: Result) -> bool:
    return result.outcome in _TOLD and not result.disposition.is_accepted


def _set_facts(sketch: Sketch, view: SetView, results: Sequence[Result]) -> dict[str, Any]:
    rulebook = sketch.rulebook
    about = {id(result): _about(result, sketch, view) for result in results}
    objectives = [
        _objective(name, title, view, [(r, about[id(r)]) for r in results])
        for name, title in rulebook.objectives.items()
    ]
    rest = [
        result
        for result in results
        if not about[id(result)] and _is_near(result, view, sketch.views)
    ]
    return {
        "program": rulebook.program,
        "year": rulebook.year,
        "title": rulebook.title,
        "pointer": view.pointer,
        "submissionMethod": view.record.submission_method,
        "programName": view.record.program_name,
        "objectives": objectives,
        "general": {"status": _status(rest) or "complete", "codes": _codes(rest)},
        "calendar": almanac(rulebook, view, sketch.evidence),
    }


def _objective(
    name: str, title: str, view: SetView, told: Sequence[tuple[Result, tuple[str, ...]]]
) -> dict[str, Any]:
    rulebook = view.rulebook
    members = [m for m in rulebook.measures.values() if m.objective == name]
    ids = {measure.id for measure in members}
    mine = [(result, about) for result, about in told if not ids.isdisjoint(about)]
    measures = [fact for measure in members if (fact := _measure(measure, view, mine)) is not None]
    results = [result for result, _ in mine]
    return {
        "id": name,
        "title": title,
        "status": _status(results) or _reported(measures),
        "codes": _codes(results),
        "measures": measures,
    }


def _measure(
    measure: Measure, view: SetView, told: Sequence[tuple[Result, tuple[str, ...]]]
) -> dict[str, Any] | None:
    """Tell how a measure was answered; None for one that neither stands there nor is missed."""
    codes = _codes([result for result, about in told if measure.id in about])
    is_there = view.has(measure.id)
    if not is_there and not codes:
        return None
    answer, value = _answer(measure, view)
    return {
        "id": measure.id,
        "title": measure.title,
        "category": measure.category,
        "answer": answer,
        "value": value,
        "pointer": view.pointer + view.place(measure.id) if is_there else None,
        "codes": codes,
    }


def _answer(measure: Measure, view: SetView) -> tuple[str, str | None]:
    """Tell the answer in a word and, for counts, in numbers. Nothing else is shown as it is."""
    if not view.has(measure.id):
        return "absent", None
    value = view.answers[measure.id]
    if isinstance(value, bool):
        if measure.category == "exclusion":
            return ("claimed" if value else "notClaimed"), None
        return ("yes" if value else "no"), None
    tally = view.tally(measure.id)
    return ("counts", f"{tally[0]:,} / {tally[1]:,}") if tally else ("other", None)


def _reported(measures: Sequence[Mapping[str, Any]]) -> str:
    """Return the status of an objective that nothing is wrong with."""
    answers = {measure["answer"] for measure in measures}
    if answers & {"yes", "counts", "other"}:
        return "complete"
    if "claimed" in answers:
        return "excluded"
    return "absent"


def _status(results: Sequence[Result]) -> str | None:
    """Return what is wrong, worst first; None if nothing is but advice."""
    failed = [result for result in results if result.outcome == "fail"]
    if any(r.severity == "error" or r.consequence in _COSTLY for r in failed):
        return "failing"
    if len(failed) < len(results):
        return "unverified"
    return "questioned" if any(r.severity == "warning" for r in failed) else None


def _codes(results: Iterable[Result]) -> list[str]:
    return sorted({result.rule.code for result in results})


def _about(result: Result, sketch: Sketch, view: SetView) -> tuple[str, ...]:
    """Return the ids of the measures that a result is about; none if it is about no measure."""
    pointer = result.location.pointer
    if not _is_near(result, view, sketch.views):
        return ()
    if not f"{pointer}/".startswith(f"{view.pointer}/"):
        return _mentioned(result, sketch.rulebook)
    match pointer_tokens(pointer.removeprefix(view.pointer)):
        case ("measurements", index, *_) if index.isdecimal():
            return _known((view.record.measurements[int(index)].measure_id,), sketch.rulebook)
        case () | ("measurements",):
            return _mentioned(result, sketch.rulebook)
    return ()


def _mentioned(result: Result, rulebook: Rulebook) -> tuple[str, ...]:
    """Look for measure ids in what was expected, in the message, and in the clause's terms."""
    for text in (result.expected, result.message):
        if ids := _known(_words(text), rulebook):
            return ids
    clause = rulebook.clauses.get(result.rule.code)
    if clause is None:
        return ()
    if ids := _known(_words(list(_rows(clause.terms, result.missing_evidence))), rulebook):
        return ids
    ids = _known(_words(clause.terms), rulebook)
    objectives = {rulebook.measures[measure_id].objective for measure_id in ids}
    return ids[:1] if len(objectives) == 1 else ()


def _rows(value: Any, keys: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """Yield the tables of a term that name one of the evidence keys."""
    if isinstance(value, Mapping):
        if any(inner in keys for inner in value.values() if isinstance(inner, str)):
            yield value
        for inner in value.values():
            yield from _rows(inner, keys)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _rows(inner, keys)


def _known(words: Iterable[str], rulebook: Rulebook) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word in rulebook.measures))


def _words(value: Any) -> Iterator[str]:
    """Yield every word of every text in a value, keys included."""
    if isinstance(value, str):
        yield from _WORD.findall(value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _words(key)
            yield from _words(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _words(inner)


def _is_near(result: Result, view: SetView, views: Sequence[SetView]) -> bool:
    """Whether a result about no measure belongs to this set, or to no set at all."""
    pointer = f"{result.location.pointer}/"
    if pointer.startswith(f"{view.pointer}/"):
        return True
    return not any(pointer.startswith(f"{other.pointer}/") for other in views)
