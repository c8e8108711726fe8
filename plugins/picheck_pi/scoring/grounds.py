"""What a score rests on, and which of its steps are weak."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from picheck.api import Scene, SetView
from picheck_pi.scoring.arithmetic import Score
from picheck_pi.scoring.tariff import Tariff
from picheck_pi.scoring.weighing import Weighed
from picheck_pi.scoring.wording import ground, joined, note_on
from picheck_pi.scoring.zeroing import doubtful, lost_in


def grounds(score: Score, scene: Scene, tariff: Tariff, weighed: Weighed) -> list[dict[str, Any]]:
    """Return everything the score rests on, in the order of the arithmetic."""
    book = scene.rulebook
    found = [*_maxima(score, tariff, scene)]
    found += [ground(move.step.title, "move", move.step, book) for move in score.shares.moves]
    if tariff.kept is not None and tariff.kept.objective in score.standing.excluded:
        found.append(ground(tariff.kept.title, "kept", tariff.kept, book))
    if ties := [points.slot for points in score.slots if points.earned.is_tie]:
        tie = tariff.rounding.tie
        what = f"exactly half a point is rounded {tie.goes}: {joined(ties)}"
        found.append(ground(what, "tie", tie, book))
    for bonus in score.bonuses:
        what = f"{bonus.bonus.points} bonus points for {bonus.bonus.title}"
        found.append(ground(what, "bonus", bonus.bonus, book))
    if score.base + score.bonus > score.points:
        what = f"no more than {tariff.category.cap} points count"
        found.append(ground(what, "cap", tariff.category, book))
    if weighed.weight is not None:
        what = f"{weighed.weight.title} weighs {weighed.weight.percent}%"
        found.append(ground(what, "weight", weighed.weight, book))
    return found


def weak_steps(
    found: list[dict[str, Any]], scene: Scene, view: SetView
) -> Iterator[dict[str, Any]]:
    """Yield the weak ones, and the findings whose cost no source settles."""
    yield from (step for step in found if step["weak"])
    for result in doubtful(scene, view):
        what = f"{result.code} would bring the category to zero: {result.message}"
        yield _told("finding", what, note_on(result, scene) or "only unverified sources say so")
    for measure_id, code in lost_in(scene, view).items():
        notes = [n for r in scene.results if r.code == code and (n := note_on(r, scene))]
        if notes:
            yield _told(
                "finding", f"{code}: the points of {measure_id} are taken as lost", notes[0]
            )


def _maxima(score: Score, tariff: Tariff, scene: Scene) -> Iterator[dict[str, Any]]:
    """Yield the grounds of the maxima in use, those that rest on the same thing together."""
    for group in tariff.maxima:
        slots = [s for s in group.points if s in score.shares.maxima]
        if slots:
            measures, titles = scene.rulebook.measures, scene.rulebook.objectives
            told = [
                f"{slot if slot in measures else titles[slot]} {group.points[slot]}"
                for slot in slots
            ]
            what = f"maximum points: {joined(told)}"
            yield ground(what, "maximum", group, scene.rulebook)


def _told(kind: str, what: str, note: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "what": what,
        "strength": "inferred",
        "weak": True,
        "note": note,
        "citations": [],
    }
