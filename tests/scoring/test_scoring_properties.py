"""What holds of every score, whatever is submitted."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picheck.api import Counts, Measurement, MeasurementSet, Rulebook, SetView
from picheck.engine.options import AuditOptions
from picheck.engine.score_preview import ScoreRunner
from picheck.intake.documents import RawDocument
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.scorer import Wish
from picheck.testing.cases import load_cases
from picheck.testing.mutations import Change, apply_change, merge_patch
from picheck_pi.scoring.arithmetic import scorer_of
from scoring_support import SCORED_YEARS, compliant, raw, score_runner, submission
from support import FIXTURES, some, years_asked_for

Answers = Mapping[str, Any]

_PUBLIC_HEALTH = "publicHealthAndClinicalDataExchange"
_REGISTRIES = tuple(f"PI_PHCDRR_{number}" for number in range(1, 6))


def view_of(book: Rulebook, answers: Answers) -> SetView:
    """Return the view of a set with these answers; (n, d) stands for counts."""
    measurements = tuple(
        Measurement(measure_id, Counts(*value) if isinstance(value, tuple) else value)
        for measure_id, value in answers.items()
    )
    return SetView(MeasurementSet("pi", measurements), "/measurementSets/0", book)


def exclusion_choices(book: Rulebook, measure_id: str, reported: Answers) -> list[Answers]:
    """Return the measure reported, and each legal way to claim its exclusions."""
    exclusions = book.exclusions_of(measure_id)
    claims: list[Answers] = [{exclusion: True} for exclusion in exclusions]
    claims += [
        {one: True, other: True}
        for one, other in combinations(exclusions, 2)
        if other not in book.measures[one].substitutes
    ]
    return [reported, *claims]


def exchange_choices(book: Rulebook) -> list[Answers]:
    """Return every complete way of the exchange objective."""
    halves = product(
        exclusion_choices(book, "PI_HIE_1", {"PI_HIE_1": (9, 10)}),
        exclusion_choices(book, "PI_HIE_4", {"PI_HIE_4": (9, 10)}),
    )
    ways: list[Answers] = [{**sending, **receiving} for sending, receiving in halves]
    return ways + [{way: True} for way in ("PI_HIE_5", "PI_HIE_6") if way in book.measures]


def registry_choices(book: Rulebook) -> Iterator[Answers]:
    """Yield every complete way of the public health objective."""
    if "PI_PHCDRR_1_MULTI" not in book.measures:
        for one, three in product(
            exclusion_choices(book, "PI_PHCDRR_1", {"PI_PHCDRR_1": True}),
            exclusion_choices(book, "PI_PHCDRR_3", {"PI_PHCDRR_3": True}),
        ):
            yield {**one, **three}
        return
    for chosen in product(*(_states(book, registry) for registry in _REGISTRIES)):
        if sum(count for count, _ in chosen) >= 2:
            yield {k: v for _, answers in chosen for k, v in answers.items()}


def _states(book: Rulebook, registry: str) -> list[tuple[int, Answers]]:
    second = f"{registry}_MULTI"
    return [
        (0, {}),
        (1, {registry: True}),
        (2, {registry: True, second: True}),
        *((1, {exclusion: True}) for exclusion in book.exclusions_of(registry)),
    ]


def combinations_of(book: Rulebook) -> Iterator[Answers]:
    """Yield every legal combination of exclusions, options and answers of a year."""
    prescribing: list[Answers] = exclusion_choices(book, "PI_EP_1", {"PI_EP_1": (9, 10)})
    query: list[Answers] = [{}]
    if book.measures["PI_EP_2"].is_required:
        query = exclusion_choices(book, "PI_EP_2", {"PI_EP_2": True})
    registries = list(registry_choices(book))
    for parts in product(prescribing, query, exchange_choices(book), registries):
        yield {k: v for part in parts for k, v in part.items()} | {"PI_PEA_1": (9, 10)}


@pytest.mark.parametrize("year", SCORED_YEARS)
def test_before_any_bonus_the_maxima_add_up_to_100(year: int, registry: PluginRegistry) -> None:
    """Every legal combination, without exception: points only move.

    The documented exception of 2025 is where they stay: with both registries excluded the 25
    points of public health are kept and earned there, in every other year they go to patient
    access.
    """
    book = registry.rulebooks.rulebook("pi", year)
    count = 0
    for answers in some(combinations_of(book)):
        score = scorer_of(book).score(view_of(book, answers))
        count += 1
        assert sum(points.maximum for points in score.slots) == 100, answers
        kept = score.maxima.points[_PUBLIC_HEALTH]
        full = 10 if year < 2023 else 25
        if _PUBLIC_HEALTH in score.reported.excluded and year != 2025:
            full = 0
        assert kept == full, answers
    assert count >= 60


@pytest.mark.parametrize("year", SCORED_YEARS)
def test_a_higher_numerator_never_lowers_the_score(year: int, registry: PluginRegistry) -> None:
    book = registry.rulebooks.rulebook("pi", year)
    rates = ("PI_EP_1", "PI_HIE_1", "PI_HIE_4", "PI_PEA_1")

    @settings(max_examples=80, deadline=None)
    @given(
        st.lists(
            st.integers(1, 400).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d))),
            min_size=4,
            max_size=4,
        ),
        st.integers(0, 3),
        st.sets(st.sampled_from(["PI_LVPP_1", "PI_LVOTC_1", "PI_LVITC_2"])),
    )
    def holds(counts: list[tuple[int, int]], place: int, excluded: set[str]) -> None:
        answers: dict[str, Any] = dict(zip(rates, counts, strict=True))
        answers |= dict.fromkeys(excluded, True)
        answers |= {"PI_EP_2": True, "PI_PHCDRR_1": True, "PI_PHCDRR_3": True}
        before = scorer_of(book).score(view_of(book, answers)).points
        numerator, denominator = counts[place]
        answers[rates[place]] = min(numerator + 1, denominator), denominator
        assert scorer_of(book).score(view_of(book, answers)).points >= before

    holds()


@pytest.mark.parametrize("year", SCORED_YEARS)
def test_the_order_of_measurements_never_matters(year: int, registry: PluginRegistry) -> None:
    runner = score_runner(registry, year)
    document = submission(year, {"PI_PEA_1": (50, 60), "PI_PHCDRR_4": True, "PI_LVPP_1": True})
    expected = _summarize(runner, document)

    @settings(max_examples=10, deadline=None)
    @given(st.permutations(document["measurementSets"][0]["measurements"]))
    def holds(measurements: list[Any]) -> None:
        shuffled = copy.deepcopy(document)
        shuffled["measurementSets"][0]["measurements"] = measurements
        assert _summarize(runner, shuffled) == expected

    holds()


def _summarize(runner: ScoreRunner, document: dict[str, Any]) -> tuple[Any, ...]:
    score = runner.score(raw(document))[1][0].record["score"]
    codes = sorted(finding["code"] for finding in score["zeroedBy"])
    return score["points"], score["measures"], score["moves"], score["bonuses"], codes


@pytest.mark.parametrize("year", years_asked_for())
def test_a_score_is_zero_exactly_where_the_audit_says_so_in_every_case(
    year: int, registry: PluginRegistry
) -> None:
    """Every single-set document of the shipped cases, each as an entity of its own."""
    documents = list(_case_documents(year))
    runner = ScoreRunner(AuditOptions(as_of=date(year + 1, 2, 1)), registry, Wish())
    report, shown = runner.score(documents)
    assert len(shown) > 100
    for each in some(shown):
        verdicts = {document.verdict for document in each.scene.documents.values()}
        if len(each.scene.sets) != 1:
            continue
        is_zero = each.record["score"]["points"] == 0
        assert is_zero == (verdicts == {"notReady"}), each.record["documents"]
        assert is_zero == bool(each.record["score"]["zeroedBy"])
    assert {document.verdict for document in report.documents} >= {"ready", "notReady"}


def _case_documents(year: int) -> Iterator[RawDocument]:
    for number, case in enumerate(load_cases(FIXTURES / "cases")):
        entry = case.entry
        if case.year != year or entry.others or entry.change.text:
            continue
        document, evidence = compliant(year)
        alone = Change(submission={"taxpayerIdentificationNumber": f"{100000000 + number}"})
        departed = apply_change(apply_change(document, alone), entry.change)
        patch = entry.evidence if isinstance(entry.evidence, dict) else {}
        yield RawDocument(
            uri=f"{case.id}.json",
            data=json.dumps(departed).encode(),
            evidence=json.dumps(merge_patch(evidence, patch)).encode(),
        )


@pytest.mark.parametrize("year", years_asked_for())
def test_a_score_is_zero_exactly_where_the_audit_says_so_for_any_answers(
    year: int, registry: PluginRegistry
) -> None:
    runner = score_runner(registry, year)
    measures = registry.rulebooks.rulebook("pi", year).measures
    values = st.one_of(
        st.booleans(),
        st.integers(0, 30).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d))),
    )

    @settings(max_examples=40, deadline=None)
    @given(
        st.dictionaries(st.sampled_from(sorted(measures)), values, max_size=3),
        st.sets(st.sampled_from(["PI_PPHI_1", "PI_EP_1", "PI_HIE_5", "PI_PEA_1"]), max_size=1),
    )
    def holds(answers: dict[str, Any], gone: set[str]) -> None:
        report, shown = runner.score(raw(submission(year, answers, gone)))
        is_zero = shown[0].record["score"]["points"] == 0
        assert is_zero == (report.documents[0].verdict == "notReady")

    holds()
