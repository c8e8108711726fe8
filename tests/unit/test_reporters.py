"""All reporters show the same findings, with what their rules say, and the same bytes twice."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import msgspec
import pytest

from command_line import run_apart
from picheck.model.citation import Citation
from picheck.model.result import Unverified
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import Reporter
from picheck.schemas import explain
from report_support import (
    AS_OF,
    NAMES,
    TIN,
    compliant,
    departing,
    document,
    failure,
    failures,
    incomplete_evidence,
    rendered,
    report_on,
    rule_record,
    small_report,
    the_usual,
)
from support import some

Failures = set[tuple[str, str, str]]


def from_json(text: str) -> Failures:
    return findings_in(json.loads(text)["results"])


def from_ndjson(text: str) -> Failures:
    lines = [json.loads(line) for line in text.splitlines()]
    assert [lines[0]["type"], lines[-1]["type"]] == ["run", "summary"]
    return findings_in([line for line in lines if line["type"] == "result"])


def findings_in(results: list[dict[str, Any]]) -> Failures:
    return {
        (r["code"], r["location"]["pointer"], r["outcome"])
        for r in results
        if r["outcome"] in {"fail", "indeterminate"}
    }


def from_csv(text: str) -> Failures:
    rows = csv.DictReader(io.StringIO(text))
    return {
        (row["code"], row["pointer"], row["outcome"])
        for row in rows
        if row["outcome"] in {"fail", "indeterminate"}
    }


def from_sarif(text: str) -> Failures:
    kinds = {"fail": "fail", "open": "indeterminate"}
    (run,) = json.loads(text)["runs"]
    return {
        (r["ruleId"], _logical_pointer(r), kinds[r["kind"]])
        for r in run["results"]
        if r["kind"] in kinds
    }


def _logical_pointer(result: dict[str, Any]) -> str:
    places = result["locations"][0].get("logicalLocations", [{"properties": {"pointer": ""}}])
    return str(places[0]["properties"]["pointer"])


def from_junit(text: str) -> Failures:
    found: Failures = set()
    for case in ET.fromstring(text).iter("testcase"):  # noqa: S314 - our own output
        code = case.attrib["name"].split()[0]
        failure, skipped = case.find("failure"), case.find("skipped")
        if failure is not None:
            place = (failure.text or "").split(" (")[0].removeprefix("at ")
            found.add((code, "" if place == "/" else place, "fail"))
        if skipped is not None and skipped.attrib["message"].startswith("needs evidence"):
            named = case.attrib["name"].split()[2:]
            found.add((code, named[0] if named else "", "indeterminate"))
    return found


def from_operationoutcome(text: str) -> Failures:
    found: Failures = set()
    for line in text.splitlines():
        for issue in json.loads(line)["issue"][1:]:
            facts = {e["url"]: e["valueString"] for e in issue.get("extension", ())}
            outcome = facts.get("urn:picheck:outcome")
            if outcome in {"fail", "indeterminate"}:
                place = issue["location"][0]
                code = issue["details"]["coding"][0]["code"]
                found.add((code, "" if place == "/" else place, outcome))
    return found


READERS: Final[dict[str, Callable[[str], Failures]]] = {
    "json": from_json,
    "ndjson": from_ndjson,
    "csv": from_csv,
    "sarif": from_sarif,
    "junit": from_junit,
    "operationoutcome": from_operationoutcome,
}


def test_every_format_of_the_contract_is_there(registry: PluginRegistry) -> None:
    assert set(NAMES) <= set(registry.reporters)
    assert all(isinstance(registry.reporters[name], Reporter) for name in some(NAMES))


@pytest.mark.parametrize("name", sorted(READERS))
def test_all_formats_for_programs_say_the_same_failures(
    registry: PluginRegistry, name: str
) -> None:
    report = the_usual(registry)
    assert READERS[name](rendered(registry, name, report)) == failures(report)


@pytest.mark.parametrize("name", ["text", "html", "markdown", "github"])
def test_all_formats_for_people_say_the_same_failures(registry: PluginRegistry, name: str) -> None:
    report = the_usual(registry)
    text = rendered(registry, name, report)
    for result in some(report.results):
        if result.outcome in {"fail", "indeterminate"}:
            assert result.code in text
            if name in {"html", "markdown", "github"}:
                assert (result.location.named or result.location.pointer or "/") in text


def test_two_processes_with_other_hash_seeds_write_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(departing()))
    (tmp_path / "a.evidence.json").write_text(json.dumps(incomplete_evidence()))
    (tmp_path / "b.json").write_text("{}")
    written = []
    for seed in "12":
        formats = [word for name in NAMES for word in ("-f", f"{name}=out.{name}")]
        words = ("audit", "a.json", "b.json", "--as-of", AS_OF, "--isolated", *formats)
        done = run_apart(*words, cwd=tmp_path, PYTHONHASHSEED=seed)
        assert done.code == 1, done.err
        written.append({name: (tmp_path / f"out.{name}").read_bytes() for name in NAMES})
    assert all(data.endswith(b"\n") for data in some(written[0].values()))
    assert written[0] == written[1]


@pytest.mark.parametrize("name", NAMES)
def test_identifiers_are_masked(registry: PluginRegistry, name: str) -> None:
    refused = compliant()
    refused["taxpayerIdentificationNumber"] = int(TIN)
    report = report_on(
        registry,
        document(departing(), "a.json", incomplete_evidence()),
        document(refused, "b.json"),
    )
    assert TIN not in rendered(registry, name, report)


@pytest.mark.parametrize("name", NAMES)
def test_identifiers_are_shown_if_asked_for(registry: PluginRegistry, name: str) -> None:
    report = report_on(
        registry, document(departing(), "a.json", incomplete_evidence()), reveal=True
    )
    if name != "github":  # which names files and places only
        assert TIN in rendered(registry, name, report)


def test_github_shows_ten_of_a_kind_and_counts_the_rest(registry: PluginRegistry) -> None:
    report = the_usual(registry)
    (result, *_) = [r for r in report.results if r.severity == "error" and r.outcome == "fail"]
    many = msgspec.structs.replace(report, results=(result,) * 25)
    lines = rendered(registry, "github", many).splitlines()
    shown = [line for line in lines if line.startswith("::error")]
    assert len(shown) == 10
    assert sum(result.code in line and not line.startswith("::") for line in lines) == 17
    assert "17 more errors" in shown[-1]


def test_markdown_fits_a_step_summary_and_says_what_it_left_out(registry: PluginRegistry) -> None:
    report = the_usual(registry)
    (result, *_) = [r for r in report.results if r.outcome == "fail"]
    many = msgspec.structs.replace(report, results=(result,) * 4000)
    text = rendered(registry, "markdown", many)
    assert len(text.encode()) < 1024 * 1024
    assert "more findings do not fit here" in text


def test_accepted_findings_do_not_fail_anywhere(registry: PluginRegistry) -> None:
    report = the_usual(registry)
    waiver = "accepted by the compliance office until June"
    accepted = tuple(
        msgspec.structs.replace(r, waiver=waiver) if r.outcome == "fail" else r
        for r in report.results
    )
    report = msgspec.structs.replace(report, results=accepted)
    suites = ET.fromstring(rendered(registry, "junit", report))  # noqa: S314 - our own output
    assert suites.attrib["failures"] == "0"
    assert "PIC-MEA-01" not in rendered(registry, "github", report)
    for name in ("html", "markdown", "junit", "csv", "operationoutcome"):
        assert "compliance office" in rendered(registry, name, report)


@pytest.mark.parametrize("name", NAMES)
def test_what_needs_evidence_is_in_every_format_without_being_a_result(
    registry: PluginRegistry, name: str
) -> None:
    entry = Unverified(code="ACME-ANY-07", missing=("cehrt.certifiedOn",), measures=("PI_EP_1",))
    report = small_report([], verdict="ready", outcomes={"pass": 3}, unverified=(entry,))
    text = rendered(registry, name, report)
    assert "ACME-ANY-07" in text
    if name in {"text", "html", "markdown", "github", "csv", "operationoutcome"}:
        assert "When was the certified technology certified" in text


@pytest.mark.parametrize("name", NAMES)
def test_what_is_the_rules_own_is_in_every_format(registry: PluginRegistry, name: str) -> None:
    text = rendered(registry, name, small_report([failure(), failure("ACME-ANY-02")]))
    assert "correct it" in text
    assert ("SomethingWrong" if name == "sarif" else "something-wrong") in text
    if name not in {"text", "github"}:  # which name no sources, or only where they are wanted
        assert "The Rule" in text


@pytest.mark.parametrize("name", NAMES)
def test_what_is_a_results_own_replaces_the_rules(registry: PluginRegistry, name: str) -> None:
    citation = Citation(key="other", title="Another Rule", standing="secondary")
    own = failure(remediation="do something else", note="Only here.", citations=(citation,))
    text = rendered(registry, name, small_report([own]))
    assert "do something else" in text
    if name not in {"text", "github"}:
        assert "Another Rule" in text
    if name in {"csv", "junit", "operationoutcome", "html", "markdown"}:
        assert "The Rule" not in text
        assert "correct it" not in text


def test_rules_of_several_years_keep_their_own_sources(registry: PluginRegistry) -> None:
    report = small_report([failure(), failure(year=2024, message="in 2024")])
    old = rule_record("ACME-ANY-01", year=2024, remediation="as in 2024", note=None, citations=())
    report = msgspec.structs.replace(report, rules=(old, *report.rules))
    rows = list(csv.DictReader(io.StringIO(rendered(registry, "csv", report))))
    assert [row["remediation"] for row in rows] == ["correct it", "as in 2024"]
    (run,) = json.loads(rendered(registry, "sarif", report))["runs"]
    (described,) = run["tool"]["driver"]["rules"]
    assert described["properties"]["year"] == 2025
    assert [r["properties"].get("remediation") for r in run["results"]] == [None, "as in 2024"]


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_that_the_report_does_not_hold_is_named_by_its_code(
    registry: PluginRegistry, name: str
) -> None:
    report = msgspec.structs.replace(small_report([failure()]), rules=())
    assert "ACME-ANY-01" in rendered(registry, name, report)


def test_the_facts_follow_the_schema(registry: PluginRegistry) -> None:
    report = json.loads(rendered(registry, "json", the_usual(registry)))
    assert report["documents"][0]["facts"]["sets"][0]["objectives"]
    assert explain("report", report) == ()
