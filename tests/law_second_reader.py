"""A second reader of the law: by hand from the guides, without a year's tables or any rule.

It knows the measures of one set and nothing else: no dates, no certification id, no evidence. A
rate is a pair of numerator and denominator, everything else is a yes or a no.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations
from math import floor
from typing import Final, NamedTuple

Rate = tuple[int, int]
Answer = bool | Rate
Answers = Mapping[str, Answer]

_RATES: Final = ("PI_EP_1", "PI_HIE_1", "PI_HIE_4", "PI_PEA_1")
_BONUS_REGISTRIES: Final = "245"


class Reading(NamedTuple):
    """What the law says of one set: why it is refused, why it scores zero, and its points."""

    refused: tuple[str, ...]
    zero: tuple[str, ...]
    points: int


def read(year: int, answers: Answers) -> Reading:
    """Return what the law of a year says of the answers of one set."""
    refused, zero = tuple(_refusals(year, answers)), tuple(_zeros(year, answers))
    return Reading(refused, zero, 0 if refused or zero else _score(year, answers))


def exclusions(year: int) -> dict[str, list[str]]:
    """Return the exclusions of each measure that has any."""
    found = {"PI_EP_1": ["PI_LVPP_1"], "PI_HIE_1": ["PI_LVOTC_1"], "PI_HIE_4": ["PI_LVITC_2"]}
    for number in "12345" if year == 2021 else "13":
        registry = f"PI_PHCDRR_{number}"
        found[registry] = [f"{registry}_EX_{n}" for n in (1, 2, 3)]
        if year == 2021:
            found[f"{registry}_MULTI"] = found[registry]
    if year == 2022:
        found["PI_PHCDRR_3"].append("PI_PHCDRR_3_EX_4")
    if year >= 2023:
        found["PI_EP_2"] = [f"PI_EP_2_EX_{n}" for n in ((1, 2, 3) if year == 2023 else (1, 2))]
    return found


def _rivals(year: int) -> Iterator[tuple[str, str]]:
    """Yield the pairs of ids that cannot be in one set."""
    excluding = exclusions(year)
    yield from (("PI_HIE_5", half) for half in ("PI_HIE_1", "PI_HIE_4"))
    for number in "12345" if year == 2021 else "13":
        yield from combinations(excluding[f"PI_PHCDRR_{number}"], 2)
    if year >= 2023:
        yield from (("PI_HIE_6", other) for other in ("PI_HIE_1", "PI_HIE_4", "PI_HIE_5"))
        yield from ((f"PI_PHCDRR_{n}_PRE", f"PI_PHCDRR_{n}_PROD") for n in "12345")
    if year >= 2025:
        yield ("PI_EP_2_EX_1", "PI_EP_2_EX_2")


def _refusals(year: int, answers: Answers) -> Iterator[str]:
    """Yield what the API refuses the set for; an exclusion that says no is not claimed."""
    excluding = exclusions(year)
    claimable = {each for ids in excluding.values() for each in ids}
    there = {i for i, value in answers.items() if i not in claimable or value is True}
    for measure, ids in excluding.items():
        yield from (f"{measure} beside {each}" for each in ids if {measure, each} <= there)
    yield from (f"{one} beside {other}" for one, other in _rivals(year) if {one, other} <= there)
    for measure in _RATES:
        value = answers.get(measure)
        if isinstance(value, tuple) and value[0] > value[1]:
            yield f"{measure} above its denominator"


def _zeros(year: int, answers: Answers) -> Iterator[str]:
    """Yield what brings the whole category to zero."""
    yield from _unmet_statements(year, answers)
    for measure in ("PI_EP_1", "PI_PEA_1"):
        if measure not in answers and not _is_excluded(year, answers, measure):
            yield f"{measure} missing"
    for measure in _RATES:
        value = answers.get(measure)
        is_empty = isinstance(value, tuple) and value[0] < 1
        if is_empty and not _is_excluded(year, answers, measure):
            yield f"{measure} without a patient"
    if year >= 2023 and not _is_yes_or_excluded(year, answers, "PI_EP_2"):
        yield "PI_EP_2"
    if not _exchanges(year, answers):
        yield "no exchange"
    yield from _unmet_registries(year, answers)


def _unmet_statements(year: int, answers: Answers) -> Iterator[str]:
    demanded = ["PI_INFBLO_1", "PI_ONCDIR_1"]
    if year < 2027:
        demanded.append("PI_PPHI_1")
    if year >= 2024:
        demanded.append("PI_PPHI_2")
    yield from (each for each in demanded if answers.get(each) is not True)
    if year in {2022, 2023} and "PI_PPHI_2" not in answers:
        yield "PI_PPHI_2"


def _unmet_registries(year: int, answers: Answers) -> Iterator[str]:
    if year == 2021:
        if _count_registries(answers) < 2:
            yield "fewer than two registries"
        return
    for registry in ("PI_PHCDRR_1", "PI_PHCDRR_3"):
        is_yes = answers.get(registry) is True
        # Electronic case reporting is suppressed in 2025: it has to be answered, and a no will do.
        is_met = is_yes or (year == 2025 and registry == "PI_PHCDRR_3" and registry in answers)
        if not is_met and not _is_excluded(year, answers, registry):
            yield registry
        if is_yes and year >= 2023 and not _has_level(answers, registry):
            yield f"{registry} without a level"


def _count_registries(answers: Answers) -> int:
    """Count registries that are reported, once more where there are two of a kind, or excluded."""
    count = 0
    for number in "12345":
        registry = f"PI_PHCDRR_{number}"
        if answers.get(registry) is True:
            count += 1 + (answers.get(f"{registry}_MULTI") is True)
        elif _is_excluded(2021, answers, registry):
            count += 1
    return count


def _exchanges(year: int, answers: Answers) -> bool:
    """Whether one way of exchange is whole."""
    if any(answers.get(each) is True for each in ("PI_HIE_5", "PI_HIE_6")):
        return True
    halves = ("PI_HIE_1", "PI_HIE_4")
    return all(each in answers or _is_excluded(year, answers, each) for each in halves)


def _is_excluded(year: int, answers: Answers, measure: str) -> bool:
    return any(answers.get(each) is True for each in exclusions(year).get(measure, ()))


def _is_yes_or_excluded(year: int, answers: Answers, measure: str) -> bool:
    return answers.get(measure) is True or _is_excluded(year, answers, measure)


def _has_level(answers: Answers, registry: str) -> bool:
    return any(answers.get(f"{registry}_{level}") is True for level in ("PRE", "PROD"))


def _score(year: int, answers: Answers) -> int:
    """Return the points of a set that is neither refused nor zero, one way of exchange in it."""
    is_old = year < 2023
    e_rx = 10
    moved, patients, points = 0, 40 if is_old else 25, 0
    if not is_old:
        if not _is_excluded(year, answers, "PI_EP_2"):
            points += 10
        elif "PI_EP_1" in answers:
            e_rx += 10
        else:
            moved += 10
    if "PI_EP_1" not in answers:
        moved += e_rx
    exchange, passed_on = _score_exchange(answers, 20 if is_old else 15, moved)
    registries, left = _score_registries(year, answers)
    points += exchange + registries + _round(answers.get("PI_EP_1"), e_rx)
    points += _round(answers["PI_PEA_1"], patients + passed_on + left)
    return min(100, points + _bonus(year, answers))


def _score_exchange(answers: Answers, half: int, moved: int) -> tuple[int, int]:
    """Return the points of the exchange objective, and the maximum that it passes on."""
    if any(answers.get(each) is True for each in ("PI_HIE_5", "PI_HIE_6")):
        return 2 * half + moved, 0
    sending, receiving = answers.get("PI_HIE_1"), answers.get("PI_HIE_4")
    if sending and receiving:
        each = half + Fraction(moved, 2)
        return _round(sending, each) + _round(receiving, each), 0
    if sending:
        return _round(sending, 2 * half + moved), 0
    if receiving:
        return _round(receiving, half + moved), half
    return 0, 2 * half + moved


def _score_registries(year: int, answers: Answers) -> tuple[int, int]:
    """Return the points of the public health objective, and the maximum that it passes on."""
    maximum = 10 if year < 2023 else 25
    if year == 2021:
        is_left = not any(answers.get(f"PI_PHCDRR_{n}") is True for n in "12345")
    else:
        both = ("PI_PHCDRR_1", "PI_PHCDRR_3")
        is_left = year != 2025 and all(_is_excluded(year, answers, each) for each in both)
    return (0, maximum) if is_left else (maximum, 0)


def _bonus(year: int, answers: Answers) -> int:
    yes = [n for n in _BONUS_REGISTRIES if answers.get(f"PI_PHCDRR_{n}") is True]
    if year >= 2023:
        yes = [n for n in yes if _has_level(answers, f"PI_PHCDRR_{n}")]
    if answers.get("PI_PHCDRR_6") is True and any(
        answers.get(f"PI_PHCDRR_{n}") is True and answers.get(f"PI_PHCDRR_{n}_PROD") is True
        for n in "1234"
    ):
        yes.append("6")
    points = 5 if yes and year > 2021 else 0
    return points + (10 if year < 2023 and answers.get("PI_EP_2") is True else 0)


def _round(rate: Answer | None, maximum: int | Fraction) -> int:
    """Return the points of a rate: rounded half up, and never none once a patient is in it."""
    if not isinstance(rate, tuple):
        return 0
    return max(1, floor(Fraction(*rate) * maximum + Fraction(1, 2)))
