"""NDJSON, CSV and Parquet: written whole or piece by piece, they are the same bytes."""

from __future__ import annotations

import csv
import io
import json
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from jsonschema import Draft202012Validator

from picheck.model.location import Location
from picheck.model.report import Notice, Report
from picheck.model.result import Unverified
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import (
    StreamingReporter,
    Style,
    find_rule,
    rule_key,
    rules_needed,
    rules_of,
    stream,
)
from picheck.reporters.unreadable import describe_unreadable
from picheck.schemas import explain, load_schema
from report_support import (
    departing,
    document,
    failure,
    incomplete_evidence,
    rendered,
    report_on,
    rule_record,
    small_report,
    the_usual,
)
from support import some

LINE_SCHEMA: Final[dict[str, Any]] = json.loads(
    files("picheck_schemas").joinpath("report-line.schema.json").read_text("utf-8")
)
UNREADABLE: Final = Notice(
    kind="unreadable",
    message="sent/b.json:3:1: is not JSON: a comma is missing",
    is_incomplete=True,
)


def lines_of(registry: PluginRegistry, report: Report) -> list[dict[str, Any]]:
    return [json.loads(line) for line in rendered(registry, "ndjson", report).splitlines()]


def several_years() -> Report:
    """Return a report on three documents of which the last two need the same rules."""
    report = small_report(
        [
            failure(),
            failure("ACME-ANY-02", document=1),
            failure(document=2, year=2024),
            failure("ACME-ANY-02", document=2),
        ],
        unverified=(Unverified(code="ACME-ANY-03", missing=("documents",)),),
    )
    (summary,) = report.documents
    plain = msgspec.structs.replace(summary, unverified=())
    old = rule_record("ACME-ANY-01", year=2024)
    notice = Notice(kind="evidencePassedOver", message="b.json is not evidence", document=1)
    return msgspec.structs.replace(
        report,
        run=msgspec.structs.replace(report.run, notices=(notice, UNREADABLE)),
        rules=(*report.rules, old),
        documents=(summary, plain, plain),
    )


@pytest.mark.parametrize("name", ["ndjson", "csv"])
def test_a_whole_report_is_its_pieces(registry: PluginRegistry, name: str) -> None:
    reporter = registry.reporters[name]
    assert isinstance(reporter, StreamingReporter)
    for report in (the_usual(registry), several_years()):
        pieces = b"".join(stream(report, reporter))
        assert reporter.render(report, Style()).encode() == pieces


def test_a_rule_stands_before_the_first_document_that_needs_it(registry: PluginRegistry) -> None:
    lines = lines_of(registry, several_years())
    assert [(line["type"], line.get("code", line.get("document"))) for line in lines[1:-1]] == [
        ("rule", "ACME-ANY-01"),
        ("rule", "ACME-ANY-03"),
        ("document", 0),
        ("result", "ACME-ANY-01"),
        ("rule", "ACME-ANY-02"),
        ("document", 1),
        ("result", "ACME-ANY-02"),
        ("notice", 1),
        ("rule", "ACME-ANY-01"),
        ("document", 2),
        ("result", "ACME-ANY-01"),
        ("result", "ACME-ANY-02"),
    ]


def test_every_line_of_a_document_carries_its_index(registry: PluginRegistry) -> None:
    lines = lines_of(registry, the_usual(registry))
    assert [lines[0]["type"], lines[-1]["type"]] == ["run", "summary"]
    current = None
    for line in some(lines[1:-1]):
        if line["type"] != "rule":
            current = line["document"] if line["type"] == "document" else current
            assert line["document"] == current
    assert {"rulebooks", "notices", "verdict", "exit"} <= lines[-1].keys()
    assert {"schemaVersion", "tool", "asOf", "gate", "options", "inputs"} <= lines[0].keys()


@pytest.mark.parametrize("all_results", [True, False])
def test_each_result_refers_to_a_rule_before_it(
    registry: PluginRegistry, *, all_results: bool
) -> None:
    known: set[tuple[str, int | None]] = set()
    for line in some(lines_of(registry, the_usual(registry, all_results=all_results))):
        if line["type"] == "rule":
            assert (line["code"], line["year"]) not in known
            known.add((line["code"], line["year"]))
        elif line["type"] == "result":
            assert not known.isdisjoint({(line["code"], line["year"]), (line["code"], None)})
        elif line["type"] == "document":
            for entry in line.get("unverified", ()):
                assert (entry["code"], line["performanceYear"]) in known


def test_a_result_does_not_repeat_what_its_rule_says(registry: PluginRegistry) -> None:
    (line,) = [
        each for each in lines_of(registry, small_report([failure()])) if each["type"] == "result"
    ]
    assert line == {
        "type": "result",
        "document": 0,
        "code": "ACME-ANY-01",
        "year": 2025,
        "outcome": "fail",
        "message": "something is wrong",
        "location": {"pointer": "/a", "line": 3, "column": 5},
        "severity": "error",
        "consequence": "categoryZero",
    }


def test_the_schema_of_a_line_is_sound_and_shares_its_words_with_the_reports() -> None:
    Draft202012Validator.check_schema(LINE_SCHEMA)
    report_schema = load_schema("report")
    for name, definition in some(LINE_SCHEMA["$defs"].items()):
        if not name.endswith("Line"):
            assert definition == report_schema["$defs"][name], name
    for name, base in (("rule", "rule"), ("result", "result"), ("document", "document")):
        properties = dict(LINE_SCHEMA["$defs"][f"{name}Line"]["properties"])
        for added in {"type", "document"} - report_schema["$defs"][base]["properties"].keys():
            properties.pop(added, None)
        assert properties == report_schema["$defs"][base]["properties"]


@pytest.mark.parametrize("all_results", [True, False])
def test_every_line_follows_the_published_schema(
    registry: PluginRegistry, *, all_results: bool
) -> None:
    validator = Draft202012Validator(LINE_SCHEMA)
    for report in (the_usual(registry, all_results=all_results), several_years()):
        for line in lines_of(registry, report):
            assert [error.message for error in validator.iter_errors(line)] == []
    assert list(validator.iter_errors({"type": "result", "document": 0}))
    assert list(validator.iter_errors({"type": "other"}))


@pytest.mark.parametrize("all_results", [True, False])
def test_the_json_report_follows_the_published_schema(
    registry: PluginRegistry, *, all_results: bool
) -> None:
    for report in (the_usual(registry, all_results=all_results), several_years()):
        assert explain("report", json.loads(rendered(registry, "json", report))) == ()


def test_the_rules_that_a_document_needs_come_in_the_order_of_their_use() -> None:
    report = several_years()
    first, *_ = report.documents
    own = [result for result in report.results if result.document == 0]
    assert rules_needed(first, own) == (("ACME-ANY-01", 2025), ("ACME-ANY-03", 2025))
    assert rules_needed(first, [own[0], own[0]]) == rules_needed(first, own)
    assert {rule_key(result) for result in report.results} <= rules_of(report).keys()


def test_a_rule_of_picheck_itself_is_found_in_every_year() -> None:
    crashed = rule_record("PIC-RUN-01", year=None)
    assert find_rule({("PIC-RUN-01", None): crashed}, "PIC-RUN-01", 2025) is crashed


def test_the_table_has_a_row_for_an_input_that_could_not_be_read(registry: PluginRegistry) -> None:
    rows = list(csv.DictReader(io.StringIO(rendered(registry, "csv", several_years()))))
    (row,) = [row for row in rows if row["outcome"] == "unreadable"]
    assert (row["document"], row["line"], row["column"]) == ("sent/b.json", "3", "1")
    assert row["message"] == UNREADABLE.message
    reporter = registry.reporters["csv"]
    assert isinstance(reporter, StreamingReporter)
    assert b"unreadable" in reporter.notice(7, UNREADABLE)
    assert reporter.notice(7, Notice(kind="shapeRefused", message="x", document=7)) == b""


def test_the_table_has_a_row_for_a_document_without_findings(registry: PluginRegistry) -> None:
    report = small_report([], verdict="ready", entity="k7Qf")
    (row,) = csv.DictReader(io.StringIO(rendered(registry, "csv", report)))
    assert (row["document"], row["entity"], row["verdict"], row["code"]) == (
        "acme.json",
        "k7Qf",
        "ready",
        "",
    )


def test_the_parquet_table_has_the_same_rows(registry: PluginRegistry, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    reporter: Any = registry.reporters["parquet"]
    sink = reporter.sink(tmp_path / "out.parquet")
    for piece in stream(several_years(), reporter):
        sink.write(piece)
    sink.close()
    rows = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert [(row["document"], row["code"], row["outcome"]) for row in rows] == [
        (0, "ACME-ANY-01", "fail"),
        (0, "ACME-ANY-03", "indeterminate"),
        (1, "ACME-ANY-02", "fail"),
        (2, "ACME-ANY-01", "fail"),
        (2, "ACME-ANY-02", "fail"),
        (None, None, "unreadable"),
    ]
    assert rows[-1]["uri"] == "sent/b.json"
    assert rows[0]["sources"] == ["rule"]
    assert rows[0]["remediation"] == "correct it"


def test_a_value_of_any_shape_is_written(registry: PluginRegistry) -> None:
    odd = failure(
        expected=[1, {"a": None}], actual={"b": [True, 1.5]}, location=Location(pointer="/a")
    )
    line = lines_of(registry, small_report([odd]))[-2]
    assert (line["expected"], line["actual"]) == ([1, {"a": None}], {"b": [True, 1.5]})


def test_a_report_holds_the_rules_that_it_refers_to_and_no_others(registry: PluginRegistry) -> None:
    one = report_on(registry, document(departing(), given=incomplete_evidence()))
    codes = {rule.code for rule in one.rules}
    assert codes == {result.code for result in one.results}


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ("a.json:3:1: not JSON", ("a.json", 3, 1)),
        ("many.ndjson:7: more than 16 bytes", ("many.ndjson", 7, None)),
        ("gone.json: does not exist", ("gone.json", None, None)),
        ("note: x.json:1:2: not JSON: it ends", ("note: x.json", 1, 2)),
        ("in.zip!a.json: cannot be unpacked: Bad CRC", ("in.zip!a.json", None, None)),
        ("no document was found", (None, None, None)),
    ],
)
def test_the_place_of_what_could_not_be_read_is_in_columns(
    message: str, place: tuple[str | None, int | None, int | None]
) -> None:
    row = describe_unreadable(Notice(kind="unreadable", message=message, is_incomplete=True))
    assert row is not None
    assert (row["document"], row["line"], row["column"]) == place
    assert row["message"] == message
