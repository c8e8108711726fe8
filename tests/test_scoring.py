"""The arithmetic of the score, example by example."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest

from picheck.hooks.inventory import Inventory
from picheck_pi.scoring.rounding import points_for
from picheck_pi.scoring.tariff import Grounded, Rounding, Tariff, cited, tariff_of
from scoring_support import TARIFF_YEARS, Document, raw, scored, submission, theatre
from support import is_in_matrix

_HIE = ["PI_HIE_5"]
_REGISTRIES = ["PI_PHCDRR_1", "PI_PHCDRR_3", "PI_PHCDRR_1_PROD", "PI_PHCDRR_3_PROD"]
_EVERYTHING: dict[str, Any] = {
    "PI_LVPP_1": True,
    "PI_EP_2_EX_2": True,
    "PI_LVOTC_1": True,
    "PI_LVITC_2": True,
    "PI_PHCDRR_1_EX_1": True,
    "PI_PHCDRR_3_EX_1": True,
    "PI_PEA_1": (90, 100),
}
_NOTHING_LEFT = [*_HIE, "PI_EP_1", "PI_EP_2", *_REGISTRIES]

#: Year, submission, points of the measures; base, bonus, points, points of a 25% category; ties.
Example = tuple[int, Document, dict[str, float], tuple[int, int, int, float], list[str]]
#: By their number among the worked examples.
EXAMPLES: dict[str, Example] = {
    "1, the sample that CMS publishes": (
        2021,
        submission(
            2021,
            {
                "PI_EP_1": (49, 115),
                "PI_HIE_1": (1123, 1951),
                "PI_HIE_4": (923, 951),
                "PI_PEA_1": (861, 1809),
                "PI_PHCDRR_1_MULTI": True,
            },
            [*_HIE, "PI_PHCDRR_3"],
        ),
        {
            "PI_EP_1": 4,
            "PI_HIE_1": 12,
            "PI_HIE_4": 19,
            "PI_PEA_1": 19,
            "PI_PHCDRR_1": 5,
            "PI_PHCDRR_1_MULTI": 5,
        },
        (64, 0, 64, 16),
        [],
    ),
    "3": (
        2022,
        submission(
            2022,
            {
                "PI_LVPP_1": True,
                "PI_HIE_1": (180, 200),
                "PI_HIE_4": (120, 150),
                "PI_PEA_1": (300, 400),
                "PI_EP_2": True,
                "PI_PHCDRR_4": True,
            },
            [*_HIE, "PI_EP_1"],
        ),
        {"PI_EP_1": 0, "PI_HIE_1": 23, "PI_HIE_4": 20, "PI_PEA_1": 30},
        (83, 15, 98, 24.5),
        ["PI_HIE_1"],
    ),
    "5": (
        2023,
        submission(
            2023,
            {
                "PI_EP_2_EX_1": True,
                "PI_EP_1": (83, 104),
                "PI_LVITC_2": True,
                "PI_HIE_1": (30, 40),
                "PI_PEA_1": (450, 500),
            },
            [*_HIE, "PI_EP_2"],
        ),
        {"PI_EP_1": 16, "PI_EP_2": 0, "PI_HIE_1": 23, "PI_HIE_4": 0, "PI_PEA_1": 23},
        (87, 0, 87, 21.75),
        ["PI_HIE_1", "PI_PEA_1"],
    ),
    "7": (
        2024,
        submission(
            2024,
            {
                "PI_LVPP_1": True,
                "PI_EP_2_EX_2": True,
                "PI_HIE_1": (60, 120),
                "PI_HIE_4": (90, 120),
                "PI_PEA_1": (97, 100),
                "PI_PHCDRR_4": True,
                "PI_PHCDRR_4_PROD": True,
            },
            [*_HIE, "PI_EP_1", "PI_EP_2"],
        ),
        {"PI_HIE_1": 13, "PI_HIE_4": 19, "PI_PEA_1": 24},
        (81, 5, 86, 21.5),
        ["PI_HIE_1"],
    ),
    "9": (
        2025,
        submission(
            2025,
            {"PI_EP_1": (800, 1000), "PI_LVOTC_1": True, "PI_LVITC_2": True, "PI_PEA_1": (1, 300)},
            _HIE,
        ),
        {"PI_EP_1": 8, "PI_EP_2": 10, "PI_HIE_1": 0, "PI_HIE_4": 0, "PI_PEA_1": 1},
        (44, 0, 44, 11),
        [],
    ),
    "10, the lowest score that is not zero": (
        2025,
        submission(
            2025,
            {
                "PI_EP_1": (1, 4000),
                "PI_HIE_1": (1, 900),
                "PI_HIE_4": (1, 900),
                "PI_PEA_1": (1, 9000),
            },
            _HIE,
        ),
        {"PI_EP_1": 1, "PI_EP_2": 10, "PI_HIE_1": 1, "PI_HIE_4": 1, "PI_PEA_1": 1},
        (39, 0, 39, 9.75),
        [],
    ),
    "11, a no to the suppressed measure": (
        2025,
        submission(
            2025,
            {"PI_EP_1": (500, 600), "PI_PEA_1": (200, 240), "PI_PHCDRR_3": False},
            ["PI_PHCDRR_3_PROD"],
        ),
        {"PI_EP_1": 8, "PI_EP_2": 10, "PI_HIE_5": 30, "PI_PEA_1": 21, "PI_PHCDRR_3": 12.5},
        (94, 0, 94, 23.5),
        [],
    ),
    "13, everything excluded": (
        2024,
        submission(2024, _EVERYTHING, _NOTHING_LEFT),
        {"PI_PEA_1": 90, "publicHealthAndClinicalDataExchange": 0},
        (90, 0, 90, 22.5),
        [],
    ),
    "13, in the year that keeps public health": (
        2025,
        submission(2025, _EVERYTHING, _NOTHING_LEFT),
        {"PI_PEA_1": 68, "publicHealthAndClinicalDataExchange": 25},
        (93, 0, 93, 23.25),
        ["PI_PEA_1"],
    ),
    "15, SAFER answered no": (
        2023,
        submission(2023, {"PI_PPHI_2": False, "PI_EP_1": (600, 600), "PI_PEA_1": (500, 500)}),
        {"PI_EP_1": 10, "PI_PEA_1": 25},
        (100, 0, 100, 25),
        [],
    ),
}


@pytest.mark.parametrize("name", [name for name in EXAMPLES if is_in_matrix(EXAMPLES[name][0])])
def test_a_worked_example_is_reproduced_measure_by_measure(name: str, inventory: Inventory) -> None:
    _, document, measures, (base, bonus, points, weighted), ties = EXAMPLES[name]
    score = scored(inventory, document)["score"]
    found = {row["id"]: row["points"] for row in score["measures"]}
    assert {measure_id: found[measure_id] for measure_id in measures} == measures
    assert (score["base"], score["bonus"], score["points"], score["weighted"]) == (
        base,
        bonus,
        points,
        weighted,
    )
    assert score["ties"] == ties
    assert sum(row["points"] for row in score["measures"]) == base


@pytest.mark.skipif(not is_in_matrix(2024), reason="another year of the matrix")
def test_the_same_file_a_year_later_is_zero_and_says_why(inventory: Inventory) -> None:
    document = submission(2024, {"PI_PPHI_2": False, "PI_EP_1": (600, 600), "PI_PEA_1": (500, 500)})
    score = scored(inventory, document)["score"]
    assert score["points"] == 0
    assert score["weighted"] == 0
    assert [finding["code"] for finding in score["zeroedBy"]] == ["PIC-ATT-01"]
    assert score["pointsWithoutFindings"] == 100
    assert score["waterfall"][-1]["to"] == 0


@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
def test_the_minimal_file_of_the_matrix_scores_94(inventory: Inventory) -> None:
    """Also the year before and after: there a no to case reporting costs everything."""
    score = scored(inventory, EXAMPLES["11, a no to the suppressed measure"][1])["score"]
    assert score["points"] == 94
    assert score["basis"] == "strong"
    assert score["zeroedBy"] == []


@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
@pytest.mark.parametrize(
    ("answers", "gone", "maxima"),
    [
        ({"PI_LVPP_1": True, "PI_EP_2_EX_1": True}, ["PI_EP_1", "PI_EP_2"], {"PI_HIE_5": 50}),
        ({"PI_LVPP_1": True}, ["PI_EP_1"], {"PI_HIE_5": 40, "PI_EP_2": 10}),
        ({"PI_EP_2_EX_1": True}, ["PI_EP_2"], {"PI_EP_1": 20, "PI_HIE_5": 30}),
        (
            {"PI_LVPP_1": True, "PI_EP_2_EX_1": True, "PI_LVOTC_1": True, "PI_HIE_4": (9, 10)},
            ["PI_EP_1", "PI_EP_2", "PI_HIE_5"],
            {"PI_HIE_4": 35, "PI_PEA_1": 40},
        ),
        (
            {"PI_LVPP_1": True, "PI_EP_2_EX_1": True, "PI_LVITC_2": True, "PI_HIE_1": (9, 10)},
            ["PI_EP_1", "PI_EP_2", "PI_HIE_5"],
            {"PI_HIE_1": 50, "PI_PEA_1": 25},
        ),
        (
            {"PI_LVPP_1": True, "PI_EP_2_EX_1": True, "PI_LVOTC_1": True, "PI_LVITC_2": True},
            ["PI_EP_1", "PI_EP_2", "PI_HIE_5"],
            {"PI_PEA_1": 75},
        ),
        ({"PI_PHCDRR_1_EX_1": True}, ["PI_PHCDRR_1", "PI_PHCDRR_1_PROD"], {"PI_PHCDRR_3": 25}),
    ],
)
def test_points_move_as_the_matrix_says(
    answers: dict[str, Any], gone: list[str], maxima: dict[str, int], inventory: Inventory
) -> None:
    score = scored(inventory, submission(2025, answers, gone))["score"]
    found = {row["id"]: row["maximum"] for row in score["measures"]}
    assert {slot: found[slot] for slot in maxima} == maxima
    assert sum(found.values()) == 100
    assert all(
        row["maximum"] == row["baseMaximum"] + sum(m["points"] for m in row["movedIn"])
        for row in score["measures"]
        if row["movedIn"]
    )


@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
def test_a_weak_step_is_named_with_its_sources(inventory: Inventory) -> None:
    score = scored(inventory, submission(2025, {"PI_LVPP_1": True}, ["PI_EP_1"]))["score"]
    assert score["basis"] == "weak"
    (step,) = [step for step in score["weak"] if step["kind"] == "move"]
    assert "e-Prescribing excluded" in step["what"]
    assert step["strength"] == "inferred"
    assert "unverified" in {citation["standing"] for citation in step["citations"]}


@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
def test_the_bonus_counts_once_and_no_score_exceeds_the_cap(inventory: Inventory) -> None:
    extra = {f"PI_PHCDRR_{n}{suffix}": True for n in (2, 4, 5) for suffix in ("", "_PROD")}
    score = scored(
        inventory, submission(2025, {**extra, "PI_EP_1": (9, 9), "PI_PEA_1": (99, 100)})
    )["score"]
    assert (score["base"], score["bonus"], score["capped"], score["points"]) == (100, 5, 5, 100)


@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
def test_a_bonus_without_its_level_is_lost_and_the_rule_named(inventory: Inventory) -> None:
    score = scored(inventory, submission(2025, {"PI_PHCDRR_4": True}))["score"]
    assert score["bonus"] == 0
    assert score["bonuses"][0]["lost"] == [{"id": "PI_PHCDRR_4", "rule": "PIC-PUB-03"}]


@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
@pytest.mark.parametrize(
    ("program", "entity_type", "participation", "weight"),
    [
        ("mips", "group", "mips", 0.25),
        ("M0001", "group", "mvp", 0.25),
        ("app1", "group", "app", 0.30),
        ("mips", "apm", "apm", 0.30),
    ],
)
def test_the_weight_follows_the_way_of_taking_part(
    program: str, entity_type: str, participation: str, weight: float, inventory: Inventory
) -> None:
    document = submission(2025, {}, programName=program)
    document["entityType"] = entity_type
    if entity_type == "apm":
        del document["taxpayerIdentificationNumber"]
        document["entityId"] = "A0000"
    score = scored(inventory, document)["score"]
    assert (score["participation"], score["weight"]) == (participation, weight)
    assert score["weighted"] == pytest.approx(97 * weight)
    asked = scored(inventory, document, participation="app")["score"]
    assert asked["weight"] == 0.30


@pytest.mark.parametrize("year", [y for y in (2023, 2024) if is_in_matrix(y)])
def test_contradicting_sets_follow_the_policy_of_the_year(year: int, inventory: Inventory) -> None:
    document = submission(year, {})
    other = copy.deepcopy(document["measurementSets"][0])
    other["submissionMethod"] = "electronicHealthRecord"
    counts = next(m for m in other["measurements"] if m["measureId"] == "PI_PEA_1")
    counts["value"] = {"numerator": 412, "denominator": 412}
    document["measurementSets"].append(other)
    record = scored(inventory, document)
    assert [each["pointsWithoutFindings"] for each in record["sets"]] == [97, 99]
    assert record["counts"] == 1
    assert record["conflict"]["chosenBy"] == "year"
    expected = {2023: 0, 2024: 99}
    assert record["score"]["points"] == expected[year]
    assert scored(inventory, document, conflict_policy="highest")["score"]["points"] == 99
    assert scored(inventory, document, conflict_policy="zero")["score"]["points"] == 0


@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
def test_several_documents_of_one_entity_are_one_score(inventory: Inventory) -> None:
    record = scored(inventory, submission(2025, {"PI_PEA_1": (100, 412)}), submission(2025, {}))
    assert [each["points"] for each in record["sets"]] == [80, 97]
    assert record["score"]["uri"] == "document-1.json"


@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
def test_every_change_offered_is_verified_and_brings_its_points(inventory: Inventory) -> None:
    document = submission(
        2025,
        {"PI_PPHI_1": False, "PI_PEA_1": (0, 412), "PI_EP_1": (90, 95)},
        ["PI_HIE_5"],
        performanceStart="2025-09-01",
    )
    stage = theatre(inventory, 2025)
    before = raw(document)
    _, (shown,) = stage.show(before)
    items = stage.what_if(shown)
    assert before == raw(document)
    together = items[0]
    assert together["score"] == 75
    assert len(together["parts"]) == 4
    assert together["settles"] == ["PIC-ATT-01", "PIC-HIE-01", "PIC-MEA-04", "PIC-PER-03"]
    assert all(item["verified"] and item["points"] > 0 for item in items)
    rest = [item["points"] for item in items[1:]]
    assert rest == sorted(rest, reverse=True)
    assert {item["spot"] for item in items} >= {"registry", "PI_EP_1", "PI_PEA_1"}


def test_the_ways_to_round_half_a_point() -> None:
    def rounded(goes: str) -> int:
        rounding = msgspec.convert(
            {
                "unit": 1,
                "minimum": 1,
                "strength": "official",
                "sources": [],
                "tie": {"goes": goes, "strength": "inferred", "sources": []},
            },
            Rounding,
        )
        found = points_for(1, 2, 25, rounding)
        assert found.is_tie
        return found.points

    assert {goes: rounded(goes) for goes in ("up", "down", "even")} == {
        "up": 13,
        "down": 12,
        "even": 12,
    }


@pytest.mark.parametrize("year", TARIFF_YEARS)
def test_every_number_of_a_tariff_is_cited_as_strongly_as_it_says(
    year: int, inventory: Inventory
) -> None:
    book = inventory.shelf.rulebook("pi", year)
    for name, ground in _grounds(tariff_of(book)):
        standings = {citation.standing for citation in cited(ground.sources, book)}
        assert standings, name
        if ground.strength != "inferred":
            assert ground.strength in standings, name
            assert "unverified" not in standings, name
        else:
            assert "unverified" in standings or ground.note, name


def _grounds(tariff: Tariff) -> list[tuple[str, Grounded]]:
    several = [*tariff.maxima, *tariff.steps, *tariff.bonuses, *tariff.weights.values()]
    single = [tariff.category, tariff.rounding, tariff.rounding.tie, tariff.conflicts, tariff.kept]
    return [(repr(ground)[:80], ground) for ground in (*several, *single) if ground is not None]
