"""All reporters say the same failures, twice alike, and harm nobody with a document's text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any, Final
from xml.etree import ElementTree as ET

import msgspec
import pytest

from picheck.hooks.inventory import Inventory
from picheck.hooks.reporter import Reporter
from picheck.model.finding import Disposition
from picheck.schemas import explain
from reporting import (
    NAMES,
    TIN,
    compliant,
    departing,
    document,
    failures,
    incomplete_evidence,
    rendered,
    report_on,
    the_usual,
)

Failures = set[tuple[str, str, str]]


def from_json(text: str) -> Failures:
    return told(json.loads(text)["results"])


def from_ndjson(text: str) -> Failures:
    lines = [json.loads(line) for line in text.splitlines()]
    assert [lines[0]["type"], lines[-1]["type"]] == ["run", "summary"]
    return told([line for line in lines if line["type"] == "result"])


def told(results: list[dict[str, Any]]) -> Failures:
    return {
        (r["rule"]["code"], r["location"]["pointer"], r["outcome"])
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


def test_every_format_of_the_contract_is_there(inventory: Inventory) -> None:
    assert set(NAMES) <= set(inventory.reporters)
    assert all(isinstance(inventory.reporters[name], Reporter) for name in NAMES)


@pytest.mark.parametrize("name", sorted(READERS))
def test_all_formats_for_programs_say_the_same_failures(inventory: Inventory, name: str) -> None:
    report = the_usual(inventory)
    assert READERS[name](rendered(inventory, name, report)) == failures(report)


@pytest.mark.parametrize("name", ["text", "html", "markdown", "github"])
def test_all_formats_for_people_say_the_same_failures(inventory: Inventory, name: str) -> None:
    report = the_usual(inventory)
    text = rendered(inventory, name, report)
    for result in report.results:
        if result.outcome in {"fail", "indeterminate"}:
            assert result.rule.code in text
            if name in {"html", "markdown", "github"}:
                assert (result.named_pointer or result.location.pointer or "/") in text


@pytest.mark.parametrize("name", NAMES)
def test_two_runs_give_identical_bytes(inventory: Inventory, name: str) -> None:
    first, second = (rendered(inventory, name, the_usual(inventory)) for _ in range(2))
    assert first == second
    assert first.endswith("\n")


@pytest.mark.parametrize("name", NAMES)
def test_identifiers_are_masked(inventory: Inventory, name: str) -> None:
    refused = compliant()
    refused["taxpayerIdentificationNumber"] = int(TIN)
    report = report_on(
        inventory,
        document(departing(), "a.json", incomplete_evidence()),
        document(refused, "b.json"),
    )
    assert TIN not in rendered(inventory, name, report)


@pytest.mark.parametrize("name", NAMES)
def test_identifiers_are_shown_if_asked_for(inventory: Inventory, name: str) -> None:
    report = report_on(
        inventory, document(departing(), "a.json", incomplete_evidence()), reveals=True
    )
    if name != "github":  # which names files and places only
        assert TIN in rendered(inventory, name, report)


def test_github_shows_ten_of_a_kind_and_counts_the_rest(inventory: Inventory) -> None:
    report = the_usual(inventory)
    (result, *_) = [r for r in report.results if r.severity == "error" and r.outcome == "fail"]
    many = msgspec.structs.replace(report, results=(result,) * 25)
    lines = rendered(inventory, "github", many).splitlines()
    shown = [line for line in lines if line.startswith("::error")]
    assert len(shown) == 10
    assert sum(result.rule.code in line and not line.startswith("::") for line in lines) == 17
    assert "17 more errors" in shown[-1]


def test_markdown_fits_a_step_summary_and_says_what_it_left_out(inventory: Inventory) -> None:
    report = the_usual(inventory)
    (result, *_) = [r for r in report.results if r.outcome == "fail"]
    many = msgspec.structs.replace(report, results=(result,) * 4000)
    text = rendered(inventory, "markdown", many)
    assert len(text.encode()) < 1024 * 1024
    assert "more findings do not fit here" in text


def test_accepted_findings_do_not_fail_anywhere(inventory: Inventory) -> None:
    report = the_usual(inventory)
    waived = Disposition(waiver="accepted by the compliance office until June")
    accepted = tuple(
        msgspec.structs.replace(r, disposition=waived) if r.outcome == "fail" else r
        for r in report.results
    )
    report = msgspec.structs.replace(report, results=accepted)
    suites = ET.fromstring(rendered(inventory, "junit", report))  # noqa: S314 - our own output
    assert suites.attrib["failures"] == "0"
    assert "PIC-MEA-01" not in rendered(inventory, "github", report)
    for name in ("html", "markdown", "junit", "csv", "operationoutcome"):
        assert "compliance office" in rendered(inventory, name, report)


def test_a_document_line_and_its_results_stand_together(inventory: Inventory) -> None:
    lines = [
        json.loads(line)
        for line in rendered(inventory, "ndjson", the_usual(inventory)).splitlines()
    ]
    current = None
    for line in lines[1:-1]:
        current = line["document"] if line["type"] == "document" else current
        assert line["document"] == current
    assert {"rulebooks", "notices", "verdict", "exit"} <= lines[-1].keys()


def test_the_facts_follow_the_schema(inventory: Inventory) -> None:
    report = json.loads(rendered(inventory, "json", the_usual(inventory)))
    assert report["documents"][0]["facts"]["sets"][0]["objectives"]
    assert explain("report", report) == ()
