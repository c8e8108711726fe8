"""The record of a score: everything a reader or a program must know of it, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from picheck.api import Result, Scene, SetView, Wish
from picheck_pi.scoring.arithmetic import Score, Scorer
from picheck_pi.scoring.grounds import grounds, weak_steps
from picheck_pi.scoring.rows import objectives, rows
from picheck_pi.scoring.waterfall import waterfall
from picheck_pi.scoring.weighing import weigh
from picheck_pi.scoring.wording import finding_record, number
from picheck_pi.scoring.zeroing import lost_in, undecided


def set_record(
    scene: Scene, view: SetView, scorer: Scorer, wish: Wish, zeros: Sequence[Result]
) -> dict[str, Any]:
    """Return the record of one set; `zeros` are the findings that bring it to zero."""
    tariff, lost = scorer.tariff, lost_in(scene, view)
    score = scorer.score(view, lost.keys())
    weighed = weigh(scene, view, tariff, wish)
    points = 0 if zeros else score.points
    found = rows(score, view, tariff)
    totals = objectives(score, found, scene.rulebook)
    rests_on = grounds(score, scene, tariff, weighed)
    weak = list(weak_steps(rests_on, scene, view))
    return {
        "points": points,
        "weight": None if weighed.weight is None else weighed.weight.percent / 100,
        "weighted": weighed.share_of(points),
        "participation": weighed.participation,
        "participationTitle": weighed.weight.title if weighed.weight else weighed.participation,
        "participationBecause": weighed.because,
        "base": score.base,
        "bonus": score.bonus,
        "cap": tariff.category.cap,
        "capped": score.base + score.bonus - score.points,
        "pointsWithoutFindings": score.points,
        "weightedWithoutFindings": weighed.share_of(score.points),
        "objectives": totals,
        "measures": found,
        "bonuses": _bonuses(score, lost),
        "moves": _moves(score),
        "heaviest": _heaviest(found, tariff.category.base),
        "ties": [row["id"] for row in found if row["tie"]],
        "basis": "weak" if weak else "strong",
        "weak": weak,
        "grounds": rests_on,
        "zeroedBy": [finding_record(result, scene) for result in zeros],
        "undecided": [finding_record(result, scene) for result in undecided(scene, view)],
        "waterfall": waterfall(score, totals, tariff, is_zeroed=bool(zeros)),
    } | _place(scene, view)


def _place(scene: Scene, view: SetView) -> dict[str, Any]:
    """Say which set it is."""
    document = scene.documents[view.document]
    return {
        "uri": document.uri,
        "line": document.line,
        "pointer": view.pointer,
        "submissionMethod": view.record.submission_method,
        "programName": view.record.program_name,
    }


def _moves(score: Score) -> list[dict[str, Any]]:
    return [
        {
            "step": move.step.id,
            "title": move.step.title,
            "from": move.source,
            "points": move.points,
            "to": [{"id": slot, "points": number(points)} for slot, points in move.shares],
            "strength": move.step.strength,
            "weak": move.step.is_weak,
            "note": move.step.note,
        }
        for move in score.shares.moves
    ]


def _heaviest(found: Sequence[dict[str, Any]], base: int) -> dict[str, Any] | None:
    """Return the rate that moves made carry more than half of all points, if there is one."""
    for row in found:
        if row["status"] == "rate" and row["movedIn"] and row["maximum"] * 2 > base:
            return {"id": row["id"], "maximum": row["maximum"], "of": base}
    return None


def _bonuses(score: Score, lost: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "id": found.bonus.id,
            "title": found.bonus.title,
            "points": found.points,
            "by": list(found.by),
            "lost": [{"id": i, "rule": lost[i]} for i in found.lost],
        }
        for found in score.bonuses
    ]
