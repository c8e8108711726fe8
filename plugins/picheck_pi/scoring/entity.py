"""An entity's sets, each scored, and the one that counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from picheck.api import Result, Scene, Wish
from picheck_pi.scoring.arithmetic import scorer_of
from picheck_pi.scoring.leaving_out import reweighted
from picheck_pi.scoring.record import set_record
from picheck_pi.scoring.tariff import Tariff
from picheck_pi.scoring.wording import finding_record, ground
from picheck_pi.scoring.zeroing import conflicts, refused, zeroed_by


def entity_record(program: str, scene: Scene, wish: Wish) -> dict[str, Any]:
    """Return the record of one entity.

    Raises ValueError where the year has no usable tariff.
    """
    scorer = scorer_of(scene.rulebook)
    clashes = conflicts(scene, scorer.tariff)
    policy = wish.conflict_policy or scorer.tariff.conflicts.policy
    against = clashes if policy == "zero" else ()
    sets = [
        set_record(scene, view, scorer, wish, (*zeroed_by(scene, view, scorer.tariff), *against))
        for view in scene.sets
    ]
    best = _best(sets)
    choice = reweighted(scene, scorer.tariff, wish, None if best is None else sets[best])
    is_excused = choice is not None and choice["isLeftOut"] and choice["isCertain"]
    nothing = _nothing(scene, scorer.tariff, points=None if is_excused else 0)
    return {
        "program": program,
        "year": scene.rulebook.year,
        "rulebook": scene.rulebook.status,
        "subject": scene.subject,
        "entityType": scene.entity_type,
        "documents": [document.uri for document in scene.documents.values()],
        "score": nothing if best is None else sets[best],
        "reweighted": choice,
        "counts": best,
        "sets": sets,
        "conflict": _conflict(scene, scorer.tariff, wish, clashes),
        "notices": [notice.message for notice in scene.notices],
        "whatIf": None,
    }


def _best(sets: Sequence[Mapping[str, Any]]) -> int | None:
    """Return the set that counts: most points, then most without the findings, then the first."""
    order = [(-s["points"], -s["pointsWithoutFindings"], place) for place, s in enumerate(sets)]
    return min(order)[2] if order else None


def _conflict(
    scene: Scene, tariff: Tariff, wish: Wish, clashes: Sequence[Result]
) -> dict[str, Any] | None:
    """Return the policy for several sets; None where there is only one."""
    if len(scene.sets) < 2 and not clashes:  # noqa: PLR2004 - several
        return None
    policy = wish.conflict_policy or tariff.conflicts.policy
    what = f"{scene.rulebook.year}: contradicting sets " + (
        "bring the category to zero" if policy == "zero" else "are scored each, the highest counts"
    )
    return {
        "policy": policy,
        "chosenBy": "option" if wish.conflict_policy else "year",
        "findings": [finding_record(result, scene) for result in clashes],
        "ground": ground(what, "policy", tariff.conflicts, scene.rulebook),
    }


def _nothing(scene: Scene, tariff: Tariff, *, points: int | None) -> dict[str, Any]:
    """Return the score of an entity without any set that could be scored.

    `points` is None where the category may be left out: it is not scored then.
    """
    return {
        "points": points,
        "weight": None,
        "weighted": points,
        "participation": None,
        "base": None,
        "bonus": None,
        "cap": tariff.category.cap,
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
        "zeroedBy": [finding_record(result, scene) for result in refused(scene)],
        "undecided": [],
        "waterfall": [],
        "uri": next(iter(scene.documents.values())).uri,
        "pointer": "",
    }
