"""The text report: short, in plain words, and never against its own verdict."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest

from picheck.model.evidence_questions import QUESTIONS, question
from picheck.model.location import Location
from picheck.model.report import InputUse, Notice, Report
from picheck.model.result import Result, Unverified
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import Style
from picheck.reporters.presentation import merge_equal, view_documents
from picheck.reporters.text import TextReporter
from picheck.reporters.verdict_sentence import describe_verdict
from picheck.schemas import load_schema
from report_support import (
    YEAR,
    compliant,
    departing,
    document,
    evidence,
    failure,
    incomplete_evidence,
    report_on,
    rule_record,
    small_report,
    the_usual,
)
from support import some

WARNING: dict[str, Any] = {"severity": "warning", "consequence": "pointsLost"}


def text_of(report: Report, **style: Any) -> str:
    return TextReporter().render(report, Style(width=100, **style))


def sentence(report: Report, gate: str = "error") -> str:
    (view,) = view_documents(report)
    return describe_verdict(view, gate)


# The verdict and what could still change it


def test_what_is_ready_says_that_nothing_could_change_it() -> None:
    report = small_report([], verdict="ready", outcomes={"pass": 50})
    assert sentence(report) == "Nothing that is still open could change this."


def test_an_open_question_could_change_what_is_ready() -> None:
    entries = (
        Unverified(code="ACME-ANY-01", missing=("cehrt.certifiedOn",)),
        Unverified(code="ACME-ANY-02", missing=("documents",)),
    )
    report = small_report([failure("ACME-ANY-03", **WARNING)], verdict="ready", unverified=entries)
    mild = rule_record("ACME-ANY-02", severity="warning", consequence="auditRisk")
    rules = [mild if rule.code == mild.code else rule for rule in report.rules]
    report = msgspec.structs.replace(report, rules=tuple(rules))
    assert sentence(report) == (
        "The answer to 1 open question could still change this: ACME-ANY-01; besides, 1 warning"
        " and 1 open question (ACME-ANY-02)."
    )
    assert sentence(report, "warning").startswith("The answer to one of 2 open questions could")


def test_what_is_not_ready_says_what_would_make_it_ready() -> None:
    entry = Unverified(code="ACME-ANY-09", missing=("documents",))
    notes = failure("ACME-ANY-04", severity="note", consequence="advice")
    report = small_report([failure(), failure("ACME-ANY-02"), notes], unverified=(entry,))
    assert sentence(report) == (
        "Correcting 2 findings that cost everything makes it ready, unless the answer to"
        " 1 open question adds another; besides, 1 note."
    )
    assert sentence(small_report([failure()])) == (
        "Correcting 1 finding that costs everything makes it ready."
    )


def test_the_gate_of_one_file_may_be_another_than_the_runs() -> None:
    report = small_report([failure(**WARNING)])
    assert sentence(report) == "Correcting 1 finding makes it ready."


def test_of_what_was_refused_for_its_shape_only_the_next_step_is_promised() -> None:
    notice = Notice(kind="shapeRefused", document=0, message="only the shape was checked")
    report = small_report([failure()])
    run = msgspec.structs.replace(report.run, notices=(notice,))
    assert sentence(msgspec.structs.replace(report, run=run)) == (
        "Correcting 1 finding that costs everything lets the rest be checked."
    )


def test_no_readiness_is_promised_while_rules_wait_for_the_correction() -> None:
    entry = Unverified(code="ACME-ANY-09", missing=("documents",))
    waiting = ("ACME-ANY-05", "ACME-ANY-06", "ACME-ANY-07")
    report = small_report([failure()], waiting=waiting, unverified=(entry,))
    assert sentence(report) == (
        "Correcting 1 finding that costs everything lets ACME-ANY-05, ACME-ANY-06 and ACME-ANY-07"
        " be checked; besides, 1 open question (ACME-ANY-09)."
    )


def test_what_waits_for_an_accepted_finding_is_named() -> None:
    accepted = failure(waiver="until June")
    report = small_report([accepted], verdict="ready", waiting=("ACME-ANY-05",))
    assert "; ACME-ANY-05 did not run, because something has to be corrected first;" in (
        sentence(report)
    )


def test_what_costs_everything_is_said_where_no_gate_stops_it() -> None:
    report = small_report([failure(), failure("ACME-ANY-02")], verdict="ready")
    assert sentence(report, "never") == (
        "Nothing that is still open could change this; besides, 2 findings that cost everything."
    )


def test_what_is_accepted_costs_what_it_costs() -> None:
    accepted = small_report([failure(waiver="until June")], verdict="ready")
    assert sentence(accepted).endswith("; 1 waived; 1 of these costs everything, accepted or not.")
    known = [failure(waiver="until June"), failure("ACME-ANY-02", baseline="unchanged")]
    assert sentence(small_report(known, verdict="ready")).endswith(
        "; 1 waived; 1 in the baseline; 2 of these cost everything, accepted or not."
    )
    mild = small_report([failure(waiver="until June", **WARNING)], verdict="ready")
    assert sentence(mild).endswith("; 1 waived.")


def test_what_is_accepted_is_counted() -> None:
    results = [
        failure(waiver="until June", **WARNING),
        failure("ACME-ANY-02", baseline="unchanged", **WARNING),
    ]
    text = sentence(small_report(results, verdict="ready"))
    assert text.endswith("; 1 waived; 1 in the baseline.")


def test_an_open_question_that_is_accepted_is_closed() -> None:
    result = failure(
        outcome="indeterminate",
        severity="none",
        missing_evidence=("documents",),
        waiver="until June",
    )
    entry = Unverified(code=result.code, missing=("documents",))
    text = text_of(small_report([result], verdict="ready", unverified=(entry,)))
    assert "Which files are kept as proof" not in text
    assert "waived: until June" in text


def test_nothing_failed_where_the_verdict_is_ready(registry: PluginRegistry) -> None:
    report = small_report([failure(**WARNING)], verdict="ready", outcomes={"pass": 40, "fail": 1})
    for name in ("text", "html", "markdown", "github", "operationoutcome"):
        text = registry.reporters[name].render(report, Style())
        body = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
        assert "fail" not in body.lower().replace('"valuestring":"fail"', "")


# How long it is


def test_two_findings_and_six_questions_take_about_thirty_lines(registry: PluginRegistry) -> None:
    report = the_usual(registry, all_results=False)
    (failed, other, *_) = [result for result in report.results if result.outcome == "fail"]
    missing = (
        "attestations.securityRiskAnalysisOn",
        "attestations.saferAssessmentOn",
        "cehrt.certifiedOn",
        "cehrt.functionalityInPlaceOn",
        "counts.permissiblePrescriptions",
        "documents",
    )
    first = msgspec.structs.replace(
        report.documents[0],
        unverified=tuple(Unverified(code="PIC-CEH-06", missing=(key,)) for key in missing[:1])
        + tuple(Unverified(code="PIC-CEH-05", missing=(key,)) for key in missing[1:]),
    )
    bare = msgspec.structs.replace(
        report,
        run=msgspec.structs.replace(report.run, notices=()),
        documents=(first,),
        results=(failed, other),
    )
    assert len(text_of(bare).splitlines()) <= 33
    without = msgspec.structs.replace(
        bare, documents=(msgspec.structs.replace(first, unverified=()),)
    )
    assert len(text_of(without).splitlines()) <= 22


def test_sources_and_notes_are_shown_where_they_are_wanted() -> None:
    report = small_report([failure()])
    assert "The Rule" not in text_of(report)
    text = text_of(report, sources=True)
    assert "source    The Rule (official) https://cms.test" in text
    assert "note      Two sources disagree." in text


def test_equal_findings_are_one_with_all_their_places() -> None:
    results = [
        failure(location=Location(pointer=f"/a/{n}", line=10 + n, column=3)) for n in range(8)
    ]
    text = text_of(small_report(results))
    assert text.count("something is wrong") == 1
    assert "places    8 in acme.json: 10:3, 11:3, 12:3, 13:3, 14:3, 15:3, 16:3, 17:3" in text
    assert "Correcting 8 findings" in " ".join(text.split())


def test_equal_findings_have_one_card_with_all_their_places(registry: PluginRegistry) -> None:
    results = [
        failure(location=Location(pointer=f"/a/{n}", line=10 + n, column=3)) for n in range(8)
    ]
    page = registry.reporters["html"].render(small_report(results), Style())
    assert page.count('<article class="finding">') == 1
    assert "8 places" in page
    assert all(f"<code>/a/{n}</code>" in page for n in range(8))


def test_findings_that_differ_in_more_than_their_place_stay_apart() -> None:
    apart = [
        failure(),
        failure(expected=[1]),
        failure(actual={"a": 1}),
        failure(message="something else"),
        failure(remediation="do this"),
        failure(year=2024),
    ]
    assert len(merge_equal(apart)) == len(apart)


def test_what_was_expected_is_not_repeated() -> None:
    said = failure(message="2 found, 7 needed", expected=7)
    assert "expected" not in text_of(small_report([said]))
    assert "expected  PI_EP_1 or PI_EP_2" in text_of(
        small_report([failure(expected=["PI_EP_1", "PI_EP_2"])])
    )


def test_a_line_of_a_batch_is_named_with_its_line_and_pointer() -> None:
    result = failure(location=Location(pointer="/measurementSets/0/cehrtId", line=7))
    text = text_of(small_report([result], uri="batch.ndjson", line=7))
    assert "place     batch.ndjson:7 /measurementSets/0/cehrtId" in text


def test_passes_are_shown_where_all_results_are_wanted(registry: PluginRegistry) -> None:
    given = document(compliant(), given=evidence())
    text = text_of(report_on(registry, given))
    assert "Looked for, and not found" in text
    assert "PIC-PER-03  The performance period is too short." in text
    assert "PIC-PER-03" not in text_of(report_on(registry, given, all_results=False))


def test_a_name_with_line_breaks_stays_on_one_line() -> None:
    report = small_report(
        [failure()],
        subject="entity evil\nREADY  b.json\x1b[31m",
        uri="a\nREADY  c.json",
    )
    text = text_of(report)
    assert not any(line.startswith("READY") for line in some(text.splitlines()))
    assert "\x1b" not in text


def test_colours_are_those_of_the_kind_of_line() -> None:
    text = text_of(small_report([failure()]), color=True)
    assert "\x1b[1;31mNOT READY\x1b[0m" in text


def test_what_is_ready_is_left_out_of_a_quiet_report() -> None:
    report = small_report([], verdict="ready", uri="fine.json")
    assert "fine.json" not in text_of(report, quiet=True)
    assert "fine.json" in text_of(report)


def test_a_notice_names_its_document() -> None:
    report = small_report([])
    notices = (Notice(kind="shapeRefused", message="only the shape", document=0),)
    report = msgspec.structs.replace(
        report, run=msgspec.structs.replace(report.run, notices=notices)
    )
    assert "  - acme.json: only the shape" in text_of(report)


# Questions and the evidence to fill in


def test_what_needs_evidence_is_a_question_and_a_skeleton(registry: PluginRegistry) -> None:
    report = report_on(
        registry, document(compliant(), given=incomplete_evidence()), all_results=False
    )
    text = text_of(report)
    assert "2 open questions; 2 facts would answer them" in text
    assert "When was the certified technology certified to the criteria that" in text
    assert "When was the security risk analysis done or reviewed?" in text
    assert skeleton_in(text) == {
        "attestations": {"securityRiskAnalysisOn": None},
        "cehrt": {"certifiedOn": None},
    }


def test_one_question_is_asked_once_for_all_rules_that_need_it() -> None:
    entries = tuple(
        Unverified(code=f"ACME-ANY-0{n}", missing=("cehrt.certifiedOn",)) for n in (1, 2)
    )
    text = text_of(small_report([], verdict="ready", unverified=entries))
    assert " ".join(text.split()).count("When was the certified technology") == 1
    assert "(ACME-ANY-01, ACME-ANY-02)" in text


def test_the_skeleton_holds_what_is_known_already() -> None:
    entry = Unverified(code="ACME-ANY-01", missing=("cehrt.certifiedOn", "documents"))
    used = InputUse(role="evidence", uri="acme.evidence.json", sha256="0a" * 32)
    report = small_report([], verdict="ready", unverified=(entry,), inputs=(used,))
    assert "add what you know to acme.evidence.json:" in text_of(report)
    known = {0: {"cehrt": {"edition": "mixed"}, "counts": {"transitionsSent": 3}}}
    text = text_of(report, evidence=known)
    assert "save what you know as acme.evidence.json:" in text
    assert skeleton_in(text) == {
        "cehrt": {"certifiedOn": None, "edition": "mixed"},
        "counts": {"transitionsSent": 3},
        "documents": None,
    }


@pytest.mark.parametrize(
    ("summary", "place"),
    [
        ({}, "save what you know as acme.evidence.json:"),
        ({"uri": "-"}, "save what you know, and give it with --evidence FILE:"),
        (
            {"uri": "sent/all.zip!in/b.json"},
            "put what you know into sent/all.zip as in/b.evidence.json:",
        ),
        (
            {
                "uri": "all.ZIP!b.json",
                "inputs": (
                    InputUse(role="evidence", uri="all.ZIP!b.evidence.json", sha256="0" * 64),
                ),
            },
            "add what you know to b.evidence.json in all.ZIP:",
        ),
        ({"uri": "a!b.json"}, "save what you know as a!b.evidence.json:"),
        (
            {"uri": "b.ndjson", "line": 4},
            'add what you know to the "evidence" of b.ndjson:4:',
        ),
    ],
)
def test_the_skeleton_says_where_it_belongs(summary: dict[str, Any], place: str) -> None:
    entry = Unverified(code="ACME-ANY-01", missing=("documents",))
    report = small_report([], verdict="ready", unverified=(entry,), **summary)
    assert place in text_of(report)


def skeleton_in(text: str) -> Any:
    """Return the evidence that a text report prints."""
    lines = text.splitlines()
    (start,) = [n for n, line in enumerate(lines) if line.startswith("    {")]
    end = next(n for n, line in enumerate(lines) if n >= start and line.endswith("}"))
    while True:
        try:
            return json.loads("\n".join(lines[start : end + 1]))
        except json.JSONDecodeError:
            end += 1


def evidence_keys(schema: dict[str, Any], root: dict[str, Any], prefix: str = "") -> list[str]:
    """Return every key that a schema of evidence allows, those inside lists included."""
    target = root["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    inside = target.get("items", target)
    if "$ref" in inside and inside is not target:
        inside = root["$defs"][inside["$ref"].rpartition("/")[2]]
    keys = []
    for name, part in inside.get("properties", {}).items():
        keys += [f"{prefix}{name}", *evidence_keys(part, root, f"{prefix}{name}.")]
    return keys


def test_every_key_of_the_evidence_has_a_question() -> None:
    schema = load_schema("evidence")
    keys = set(evidence_keys(schema, schema))
    assert {"cehrt.certifiedOn", "documents.keptUntil", "clinicians.npi"} <= keys
    assert keys <= QUESTIONS.keys()
    assert {key for key in QUESTIONS if "*" not in key} <= keys


def test_every_question_is_one_sentence_that_asks() -> None:
    for text in some(QUESTIONS.values()):
        assert re.fullmatch(r"[A-Z][^?]*\?", text), text


def test_a_question_names_its_year_and_its_measure() -> None:
    assert question("ehrReport.PI_PEA_1").endswith("EHR's own report give for PI_PEA_1?")
    assert "in 2024, measure by measure?" in question("engagementHistory.2024")
    assert "in 2024 for PI_PHCDRR_1?" in question("engagementHistory.2024.PI_PHCDRR_1")
    assert question("acme.contractOn") == "What does the evidence give for acme.contractOn?"


def test_every_finding_of_a_real_document_is_in_the_text(registry: PluginRegistry) -> None:
    report = report_on(registry, document(departing(), given=incomplete_evidence()))
    text = " ".join(text_of(report).split())
    found: list[Result] = [r for r in report.results if r.outcome == "fail"]
    assert found
    for result in some(found):
        assert " ".join(result.message.split()) in text
    assert f"acme.json {YEAR}" in text
