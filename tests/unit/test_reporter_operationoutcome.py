"""An OperationOutcome is a resource that a FHIR server would take."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest

from picheck.model.report import Report
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import Style
from report_support import the_usual
from support import some

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    resources = pytest.importorskip("fhir.resources.R4B.operationoutcome")


@pytest.fixture(scope="module")
def report(registry: PluginRegistry) -> Report:
    return the_usual(registry)


@pytest.fixture(scope="module")
def outcomes(registry: PluginRegistry, report: Report) -> list[dict[str, Any]]:
    text = registry.reporters["operationoutcome"].render(report, Style())
    return [json.loads(line) for line in text.splitlines()]


def test_there_is_one_valid_resource_a_document(
    outcomes: list[dict[str, Any]], report: Report
) -> None:
    assert [outcome["id"] for outcome in outcomes] == [d.sha256 for d in report.documents]
    for outcome in some(outcomes):
        resource = resources.OperationOutcome.model_validate(outcome)
        assert json.loads(resource.model_dump_json()) == outcome


def test_the_first_issue_is_the_verdict(outcomes: list[dict[str, Any]]) -> None:
    verdicts = [outcome["issue"][0]["details"]["coding"][0]["code"] for outcome in outcomes]
    assert verdicts == ["notReady", "ready", "notReady"]
    assert outcomes[1]["issue"][0]["severity"] == "information"


def test_refusals_are_invalid_and_zeros_break_a_business_rule(
    outcomes: list[dict[str, Any]],
) -> None:
    kinds = {
        issue["details"]["coding"][0]["code"]: (issue["severity"], issue["code"])
        for issue in outcomes[0]["issue"]
        if issue["code"] != "informational"
    }
    assert kinds["PIC-MEA-05"] == ("error", "invalid")
    assert kinds["PIC-PER-03"] == ("error", "business-rule")
    assert kinds["PIC-MEA-11"] == ("warning", "business-rule")
    assert kinds["PIC-CEH-06"] == ("information", "incomplete")
