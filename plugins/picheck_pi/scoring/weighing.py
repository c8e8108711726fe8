"""How much of the category reaches the final score: by year and way of taking part."""

from __future__ import annotations

import re
from typing import NamedTuple

from picheck.api import Scene, SetView, Wish
from picheck_pi.scoring.tariff import Tariff, Weight


class Weighed(NamedTuple):
    """The way of taking part, how it was found, and its weight; None where the year knows none."""

    participation: str
    because: str
    weight: Weight | None

    def share_of(self, points: float) -> float | None:
        """Return the points that reach the final score."""
        return None if self.weight is None else points * self.weight.percent / 100


def weigh(scene: Scene, view: SetView | None, tariff: Tariff, wish: Wish) -> Weighed:
    """Return the weight of a set."""
    participation, because = _participation(scene, view, tariff, wish)
    return Weighed(participation, because, tariff.weights.get(participation))


def _participation(
    scene: Scene, view: SetView | None, tariff: Tariff, wish: Wish
) -> tuple[str, str]:
    if wish.participation is not None:
        return wish.participation, "as asked for"
    rules = tariff.participation
    program = (view.record.program_name if view else None) or "mips"
    for pattern, name in rules.patterns.items():
        if re.fullmatch(pattern, program):
            return name, f"program {program}"
    found = rules.programs.get(program)
    if found is None:
        return program, f"program {program}, whose weight no source gives"
    entity = rules.entities.get(scene.entity_type or "")
    if found == "mips" and entity is not None:
        return entity, f"entity type {scene.entity_type}"
    return found, f"program {program}"
