"""What the category weighs in the final score: sent, and left out where it is reweighted."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from picheck.api import Entity, Scene, SetView, Wish
from picheck_pi.eligibility import grounds_of, name_grounds
from picheck_pi.roster import Ground
from picheck_pi.scoring.basis import describe_basis
from picheck_pi.scoring.config import Reweighting, ScoringConfig, Weight
from picheck_pi.scoring.format import Record, format_number, join_words

#: The categories by the names that a year's scoring gives them, in the order of the report.
_TITLES: Final[Mapping[str, str]] = {
    "quality": "Quality",
    "cost": "Cost",
    "improvementActivities": "Improvement Activities",
    "promotingInteroperability": "Promoting Interoperability",
}


class CategoryWeight(NamedTuple):
    """The way of taking part, how it was found, and its weight; None where the year has none."""

    participation: str
    because: str
    weight: Weight | None

    def share_of(self, points: float) -> float | None:
        """Return the points that reach the final score."""
        return None if self.weight is None else points * self.weight.percent / 100


def find_weight(
    scene: Scene, view: SetView | None, config: ScoringConfig, wish: Wish
) -> CategoryWeight:
    """Return what a set weighs; without a set, what one of traditional MIPS would."""
    participation, because = _find_participation(scene, view, config, wish)
    return CategoryWeight(participation, because, config.weights.get(participation))


def describe_reweighting(
    scene: Scene, config: ScoringConfig, wish: Wish, score: Record | None
) -> dict[str, Any] | None:
    """Return what leaving the category out comes to beside the score of what is sent.

    None where data is sent and nothing speaks for a reweighting, and where something was sent
    and refused.
    """
    entity = scene.entity or Entity(scene.entity_type or "")
    grounds = grounds_of(entity, scene.evidence, scene.rulebook)
    claims, is_out = name_grounds(grounds, "granted", "open"), not scene.sets
    if is_out and any(r.outcome == "fail" and r.severity == "error" for r in scene.results):
        return None
    if not claims and not is_out:
        return None
    way = score["participation"] if score else find_weight(scene, None, config, wish).participation
    weights = _find_weights(config, way, grounds)
    return {
        "claims": claims,
        "isCertain": any(ground.state == "granted" for ground in grounds),
        "isLeftOut": is_out,
        "participation": way,
        "weights": [] if weights is None else _list_weights(weights),
        "sentences": _compare(claims, weights, score) if score else [_explain_absence(claims)],
        "ground": weights
        and describe_basis(_name_weights(weights), "weight", weights, scene.rulebook),
    }


def _find_participation(
    scene: Scene, view: SetView | None, config: ScoringConfig, wish: Wish
) -> tuple[str, str]:
    """Return the way of taking part, and how it was found."""
    if wish.participation is not None:
        return wish.participation, "as asked for"
    rules = config.participation
    program = (view.record.program_name if view else None) or "mips"
    for pattern, way in rules.patterns.items():
        if re.fullmatch(pattern, program):
            return way, f"program {program}"
    found = rules.programs.get(program)
    if found is None:
        return program, f"program {program}, whose weight no source gives"
    of_entity = rules.entities.get(scene.entity_type or "")
    if found == "mips" and of_entity is not None:
        return of_entity, f"entity type {scene.entity_type}"
    return found, f"program {program}"


def _find_weights(
    config: ScoringConfig, participation: str, grounds: tuple[Ground, ...]
) -> Reweighting | None:
    """Return the weights of a way of taking part; the first that fit count."""
    claims = {ground.claim for ground in grounds if ground.state in {"granted", "open"}}
    for weights in config.reweighting:
        fits = not weights.statuses or claims.intersection(weights.statuses)
        if fits and participation in weights.participation:
            return weights
    return None


def _list_weights(weights: Reweighting) -> list[dict[str, Any]]:
    """Return what each category weighs, in percent, both ways."""
    sent, left_out = weights.sent, weights.left_out
    return [
        {"category": name, "title": title, "sent": sent[name], "leftOut": left_out[name]}
        for name, title in _TITLES.items()
    ]


def _name_weights(weights: Reweighting) -> str:
    percents = [f"{title} {weights.left_out[name]}%" for name, title in _TITLES.items()]
    return f"weights where the category is reweighted, {weights.title}: {join_words(percents)}"


def _explain_absence(claims: str) -> str:
    """Say what it means that nothing of the category is sent."""
    if claims:
        return f"nothing of this category is submitted; the reweighting holds ({claims})"
    return (
        "the category scores 0 unless it is reweighted; the evidence gives no ground for that"
        " which holds"
    )


def _compare(claims: str, weights: Reweighting | None, score: Record) -> list[str]:
    """Say in sentences what sending the category gives up, and which of both ways brings more."""
    lines = [f"the evidence counts on {claims}, and what is sent gives that up"]
    if weights is None:
        return lines
    gains = {
        title: more
        for name, title in _TITLES.items()
        if (more := weights.left_out[name] - weights.sent[name]) > 0
    }
    goes = join_words([f"{title} (+{more}%)" for title, more in gains.items()])
    lines.append(
        f"sent, it brings {format_number(score['weighted'] or 0)} points to the final score; left"
        f" out, its weight goes to {goes}"
    )
    if len(gains) == 1:
        lines.append(
            f"leaving it out brings more where {next(iter(gains))} earns more than"
            f" {score['points']}% of its own points"
        )
    return lines
