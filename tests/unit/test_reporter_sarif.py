"""The SARIF log follows the OASIS schema, and says what a result viewer needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from jsonschema import Draft7Validator

from picheck.model.report import Report
from picheck.model.result import Result
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import Style
from report_support import the_usual
from support import perhaps, some

#: The schema as OASIS publishes it; see data/README.md.
SCHEMA: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parent.parent / "data" / "sarif-2.1.0.schema.json").read_bytes()
)


def log_of(registry: PluginRegistry, report: Report) -> dict[str, Any]:
    text = registry.reporters["sarif"].render(report, Style())
    log: dict[str, Any] = json.loads(text)
    faults = [error.message for error in Draft7Validator(SCHEMA).iter_errors(log)]
    assert faults == []
    return log


@pytest.fixture(scope="module")
def report(registry: PluginRegistry) -> Report:
    return the_usual(registry)


@pytest.fixture(scope="module")
def run(registry: PluginRegistry, report: Report) -> dict[str, Any]:
    found: dict[str, Any] = log_of(registry, report)["runs"][0]
    return found


def result_of(run: dict[str, Any], code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        r for r in run["results"] if r["ruleId"] == code and r["kind"] != "pass"
    )
    return found


def test_kind_and_level_follow_outcome_and_severity(run: dict[str, Any]) -> None:
    assert {"pass", "fail", "open", "notApplicable"} == {r["kind"] for r in run["results"]}
    for result in some(run["results"]):
        assert (result["level"] == "none") == (result["kind"] != "fail")
    assert result_of(run, "PIC-PER-03")["level"] == "error"
    assert result_of(run, "PIC-MEA-11")["level"] == "warning"


def test_fingerprints_are_partial_fingerprints(run: dict[str, Any], report: Report) -> None:
    said = {r["partialFingerprints"]["picheck/v1"] for r in run["results"] if r["kind"] == "fail"}
    assert said == {r.fingerprint for r in report.results if r.outcome == "fail"}


def test_places_have_lines_names_and_related_places(run: dict[str, Any]) -> None:
    result = result_of(run, "PIC-MEA-05")
    (place,) = result["locations"]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "acme.json", "index": 0}
    assert place["physicalLocation"]["region"].keys() == {"startLine", "startColumn"}
    (named,) = place["logicalLocations"]
    assert named["fullyQualifiedName"] == "/measurementSets/0/measurements/PI_EP_1"
    assert named["name"] == "PI_EP_1"
    (related,) = result["relatedLocations"]
    assert related["message"]["text"] == "PI_LVPP_1"
    assert related["physicalLocation"]["region"]["startLine"] > 1
    assert run["columnKind"] == "unicodeCodePoints"


def test_documents_are_artifacts_with_hashes(run: dict[str, Any], report: Report) -> None:
    hashes = [artifact["hashes"]["sha-256"] for artifact in run["artifacts"]]
    assert hashes == [document.sha256 for document in report.documents]


def test_rules_bring_their_help(run: dict[str, Any]) -> None:
    rules = run["tool"]["driver"]["rules"]
    for result in some(run["results"]):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    rule = next(rule for rule in rules if rule["id"] == "PIC-PER-03")
    assert rule["name"] == "PeriodTooShort"
    assert rule["defaultConfiguration"] == {"level": "error"}
    for heading in ("# The performance", "## What it checks", "## How to fix", "## Sources"):
        assert heading in rule["help"]["markdown"]


def test_without_the_rules_at_hand_the_log_still_stands(
    registry: PluginRegistry, report: Report
) -> None:
    reporter = registry.reporters["sarif"]
    plain = msgspec.structs.replace(Style(), rules={})
    log = json.loads(reporter.render(report, plain))
    assert [e.message for e in perhaps(Draft7Validator(SCHEMA).iter_errors(log))] == []


def changed(report: Report, code: str, **changes: Any) -> Report:
    def change(result: Result) -> Result:
        hit = result.code == code and result.outcome == "fail"
        return msgspec.structs.replace(result, **changes) if hit else result

    return msgspec.structs.replace(report, results=tuple(map(change, report.results)))


def test_a_waived_finding_is_suppressed(registry: PluginRegistry, report: Report) -> None:
    waived = changed(report, "PIC-MEA-11", waiver="known, until June")
    (run,) = log_of(registry, waived)["runs"]
    (suppression,) = result_of(run, "PIC-MEA-11")["suppressions"]
    assert suppression["justification"] == "known, until June"
    assert suppression["status"] == "accepted"
    assert result_of(run, "PIC-PER-03")["suppressions"] == []


def test_a_baseline_gives_every_result_a_state(registry: PluginRegistry, report: Report) -> None:
    known = changed(report, "PIC-MEA-11", baseline="unchanged")
    (run,) = log_of(registry, known)["runs"]
    assert result_of(run, "PIC-MEA-11")["baselineState"] == "unchanged"
    assert {r["baselineState"] for r in run["results"]} == {"new", "unchanged"}


def test_a_rule_that_broke_is_a_notification(registry: PluginRegistry, report: Report) -> None:
    broken = changed(report, "PIC-MEA-11", outcome="error", severity="error")
    (run,) = log_of(registry, broken)["runs"]
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert any(note.get("associatedRule", {}).get("id") == "PIC-MEA-11" for note in notes)
    assert not any(
        r["ruleId"] == "PIC-MEA-11" and r["kind"] == "fail" for r in some(run["results"])
    )
