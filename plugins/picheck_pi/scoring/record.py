"""The record of a score: every set of an entity scored, and the one that counts."""

from collections.abc import Sequence
from typing import Any

from picheck.api import Result, Scene, SetView, Wish
from picheck_pi.scoring.arithmetic import Score, Scorer, scorer_of
from picheck_pi.scoring.basis import describe_basis, list_bases, list_weak_steps
from picheck_pi.scoring.category_weight import describe_reweighting, find_weight
from picheck_pi.scoring.config import ScoringConfig
from picheck_pi.scoring.format import Record
from picheck_pi.scoring.score_table import list_rows, sum_objectives
from picheck_pi.scoring.waterfall import list_steps
from picheck_pi.scoring.zero_findings import (
    describe_finding,
    find_conflicts,
    find_lost_bonuses,
    find_refusals,
    find_undecided,
    find_zeros,
)


def entity_record(program: str, scene: Scene, wish: Wish) -> dict[str, Any]:
    """Return the record of one entity, as plain values.

    Raises ValueError where the year has no usable scoring.
    """
    scorer = scorer_of(scene.rulebook)
    conflicts = find_conflicts(scene, scorer.config)
    policy = wish.conflict_policy or scorer.config.conflicts.policy
    zeros = conflicts if policy == "zero" else ()
    sets = [
        _set_record(scene, view, scorer, wish, (*find_zeros(scene, view, scorer.config), *zeros))
        for view in scene.sets
    ]
    best = _find_best(sets)
    score = None if best is None else sets[best]
    reweighted = describe_reweighting(scene, scorer.config, wish, score)
    return {
        "program": program,
        "year": scene.rulebook.year,
        "rulebook": scene.rulebook.status,
        "subject": scene.subject,
        "entityType": scene.entity_type,
        "documents": [document.uri for document in scene.documents.values()],
        "score": score or _no_score(scene, scorer.config, reweighted),
        "reweighted": reweighted,
        "counts": best,
        "sets": sets,
        "conflict": _conflict_record(scene, scorer.config, wish, conflicts),
        "notices": [notice.message for notice in scene.notices],
        "whatIf": None,
    }


def _find_best(sets: Sequence[Record]) -> int | None:
    """Return the set that counts: most points, then most without the findings, then the first."""
    order = [(-s["points"], -s["pointsWithoutFindings"], index) for index, s in enumerate(sets)]
    return min(order)[2] if order else None


def _set_record(
    scene: Scene, view: SetView, scorer: Scorer, wish: Wish, zeros: Sequence[Result]
) -> dict[str, Any]:
    """Return the record of one set; `zeros` are the findings that bring it to zero."""
    config, lost = scorer.config, find_lost_bonuses(scene, view)
    score = scorer.score(view, lost.keys())
    weight = find_weight(scene, view, config, wish)
    points = 0 if zeros else score.points
    rows = list_rows(score, view, config)
    objectives = sum_objectives(score, rows, scene.rulebook)
    bases = list_bases(score, scene.rulebook, config, weight.weight)
    weak = list(list_weak_steps(bases, scene, view))
    document = scene.documents[view.document]
    return {
        "points": points,
        "weight": None if weight.weight is None else weight.weight.percent / 100,
        "weighted": weight.share_of(points),
        "participation": weight.participation,
        "participationTitle": weight.weight.title if weight.weight else weight.participation,
        "participationBecause": weight.because,
        "base": score.base,
        "bonus": score.bonus,
        "cap": config.category.cap,
        "capped": score.base + score.bonus - score.points,
        "pointsWithoutFindings": score.points,
        "weightedWithoutFindings": weight.share_of(score.points),
        "objectives": objectives,
        "measures": rows,
        "bonuses": _bonus_records(score, lost),
        "moves": _move_records(score),
        "heaviest": _find_heaviest(rows, config.category.base),
        "ties": [row["id"] for row in rows if row["tie"]],
        "basis": "weak" if weak else "strong",
        "weak": weak,
        "grounds": bases,
        "zeroedBy": [describe_finding(result, scene) for result in zeros],
        "undecided": [describe_finding(result, scene) for result in find_undecided(scene, view)],
        "waterfall": list_steps(score, objectives, config.category, is_zeroed=bool(zeros)),
        "uri": document.uri,
        "line": document.line,
        "pointer": view.pointer,
        "submissionMethod": view.record.submission_method,
        "programName": view.record.program_name,
    }


def _no_score(scene: Scene, config: ScoringConfig, reweighted: Record | None) -> dict[str, Any]:
    """Return the score of an entity without any set: none where the category may be left out."""
    is_excused = bool(reweighted and reweighted["isLeftOut"] and reweighted["isCertain"])
    points = None if is_excused else 0
    return {
        "points": points,
        "weight": None,
        "weighted": points,
        "participation": None,
        "base": None,
        "bonus": None,
        "cap": config.category.cap,
        "capped": 0,
        "pointsWithoutFindings": None,
        "objectives": [],
        "measures": [],
        "bonuses": [],
        "moves": [],
        "heaviest": None,
        "ties": [],
        "basis": "strong",
        "weak": [],
        "grounds": [],
        "zeroedBy": [describe_finding(result, scene) for result in find_refusals(scene)],
        "undecided": [],
        "waterfall": [],
        "uri": next(iter(scene.documents.values())).uri,
        "pointer": "",
    }


def _conflict_record(
    scene: Scene, config: ScoringConfig, wish: Wish, conflicts: Sequence[Result]
) -> dict[str, Any] | None:
    """Return the policy for several sets; None where there is only one."""
    if len(scene.sets) <= 1 and not conflicts:
        return None
    policy = wish.conflict_policy or config.conflicts.policy
    what = f"{scene.rulebook.year}: contradicting sets " + (
        "bring the category to zero" if policy == "zero" else "are scored each, the highest counts"
    )
    return {
        "policy": policy,
        "chosenBy": "option" if wish.conflict_policy else "year",
        "findings": [describe_finding(result, scene) for result in conflicts],
        "ground": describe_basis(what, "policy", config.conflicts, scene.rulebook),
    }


def _move_records(score: Score) -> list[dict[str, Any]]:
    return [
        {
            "step": move.step.id,
            "title": move.step.title,
            "from": move.step.source,
            "points": move.points,
            "to": [{"id": slot, "points": points} for slot, points in move.shares],
            "strength": move.step.strength,
            "weak": move.step.is_weak,
            "note": move.step.note,
        }
        for move in score.maxima.moves
    ]


def _find_heaviest(rows: Sequence[Record], base: int) -> dict[str, Any] | None:
    """Return the rate that moves made carry more than half of all points, if there is one."""
    for row in rows:
        if row["status"] == "rate" and row["movedIn"] and row["maximum"] * 2 > base:
            return {"id": row["id"], "maximum": row["maximum"], "of": base}
    return None


def _bonus_records(score: Score, lost: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "id": bonus.bonus.id,
            "title": bonus.bonus.title,
            "points": bonus.points,
            "by": list(bonus.by),
            "lost": [{"id": measure_id, "rule": lost[measure_id]} for measure_id in bonus.lost],
        }
        for bonus in score.bonuses
    ]
