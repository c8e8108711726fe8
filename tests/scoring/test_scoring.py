"""How points move, what is weak, what counts, and what would bring more."""

from __future__ import annotations

import copy
import json
from types import ModuleType
from typing import Any

import msgspec
import pytest

from picheck.api import Scene, Wish, hookimpl
from picheck.errors import PluginConflict, PluginError
from picheck.plugins.host import Host
from picheck.plugins.registry import PluginRegistry, collect_plugins
from picheck_pi.scoring import PromotingInteroperabilityPreview
from picheck_pi.scoring.arithmetic import round_rate
from picheck_pi.scoring.config import (
    Rounding,
    ScoringConfig,
    Sourced,
    list_citations,
    read_config,
)
from scoring_support import SCORED_YEARS, raw, score_runner, scored, submission
from support import YEAR, is_in_matrix, or_skip_year, some


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
    answers: dict[str, Any], gone: list[str], maxima: dict[str, int], registry: PluginRegistry
) -> None:
    score = scored(registry, submission(2025, answers, gone))["score"]
    found = {row["id"]: row["maximum"] for row in score["measures"]}
    assert {slot: found[slot] for slot in maxima} == maxima
    assert sum(found.values()) == 100
    assert all(
        row["maximum"] == row["baseMaximum"] + sum(m["points"] for m in row["movedIn"])
        for row in some(score["measures"])
        if row["movedIn"]
    )


@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
def test_a_weak_step_is_named_with_its_sources(registry: PluginRegistry) -> None:
    score = scored(registry, submission(2025, {"PI_LVPP_1": True}, ["PI_EP_1"]))["score"]
    assert score["basis"] == "weak"
    (step,) = [step for step in score["weak"] if step["kind"] == "move"]
    assert "e-Prescribing excluded" in step["what"]
    assert step["strength"] == "inferred"
    assert "unverified" in {citation["standing"] for citation in step["citations"]}


@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
def test_the_bonus_counts_once_and_no_score_exceeds_the_cap(registry: PluginRegistry) -> None:
    extra = {f"PI_PHCDRR_{n}{suffix}": True for n in (2, 4, 5) for suffix in ("", "_PROD")}
    score = scored(registry, submission(2025, {**extra, "PI_EP_1": (9, 9), "PI_PEA_1": (99, 100)}))[
        "score"
    ]
    assert (score["base"], score["bonus"], score["capped"], score["points"]) == (100, 5, 5, 100)


@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
def test_a_bonus_without_its_level_is_lost_and_the_rule_named(registry: PluginRegistry) -> None:
    score = scored(registry, submission(2025, {"PI_PHCDRR_4": True}))["score"]
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
    program: str, entity_type: str, participation: str, weight: float, registry: PluginRegistry
) -> None:
    document = submission(2025, {}, programName=program)
    document["entityType"] = entity_type
    if entity_type == "apm":
        del document["taxpayerIdentificationNumber"]
        document["entityId"] = "A0000"
    score = scored(registry, document)["score"]
    assert (score["participation"], score["weight"]) == (participation, weight)
    assert score["weighted"] == pytest.approx(97 * weight)
    asked = scored(registry, document, participation="app")["score"]
    assert asked["weight"] == 0.30


@pytest.mark.parametrize("year", or_skip_year(y for y in (2023, 2024) if is_in_matrix(y)))
def test_contradicting_sets_follow_the_policy_of_the_year(
    year: int, registry: PluginRegistry
) -> None:
    document = submission(year, {})
    other = copy.deepcopy(document["measurementSets"][0])
    other["submissionMethod"] = "electronicHealthRecord"
    counts = next(m for m in other["measurements"] if m["measureId"] == "PI_PEA_1")
    counts["value"] = {"numerator": 412, "denominator": 412}
    document["measurementSets"].append(other)
    record = scored(registry, document)
    assert [each["pointsWithoutFindings"] for each in record["sets"]] == [97, 99]
    assert record["counts"] == 1
    assert record["conflict"]["chosenBy"] == "year"
    expected = {2023: 0, 2024: 99}
    assert record["score"]["points"] == expected[year]
    assert scored(registry, document, conflict_policy="highest")["score"]["points"] == 99
    assert scored(registry, document, conflict_policy="zero")["score"]["points"] == 0


@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
def test_several_documents_of_one_entity_are_one_score(registry: PluginRegistry) -> None:
    record = scored(registry, submission(2025, {"PI_PEA_1": (100, 412)}), submission(2025, {}))
    assert [each["points"] for each in record["sets"]] == [80, 97]
    assert record["score"]["uri"] == "document-1.json"


@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
def test_a_set_of_another_category_without_measurements_changes_no_score(
    registry: PluginRegistry,
) -> None:
    alone, beside = submission(2025, {}), submission(2025, {})
    beside["measurementSets"].append({"category": "quality", "submissionMethod": "registry"})
    assert scored(registry, beside)["score"] == scored(registry, alone)["score"]
    assert scored(registry, beside)["year"] == 2025


@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
def test_every_change_offered_is_verified_and_brings_its_points(registry: PluginRegistry) -> None:
    document = submission(
        2025,
        {"PI_PPHI_1": False, "PI_PEA_1": (0, 412), "PI_EP_1": (90, 95)},
        ["PI_HIE_5"],
        performanceStart="2025-09-01",
    )
    runner = score_runner(registry, 2025)
    before = raw(document)
    _, (shown,) = runner.score(before)
    items = runner.what_if(shown)
    assert before == raw(document)
    together = items[0]
    assert together["score"] == 75
    assert len(together["parts"]) == 4
    assert together["settles"] == ["PIC-ATT-01", "PIC-HIE-01", "PIC-MEA-04", "PIC-PER-03"]
    assert all(item["verified"] and item["points"] > 0 for item in some(items))
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
        found = round_rate(1, 2, 25, rounding)
        assert found.is_tie
        return found.points

    assert {goes: rounded(goes) for goes in ("up", "down", "even")} == {
        "up": 13,
        "down": 12,
        "even": 12,
    }


@pytest.mark.parametrize("year", SCORED_YEARS)
def test_every_number_of_a_year_is_cited_as_strongly_as_it_says(
    year: int, registry: PluginRegistry
) -> None:
    book = registry.rulebooks.rulebook("pi", year)
    for name, basis in some(_bases(read_config(book))):
        standings = {citation.standing for citation in list_citations(basis, book)}
        assert standings, name
        if basis.strength != "inferred":
            assert basis.strength in standings, name
            assert "unverified" not in standings, name
        else:
            assert "unverified" in standings or basis.note, name


def _bases(config: ScoringConfig) -> list[tuple[str, Sourced]]:
    several = [
        *config.maxima,
        *config.steps,
        *config.bonuses,
        *config.weights.values(),
        *config.reweighting,
    ]
    single = [config.category, config.rounding, config.rounding.tie, config.conflicts, config.kept]
    return [(repr(basis)[:80], basis) for basis in (*several, *single) if basis is not None]


# The other way: leaving the category out


@pytest.mark.parametrize("year", SCORED_YEARS)
def test_the_weights_of_all_categories_add_up_with_and_without_this_one(
    year: int, registry: PluginRegistry
) -> None:
    config = read_config(registry.rulebooks.rulebook("pi", year))
    assert {way for each in config.reweighting for way in each.participation} == set(config.weights)
    for each in some(config.reweighting):
        assert sum(each.sent.values()) == sum(each.left_out.values()) == 100
        assert each.left_out["promotingInteroperability"] == 0
        for way in each.participation:
            assert each.sent["promotingInteroperability"] == config.weights[way].percent


def weights_left_out(choice: dict[str, Any]) -> tuple[int, ...]:
    """Return what each category weighs where this one is left out."""
    return tuple(row["leftOut"] for row in choice["weights"])


def with_grounds(
    registry: PluginRegistry, document: dict[str, Any], **eligibility: Any
) -> dict[str, Any]:
    """Return the record of an entity whose evidence gives grounds to leave the category out."""
    return with_evidence(registry, document, {"eligibility": eligibility})


def with_evidence(
    registry: PluginRegistry, document: dict[str, Any], evidence: dict[str, Any]
) -> dict[str, Any]:
    """Return the record of an entity whose document comes with evidence."""
    (given,) = raw(document)
    given = msgspec.structs.replace(given, evidence=json.dumps(evidence).encode())
    return score_runner(registry, document["performanceYear"]).score([given])[1][0].record


@pytest.mark.skipif(not is_in_matrix(2025), reason="another year of the matrix")
@pytest.mark.parametrize(
    ("program", "entity_type", "statuses", "expected"),
    [
        ("mips", "group", ["hospitalBased"], (55, 30, 15, 0)),
        ("mips", "group", ["smallPractice"], (40, 30, 30, 0)),
        ("M0001", "group", ["smallPractice", "ascBased"], (40, 30, 30, 0)),
        ("app1", "group", ["smallPractice"], (75, 0, 25, 0)),
        ("mips", "apm", ["smallPractice"], (85, 0, 15, 0)),
    ],
)
def test_a_reweighted_entity_sees_both_ways(
    program: str,
    entity_type: str,
    statuses: list[str],
    expected: tuple[int, ...],
    registry: PluginRegistry,
) -> None:
    document = submission(2025, {}, programName=program)
    document["entityType"] = entity_type
    if entity_type == "apm":
        del document["taxpayerIdentificationNumber"]
        document["entityId"] = "A0000"
    record = with_grounds(registry, document, specialStatuses=statuses)
    choice = record["reweighted"]
    assert record["score"]["points"] == 97
    assert choice["claims"] == ", ".join(statuses)
    assert choice["isCertain"]
    assert not choice["isLeftOut"]
    assert weights_left_out(choice) == expected


@pytest.mark.parametrize("year", SCORED_YEARS)
def test_whoever_is_not_reweighted_has_no_other_way(year: int, registry: PluginRegistry) -> None:
    assert scored(registry, submission(year, {}))["reweighted"] is None
    pending = with_grounds(registry, submission(year, {}), hardshipException="pending")
    assert pending["reweighted"] is None
    physician = with_grounds(registry, submission(year, {}), clinicianType="physician")
    assert physician["reweighted"] is None


@pytest.mark.parametrize("year", SCORED_YEARS)
def test_a_category_that_is_left_out_on_a_ground_that_holds_is_not_scored(
    year: int, registry: PluginRegistry
) -> None:
    document = submission(year, {}) | {"measurementSets": []}
    record = with_grounds(registry, document, specialStatuses=["hospitalBased"])
    assert record["score"]["points"] is None
    assert record["score"]["zeroedBy"] == []
    assert record["reweighted"]["isLeftOut"]
    assert "the reweighting holds (hospitalBased)" in record["reweighted"]["sentences"][0]


@pytest.mark.parametrize("year", SCORED_YEARS)
def test_a_category_that_is_left_out_without_a_ground_scores_zero_and_shows_the_other_way(
    year: int, registry: PluginRegistry
) -> None:
    document = submission(year, {}) | {"measurementSets": []}
    record = scored(registry, document)
    assert record["score"]["points"] == 0
    assert [found["code"] for found in record["score"]["zeroedBy"]] == ["PIC-STR-02"]
    assert weights_left_out(record["reweighted"])[-1] == 0
    denied = with_grounds(registry, document, hardshipException="denied")
    assert denied["score"]["points"] == 0
    assert [found["code"] for found in denied["score"]["zeroedBy"]] == ["PIC-ELG-02"]


@pytest.mark.parametrize(
    ("share", "zeroed_by"), [(80, []), (74.9, ["PIC-ELG-02"])], ids=["hospital", "elsewhere"]
)
@pytest.mark.parametrize("year", SCORED_YEARS)
def test_a_clinicians_own_row_decides_of_the_score_as_of_the_audit(
    year: int, share: float, zeroed_by: list[str], registry: PluginRegistry
) -> None:
    npi = "2000000010"
    document = submission(year, {}) | {
        "entityType": "individual",
        "nationalProviderIdentifier": npi,
        "measurementSets": [],
    }
    evidence = {
        "eligibility": {"specialStatuses": ["hospitalBased"]},
        "clinicians": [{"npi": npi, "placeOfServiceShare": {"21": share}}],
    }
    score = with_evidence(registry, document, evidence)["score"]
    assert [found["code"] for found in score["zeroedBy"]] == zeroed_by
    assert score["points"] == (0 if zeroed_by else None)


@pytest.mark.parametrize("year", SCORED_YEARS)
def test_an_empty_set_is_no_category_that_is_left_out(year: int, registry: PluginRegistry) -> None:
    document = submission(year, {}, measurements=[])
    document["measurementSets"][0]["measurements"] = []
    record = with_grounds(registry, document, specialStatuses=["hospitalBased"])
    assert record["score"]["points"] == 0
    assert [found["code"] for found in record["score"]["zeroedBy"]] == ["PIC-STR-02"]
    assert not record["reweighted"]["isLeftOut"]


class _Broken(PromotingInteroperabilityPreview):
    name = "a broken preview"

    def score(self, scene: Scene, wish: Wish) -> dict[str, Any]:  # noqa: ARG002
        raise RuntimeError("no idea")


def test_a_preview_that_breaks_is_named(registry: PluginRegistry) -> None:
    broken = msgspec.structs.replace(registry, previews={"pi": _Broken()})
    with pytest.raises(PluginError, match=r"'a broken preview' of .* broke: RuntimeError: no idea"):
        scored(broken, submission(YEAR, {}))


def test_two_previews_of_one_program_stop_the_run() -> None:
    host = Host()
    for name in ("one", "two"):
        module = ModuleType(name)
        module.picheck_register_previews = hookimpl(  # type: ignore[attr-defined]
            lambda: (PromotingInteroperabilityPreview(),), specname="picheck_register_previews"
        )
        host.register(module, name)
    with pytest.raises(PluginConflict, match="preview pi is claimed by one"):
        collect_plugins(host)
