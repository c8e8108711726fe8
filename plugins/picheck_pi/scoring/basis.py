"""What a score rests on, and which of its steps are weak."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from picheck.api import Citation, Result, Rulebook, Scene, SetView
from picheck_pi.scoring.arithmetic import Score
from picheck_pi.scoring.config import ScoringConfig, Sourced, Weight, list_citations
from picheck_pi.scoring.format import join_words
from picheck_pi.scoring.zero_findings import find_doubtful, find_lost_bonuses

#: Its kind, in words, and what it rests on.
_Step = tuple[str, str, Sourced]


def describe_basis(what: str, kind: str, basis: Sourced, rulebook: Rulebook) -> dict[str, Any]:
    """Return what a number rests on, as plain values."""
    citations = [_describe_citation(each) for each in list_citations(basis, rulebook)]
    return {
        "kind": kind,
        "what": what,
        "strength": basis.strength,
        "weak": basis.is_weak,
        "note": basis.note,
        "citations": citations,
    }


def list_bases(
    score: Score, rulebook: Rulebook, config: ScoringConfig, weight: Weight | None
) -> list[dict[str, Any]]:
    """Return everything the score rests on, in the order of the arithmetic."""
    steps = chain(_maxima(score, rulebook, config), _steps(score, config))
    bases = [describe_basis(what, kind, basis, rulebook) for kind, what, basis in steps]
    if weight is not None:
        what = f"{weight.title} weighs {weight.percent}%"
        bases.append(describe_basis(what, "weight", weight, rulebook))
    return bases


def list_weak_steps(
    bases: Sequence[dict[str, Any]], scene: Scene, view: SetView
) -> Iterator[dict[str, Any]]:
    """Yield the weak ones, and the findings whose cost no source settles."""
    yield from (basis for basis in bases if basis["weak"])
    for result in find_doubtful(scene, view):
        what = f"{result.code} would bring the category to zero: {result.message}"
        yield _doubt(what, _find_note(result, scene) or "only unverified sources say so")
    for measure_id, code in find_lost_bonuses(scene, view).items():
        notes = (_find_note(result, scene) for result in scene.results if result.code == code)
        if note := next(filter(None, notes), None):
            yield _doubt(f"{code}: the points of {measure_id} are taken as lost", note)


def _maxima(score: Score, rulebook: Rulebook, config: ScoringConfig) -> Iterator[_Step]:
    """Yield the maxima in use, those that rest on the same thing together."""
    for group in config.maxima:
        points = [
            f"{slot if slot in rulebook.measures else rulebook.objectives[slot]} {maximum}"
            for slot, maximum in group.points.items()
            if slot in score.maxima.points
        ]
        if points:
            yield "maximum", f"maximum points: {join_words(points)}", group


def _steps(score: Score, config: ScoringConfig) -> Iterator[_Step]:
    """Yield what became of the maxima: moved, kept, rounded, raised by bonuses, capped."""
    kept, tie, category = config.kept, config.rounding.tie, config.category
    for move in score.maxima.moves:
        yield "move", move.step.title, move.step
    if kept is not None and kept.objective in score.reported.excluded:
        yield "kept", kept.title, kept
    if slots := [points.slot for points in score.slots if points.earned.is_tie]:
        yield "tie", f"exactly half a point is rounded {tie.goes}: {join_words(slots)}", tie
    for bonus, *_ in score.bonuses:
        yield "bonus", f"{bonus.points} bonus points for {bonus.title}", bonus
    if score.base + score.bonus > score.points:
        yield "cap", f"no more than {category.cap} points count", category


def _doubt(what: str, note: str) -> dict[str, Any]:
    return {
        "kind": "finding",
        "what": what,
        "strength": "inferred",
        "weak": True,
        "note": note,
        "citations": [],
    }


def _find_note(result: Result, scene: Scene) -> str | None:
    """Return what the sources of a failure leave open: its own note, or the rule's."""
    return result.note or scene.rules[result.code, result.year].note


def _describe_citation(citation: Citation) -> dict[str, Any]:
    return {
        "key": citation.key,
        "title": citation.title,
        "locator": citation.locator,
        "url": citation.url,
        "standing": citation.standing,
    }
