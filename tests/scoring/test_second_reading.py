"""Refusals, zeros and points are those of a second reader, over random sets of every year."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Final

import pytest

from law_second_reader import Answer, Answers, Rate, exclusions, read
from picheck.plugins.registry import PluginRegistry
from scoring_support import SCORED_YEARS, compliant, scored, submission

_SETS_A_YEAR: Final = 120
#: How often a step of a set is as it should be; a set has some twenty steps.
_SOUND: Final = 0.97


class Draw:
    """One random set: mostly sound, with a fault here and there."""

    def __init__(self, year: int, seed: int) -> None:
        self.year = year
        self.random = Random(f"{year}/{seed}")  # noqa: S311 - the same sets in every run
        self.answers: dict[str, Answer] = {}

    def is_likely(self, chance: float = _SOUND) -> bool:
        """Draw a yes with this chance."""
        return self.random.random() < chance

    def answer(self, measure_id: str, chance: float = _SOUND) -> None:
        """Answer, mostly yes; now and then not at all."""
        if self.is_likely():
            self.answers[measure_id] = self.is_likely(chance)

    def report(self, measure_id: str) -> None:
        """Report a rate, or claim an exclusion in its place; now and then neither, or both."""
        choices = exclusions(self.year).get(measure_id, [])
        if not choices or self.is_likely(0.7):
            if self.is_likely():
                self.answers[measure_id] = self.draw_rate()
        else:
            self.answers[self.random.choice(choices)] = self.is_likely()
        if choices and not self.is_likely():
            self.answers[self.random.choice(choices)] = self.is_likely(0.5)

    def draw_rate(self) -> Rate:
        """Draw a rate with a patient in it; now and then an empty or an impossible one."""
        if not self.is_likely():
            return self.random.choice([(0, 0), (0, 7), (8, 7)])
        numerator = self.random.randint(1, 400)
        return numerator, numerator + self.random.randint(0, 300)


def draw(year: int, seed: int) -> Answers:
    """Return the answers of one random set."""
    drawn = Draw(year, seed)
    for statement in ("PI_PPHI_1", "PI_INFBLO_1", "PI_ONCDIR_1"):
        drawn.answer(statement)
    if year >= 2022:
        drawn.answer("PI_PPHI_2", 0.9)
    for measure in ("PI_EP_1", "PI_PEA_1"):
        drawn.report(measure)
    draw_monitoring(drawn)
    draw_exchange(drawn)
    draw_registries(drawn)
    if year == 2027:
        drawn.answers.pop("PI_PPHI_1", None)  # no id of that year
    return drawn.answers


def draw_monitoring(drawn: Draw) -> None:
    """Answer for the drug monitoring program, or claim one exclusion, now and then two."""
    choices = exclusions(drawn.year).get("PI_EP_2", [])
    if not choices or drawn.is_likely(0.6):
        drawn.answer("PI_EP_2", 0.9)
        return
    for exclusion in drawn.random.sample(choices, 1 if drawn.is_likely(0.8) else 2):
        drawn.answers[exclusion] = drawn.is_likely()


def draw_exchange(drawn: Draw) -> None:
    """Report one way of exchange; now and then a second one beside it."""
    statements = ["PI_HIE_5"] if drawn.year < 2023 else ["PI_HIE_5", "PI_HIE_6"]
    if drawn.is_likely(0.4):
        drawn.answer(drawn.random.choice(statements))
        return
    drawn.report("PI_HIE_1")
    drawn.report("PI_HIE_4")
    halves = {"PI_HIE_1", "PI_HIE_4"} & drawn.answers.keys()
    if halves and not drawn.is_likely():
        drawn.answer(drawn.random.choice(statements))


def draw_registries(drawn: Draw) -> None:
    """Answer for registries or exclude them, with levels and bonuses where the year has them."""
    excluding = exclusions(drawn.year)
    required = drawn.random.sample("12345", 2) if drawn.year == 2021 else ["1", "3"]
    for number in required:
        registry = f"PI_PHCDRR_{number}"
        if drawn.is_likely(0.7):
            drawn.answer(registry)
        else:
            drawn.answers[drawn.random.choice(excluding[registry])] = drawn.is_likely()
        if drawn.year == 2021 and not drawn.is_likely(0.8):
            drawn.answers[f"{registry}_MULTI"] = drawn.is_likely()
    if drawn.year >= 2022 and drawn.is_likely(0.3):
        drawn.answer(f"PI_PHCDRR_{drawn.random.choice('245')}", 0.8)
    if drawn.year >= 2026 and drawn.is_likely(0.3):
        drawn.answer("PI_PHCDRR_6")
    if drawn.year >= 2023:
        draw_levels(drawn)


def draw_levels(drawn: Draw) -> None:
    """Give each registry that is reported its level; now and then none, or both."""
    for number in "12345":
        registry = f"PI_PHCDRR_{number}"
        if drawn.answers.get(registry) is True and drawn.is_likely():
            drawn.answers[f"{registry}_{drawn.random.choice(['PRE', 'PROD'])}"] = True
            if not drawn.is_likely():
                drawn.answers[f"{registry}_PRE"] = True


@pytest.mark.parametrize("year", SCORED_YEARS)
def test_the_second_reader_says_the_same(year: int, registry: PluginRegistry) -> None:
    compliant_set = compliant(year)[0]["measurementSets"][0]
    ids = {each["measureId"] for each in compliant_set["measurements"]}
    seen: Counter[str] = Counter()
    for seed in range(_SETS_A_YEAR):
        answers = draw(year, seed)
        reading = read(year, answers)
        score = scored(registry, submission(year, answers, ids - answers.keys()))["score"]
        costs = {each["consequence"] for each in score["zeroedBy"]}
        said = ("submissionRejected" in costs, "categoryZero" in costs, score["points"])
        assert said == (bool(reading.refused), bool(reading.zero), reading.points), answers
        seen["refused"] += bool(reading.refused)
        seen["zero"] += bool(reading.zero)
        seen["scored"] += reading.points > 0
    # all three kinds were met, so that none of the comparisons is empty
    assert min(seen[kind] for kind in ("refused", "zero", "scored")) >= 5, seen
