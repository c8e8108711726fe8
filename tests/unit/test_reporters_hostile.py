"""Text from a hostile document is harmless in every medium."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from picheck.model.report import Report
from picheck.plugins.registry import PluginRegistry
from picheck.reporters.escaping import cell, harmless_json, markdown, uri_reference
from report_support import (
    NAMES,
    departing,
    document,
    failure,
    rendered,
    report_on,
    small_report,
)
from support import some

#: One text against all media: a terminal, HTML, XML, Markdown, a spreadsheet, a workflow.
HOSTILE: Final = (
    (
        "=cmd|' /C calc'!A0 \x1b]0;owned\x07\x1b[31m\x9b31m <script>alert(1)</script>"
        "<img src=x onerror=alert(1)> ]]> & \" ' \x00 \x0b \ufffe \ud83d\ude00 \u202egnp.exe"
        "\n::error::injected\r\n##[error]injected | `code` [link](https://evil.test)"
        " ![i](https://evil.test/i.png) {{7*7}} {% raw %}"
    )
    .encode("utf-16", "surrogatepass")
    .decode("utf-16")
)


def hostile_report(registry: PluginRegistry) -> Report:
    submission = departing()
    record = submission["measurementSets"][0]
    record["measurements"].append({"measureId": HOSTILE, "value": HOSTILE})
    record["cehrtId"] = f"={HOSTILE}"
    record["programName"] = HOSTILE
    record[HOSTILE] = HOSTILE
    submission["entityId"] = HOSTILE
    submission["entityType"] = "group"
    return report_on(registry, document(submission, "=evil,<b>:%\n::x.json"))


@pytest.mark.parametrize("name", NAMES)
def test_no_output_holds_a_control_or_a_direction_mark(registry: PluginRegistry, name: str) -> None:
    text = rendered(registry, name, hostile_report(registry))
    assert not re.search(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e\ufffe]", text.replace("\r", "")
    )


def test_hostile_text_makes_no_markup(registry: PluginRegistry) -> None:
    report = hostile_report(registry)
    page = rendered(registry, "html", report)
    assert "<script" not in page
    assert "<img" not in page
    assert "{{7*7}}" in page
    ET.fromstring(rendered(registry, "junit", report))  # noqa: S314 - our own output
    summary = re.sub(r"`[^`]*`", "", rendered(registry, "markdown", report))  # less code spans
    assert "<script" not in summary
    assert not re.search(r"(?<!\\)\]\(https", summary)


def test_hostile_text_is_no_workflow_command(registry: PluginRegistry) -> None:
    text = rendered(registry, "github", hostile_report(registry))
    assert "##[" not in text
    for line in some(text.splitlines()):
        if line.lstrip().startswith("::"):
            assert re.match(r"::(error|warning|notice|group|endgroup)( [^:]*)?::", line), line
            assert not line.startswith("::error::injected")


def test_a_hostile_name_makes_no_line_of_its_own(registry: PluginRegistry) -> None:
    name = "a.json\nREADY  b.json\r## ready\u2028\x1b[31m"
    report = small_report([failure()], uri=name, subject=f"entity {name}", entity=name)
    for reporter in ("text", "markdown", "junit", "github"):
        lines = rendered(registry, reporter, report).splitlines()
        assert not any(line.startswith(("READY", "## ready")) for line in lines), reporter
        assert not any("\u2028" in line or "\x1b" in line for line in lines), reporter
    suite = ET.fromstring(rendered(registry, "junit", report))[0]  # noqa: S314 - our own output
    assert "\n" not in suite.attrib["name"]
    assert all("\n" not in each.attrib["value"] for each in some(suite.iter("property")))


def test_no_cell_is_a_formula(registry: PluginRegistry) -> None:
    text = rendered(registry, "csv", hostile_report(registry))
    for row in some(csv.reader(io.StringIO(text))):
        assert not any(value.lstrip().startswith(("=", "+", "-", "@")) for value in row)
    assert cell("-1") == "'-1"
    assert cell(" \t=1").startswith("'")
    assert cell("\uff1d1") == "'\uff1d1"
    assert cell("PIC-ERX-01") == "PIC-ERX-01"


def test_json_escapes_keep_the_value() -> None:
    text = json.dumps(HOSTILE, ensure_ascii=False)
    assert json.loads(harmless_json(text)) == HOSTILE


def test_escapes_keep_honest_text_readable() -> None:
    assert markdown("e-Prescribing (PI_EP_1), 9 < 10") == r"e-Prescribing (PI\_EP\_1), 9 &lt; 10"
    assert uri_reference("a b/c.json") == "a%20b/c.json"
    assert uri_reference("/tmp/x.json") == "file:///tmp/x.json"  # noqa: S108 - only a name
    assert uri_reference("C:\\x y.json") == "file:///C:/x%20y.json"
