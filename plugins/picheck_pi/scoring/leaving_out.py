"""Whether the category may be left out, and what the others weigh then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from picheck.api import Entity, Scene, Wish
from picheck_pi.eligibility import Ground, grounds_of, held
from picheck_pi.scoring.tariff import Reweighting, Tariff
from picheck_pi.scoring.weighing import weigh
from picheck_pi.scoring.wording import ground, joined, shown

#: The categories by the names that a tariff gives them, in the order in which they are told.
_TITLES: Final[Mapping[str, str]] = {
    "quality": "Quality",
    "cost": "Cost",
    "improvementActivities": "Improvement Activities",
    "promotingInteroperability": "Promoting Interoperability",
}


def reweighted(
    scene: Scene, tariff: Tariff, wish: Wish, score: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    """Return what leaving the category out comes to beside the score of what is sent.

    None where data is sent and nothing speaks for a reweighting.
    """
    grounds = grounds_of(Entity(scene.entity_type or ""), scene.evidence, scene.rulebook)
    claims, is_out = held(grounds), not scene.sets
    if is_out and any(r.outcome == "fail" and r.severity == "error" for r in scene.results):
        return None  # something was sent, and refused
    if not claims and not is_out:
        return None
    participation = (
        weigh(scene, None, tariff, wish).participation if score is None else score["participation"]
    )
    weights = _weights(tariff, participation, grounds)
    return {
        "claims": claims,
        "isCertain": any(each.state == "granted" for each in grounds),
        "isLeftOut": is_out,
        "participation": participation,
        "weights": _rows(weights),
        "told": _told(claims, weights, score),
        "ground": weights and ground(_what(weights), "weight", weights, scene.rulebook),
    }


def _weights(tariff: Tariff, participation: str, grounds: tuple[Ground, ...]) -> Reweighting | None:
    """Return the weights of a way of taking part; the first that fit count."""
    claims = {each.claim for each in grounds if each.state in {"granted", "open"}}
    for each in tariff.reweighting:
        if participation in each.participation and (
            not each.statuses or claims.intersection(each.statuses)
        ):
            return each
    return None


def _rows(weights: Reweighting | None) -> list[dict[str, Any]]:
    if weights is None:
        return []
    return [
        {
            "category": name,
            "title": title,
            "sent": weights.sent[name],
            "leftOut": weights.left_out[name],
        }
        for name, title in _TITLES.items()
    ]


def _what(weights: Reweighting) -> str:
    told = [f"{title} {weights.left_out[name]}%" for name, title in _TITLES.items()]
    return f"weights where the category is reweighted, {weights.title}: {joined(told)}"


def _told(claims: str, weights: Reweighting | None, score: Mapping[str, Any] | None) -> list[str]:
    """Say in sentences where the entity stands, and what decides between the two ways."""
    if score is None:
        return [
            f"nothing of this category is submitted; the reweighting stands ({claims})"
            if claims
            else "the category scores 0 unless it is reweighted; the evidence gives no ground for"
            " that which holds"
        ]
    told = [f"the evidence counts on {claims}, and what is sent gives that up"]
    if weights is None:
        return told
    gains = {
        name: more for name in _TITLES if (more := weights.left_out[name] - weights.sent[name]) > 0
    }
    goes = joined([f"{_TITLES[name]} (+{more}%)" for name, more in gains.items()])
    told.append(
        f"sent, it brings {shown(score['weighted'] or 0)} points to the final score; left out, its"
        f" weight goes to {goes}"
    )
    if len(gains) == 1:
        (name,) = gains
        told.append(
            f"leaving it out brings more where {_TITLES[name]} earns more than {score['points']}%"
            " of its own points"
        )
    return told
