"""The worked scoring examples, measure by measure."""

from __future__ import annotations

from typing import Any

import pytest

from picheck.plugins.registry import PluginRegistry
from scoring_support import Document, scored, submission
from support import is_in_matrix, or_skip_year

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


@pytest.mark.parametrize(
    "name", or_skip_year(name for name in EXAMPLES if is_in_matrix(EXAMPLES[name][0]))
)
def test_a_worked_example_is_reproduced_measure_by_measure(
    name: str, registry: PluginRegistry
) -> None:
    _, document, measures, (base, bonus, points, weighted), ties = EXAMPLES[name]
    score = scored(registry, document)["score"]
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


@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
def test_a_rate_that_carries_most_of_the_points_is_named(registry: PluginRegistry) -> None:
    heavy = scored(registry, EXAMPLES["9"][1])["score"]
    assert heavy["heaviest"] == {"id": "PI_PEA_1", "maximum": 55, "of": 100}
    assert scored(registry, submission(2025, {}))["score"]["heaviest"] is None


@pytest.mark.skipif(not is_in_matrix(2024), reason="another year of the matrix")
def test_the_same_file_a_year_later_is_zero_and_says_why(registry: PluginRegistry) -> None:
    document = submission(2024, {"PI_PPHI_2": False, "PI_EP_1": (600, 600), "PI_PEA_1": (500, 500)})
    score = scored(registry, document)["score"]
    assert score["points"] == 0
    assert score["weighted"] == 0
    assert [finding["code"] for finding in score["zeroedBy"]] == ["PIC-ATT-01"]
    assert score["pointsWithoutFindings"] == 100
    assert score["waterfall"][-1]["to"] == 0


@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
def test_the_minimal_file_of_the_matrix_scores_94(registry: PluginRegistry) -> None:
    """Also the year before and after: there a no to case reporting costs everything."""
    score = scored(registry, EXAMPLES["11, a no to the suppressed measure"][1])["score"]
    assert score["points"] == 94
    assert score["basis"] == "strong"
    assert score["zeroedBy"] == []
