"""The facts of a chart come from the measures that rules name, never from words."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from picheck.engine.charts.facts import ChartSource, chart_facts
from picheck.intake.decoder import decode_document
from picheck.masking import Masker
from picheck.model.evidence import NO_EVIDENCE
from picheck.model.location import Location
from picheck.model.report import DocumentSummary
from picheck.model.result import Result, Unverified
from picheck.plugins.registry import PluginRegistry
from picheck.rules.measurement_set import SetView
from report_support import YEAR, compliant, document, evidence, failure, report_on, small_report

SET = "/measurementSets/0"


@pytest.fixture
def source(registry: PluginRegistry) -> ChartSource:
    return source_of(registry, 1)


def source_of(registry: PluginRegistry, number: int) -> ChartSource:
    """Return the chart source of a compliant submission with its set so many times."""
    rulebook = registry.rulebooks.rulebook("pi", YEAR)
    raw = document(compliant())
    submission = decode_document(raw.data, raw.uri, ("pi",)).submission
    assert submission is not None
    (record,) = submission.measurement_sets
    views = tuple(SetView(record, f"/measurementSets/{n}", rulebook) for n in range(number))
    return ChartSource(rulebook, views, NO_EVIDENCE, Masker(()))


def sets_of(source: ChartSource, *results: Result, **summary: Any) -> list[dict[str, Any]]:
    (plain,) = small_report([], **summary).documents
    (drawn,) = chart_facts([msgspec.structs.replace(plain, facts=(source,))], results)
    found: list[dict[str, Any]] = drawn.facts["sets"]
    return found


def statuses(facts: dict[str, Any]) -> dict[str, str]:
    """Return the objectives in which something was found, with the codes."""
    parts = {"general": facts["general"], **{each["id"]: each for each in facts["objectives"]}}
    return {name: part["status"] for name, part in parts.items() if part["codes"]}


def objective_of(source: ChartSource, measure_id: str) -> str:
    return source.rulebook.measures[measure_id].objective


def test_a_result_is_about_the_measures_that_it_names(source: ChartSource) -> None:
    result = failure(location=Location(pointer=SET), measures=("PI_EP_1",))
    (facts,) = sets_of(source, result)
    assert statuses(facts) == {objective_of(source, "PI_EP_1"): "failing"}
    measures = [m for each in facts["objectives"] for m in each["measures"] if m["codes"]]
    assert [measure["id"] for measure in measures] == ["PI_EP_1"]


def test_a_result_is_about_the_measure_in_its_pointer(source: ChartSource) -> None:
    named = f"{SET}/measurements/PI_PEA_1/value/numerator"
    place = Location(pointer=f"{SET}/measurements/3/value/numerator", named=named)
    (facts,) = sets_of(source, failure(location=place))
    assert statuses(facts) == {objective_of(source, "PI_PEA_1"): "failing"}


def test_no_measure_is_guessed_from_words(source: ChartSource) -> None:
    result = failure(
        location=Location(pointer=SET), message="PI_EP_1 is missing", expected=["PI_PEA_1"]
    )
    (facts,) = sets_of(source, result)
    assert statuses(facts) == {"general": "failing"}


def test_what_lacks_evidence_is_shown_without_being_a_result(source: ChartSource) -> None:
    entry = Unverified(code="ACME-ANY-05", missing=("documents",), measures=("PI_PPHI_1",))
    (facts,) = sets_of(source, unverified=(entry,))
    assert statuses(facts) == {objective_of(source, "PI_PPHI_1"): "unverified"}


def test_a_finding_belongs_to_its_own_set(registry: PluginRegistry) -> None:
    source = source_of(registry, 2)
    result = failure(location=Location(pointer="/measurementSets/1/cehrtId"), measures=("PI_EP_1",))
    first, second = sets_of(source, result)
    assert statuses(first) == {}
    assert statuses(second) == {objective_of(source, "PI_EP_1"): "failing"}


def test_a_finding_of_no_set_belongs_to_all(registry: PluginRegistry) -> None:
    source = source_of(registry, 2)
    first, second = sets_of(source, failure(location=Location(pointer="/entityType")))
    assert statuses(first) == statuses(second) == {"general": "failing"}


def test_what_is_accepted_or_passed_is_not_shown(source: ChartSource) -> None:
    accepted = failure(waiver="until June", measures=("PI_EP_1",))
    passed = failure("ACME-ANY-02", outcome="pass", measures=("PI_EP_1",))
    (facts,) = sets_of(source, accepted, passed)
    assert statuses(facts) == {}


def test_an_undecided_result_is_not_shown_twice(source: ChartSource) -> None:
    entry = Unverified(code="ACME-ANY-01", missing=("documents",), measures=("PI_PEA_1",))
    result = failure(
        outcome="indeterminate", severity="none", location=Location(pointer=SET),
        measures=("PI_EP_1",),
    )  # fmt: skip
    (facts,) = sets_of(source, result, unverified=(entry,))
    assert statuses(facts) == {objective_of(source, "PI_EP_1"): "unverified"}


def test_the_calendar_has_the_period_the_window_and_the_dates(registry: PluginRegistry) -> None:
    report = report_on(registry, document(compliant(), given=evidence()))
    (facts,) = report.documents[0].facts["sets"]
    calendar = facts["calendar"]
    assert [span["kind"] for span in calendar["spans"]] == ["period", "minimum", "window"]
    assert {each["evidence"] for each in calendar["dates"]} >= {"cehrt.certifiedOn"}
    assert calendar["missing"] == []
    without = report_on(registry, document(compliant()))
    (facts,) = without.documents[0].facts["sets"]
    assert "cehrt.certifiedOn" in {each["evidence"] for each in facts["calendar"]["missing"]}


def test_a_period_without_real_dates_is_not_drawn(registry: PluginRegistry) -> None:
    submission = compliant()
    submission["measurementSets"][0]["performanceStart"] = "2025-13-45"
    report = report_on(registry, document(submission))
    (facts,) = report.documents[0].facts["sets"]
    assert "period" not in {span["kind"] for span in facts["calendar"]["spans"]}


def test_a_document_without_sets_has_no_facts_of_sets() -> None:
    (plain,) = small_report([]).documents
    assert isinstance(plain, DocumentSummary)
    (drawn,) = chart_facts([plain], [])
    assert drawn.facts == {"sets": []}
