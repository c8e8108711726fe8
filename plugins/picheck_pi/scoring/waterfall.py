"""The way down from all points to the score, objective by objective."""

from __future__ import annotations

from typing import Any

from picheck_pi.scoring.arithmetic import Score
from picheck_pi.scoring.tariff import Tariff


def waterfall(
    score: Score, totals: list[dict[str, Any]], tariff: Tariff, *, is_zeroed: bool
) -> list[dict[str, Any]]:
    """Return the steps of the way: where each begins, where it ends, and why.

    The first stands for all points there are, the last is the score itself.
    """
    level: float = tariff.category.base
    steps = [_step("start", "all points", 0, level)]
    for total in totals:
        lost = total["maximum"] - total["points"]
        steps.append(_step("objective", total["title"], level, level - lost))
        level -= lost
    for bonus in score.bonuses:
        steps.append(_step("bonus", f"bonus: {bonus.bonus.title}", level, level + bonus.points))
        level += bonus.points
    if level > score.points:
        steps.append(_step("cap", f"no more than {tariff.category.cap}", level, score.points))
    if is_zeroed:
        steps.append(_step("zero", "category zero", score.points, 0))
    return [*steps, _step("score", "score", 0, 0 if is_zeroed else score.points)]


def _step(kind: str, label: str, start: float, end: float) -> dict[str, Any]:
    return {"kind": kind, "label": label, "from": start, "to": end, "change": end - start}
