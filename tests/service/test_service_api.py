"""The API answers with the bytes of the command line, and with problems where it cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from starlette.applications import Starlette

from command_line import Run, run_apart
from long_runs import TERMS
from picheck.api import Report, Style
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import Reporter
from picheck.testing import compliant
from qrda_support import written
from service_support import EXAMPLE, TIN, ask, audit, make_app
from support import COMPLIANT, YEAR

#: The reporters whose output is text.
FORMATS: Final = (
    *("text", "json", "ndjson", "sarif", "junit", "github", "markdown", "csv", "html"),
    "operationoutcome",
)
#: A document with a finding in it, made of the compliant one.
FAULTY: Final = COMPLIANT.read_bytes().replace(b'"submissionMethod"', b'"submissionMethodd"', 1)
EVIDENCE: Final = COMPLIANT.with_suffix(".evidence.json").read_bytes()


def printed(folder: Path, *arguments: str) -> bytes:
    """Return what the command line prints."""
    return run_apart(*arguments, cwd=folder).out.encode()


def write_example(folder: Path, name: str = "submission.json", data: bytes = FAULTY) -> bytes:
    (folder / name).write_bytes(data)
    return data


def faulty_qrda() -> str:
    return written(YEAR, submission=compliant(YEAR).without("PI_PEA_1").build())


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_the_command_lines_byte_for_byte(
    app: Starlette, tmp_path: Path, form: str
) -> None:
    data = write_example(tmp_path)
    # beside a report of text no reporter writes a run piece by piece
    formats = ("-f", "text=beside", "-f", f"{form}=out")
    run_apart("audit", "submission.json", *TERMS, *formats, cwd=tmp_path, COLUMNS="100")
    answer = audit(app, data, f"?name=submission.json&format={form}")
    assert answer.status_code == 200, answer.text
    assert answer.content == (tmp_path / "out").read_bytes()


def test_every_reporter_of_text_is_compared(registry: PluginRegistry) -> None:
    own = {n for n, owner in registry.reporter_owners.items() if owner == "reporters (picheck)"}
    assert own == {*FORMATS, "parquet"}


def test_a_case_carries_its_evidence(app: Starlette, tmp_path: Path) -> None:
    case = b'{\n"submission": %s,\n"evidence": %s}' % (FAULTY, EVIDENCE)
    write_example(tmp_path, "case.json", case)
    expected = printed(tmp_path, "audit", "case.json", "-f", "json", *TERMS)
    assert audit(app, case, "?name=case.json").content == expected


def test_a_file_of_another_format_comes_as_text_beside_its_evidence(
    app: Starlette, tmp_path: Path
) -> None:
    text = faulty_qrda()
    (tmp_path / "upload.xml").write_text(text)
    (tmp_path / "upload.evidence.json").write_bytes(EVIDENCE.strip())
    case = json.dumps({"document": text}).encode()[:-1] + b', "evidence": %s}' % EVIDENCE.strip()
    expected = printed(tmp_path, "audit", "upload.xml", "-f", "json", *TERMS)
    assert audit(app, case, "?name=upload.xml").content == expected
    assert b'"line"' in expected


def test_a_qrda_file_is_audited_as_it_is(app: Starlette, tmp_path: Path) -> None:
    text = faulty_qrda()
    write_example(tmp_path, "upload.xml", text.encode())
    expected = printed(tmp_path, "audit", "upload.xml", "-f", "json", *TERMS)
    assert audit(app, text.encode(), "?name=upload.xml").content == expected
    places = printed(tmp_path, "convert", "upload.xml", "--places")
    asked = "/api/v1/conversions?name=upload.xml&places=true"
    assert ask(app, "POST", asked, content=text.encode()).content == places


def test_earlier_submissions_come_along(app: Starlette, tmp_path: Path) -> None:
    earlier = json.dumps({**json.loads(COMPLIANT.read_bytes()), "performanceYear": YEAR - 1})
    (tmp_path / "earlier.json").write_text(earlier)
    case = b'{"prior": [%s],\n "submission": %s}' % (earlier.encode(), FAULTY)
    plain = b'{%s\n "submission": %s}' % (b" " * (len(earlier) + 12), FAULTY)
    write_example(tmp_path, "case.json", plain)
    expected = printed(
        tmp_path, "audit", "case.json", "--prior", "earlier.json", "-f", "json", *TERMS
    )
    answer = audit(app, case, "?name=case.json")
    assert answer.text.replace("prior[0]", "earlier.json") == expected.decode()
    assert b'"role": "prior"' in expected


def test_a_score_is_the_command_lines(app: Starlette, tmp_path: Path) -> None:
    data = write_example(tmp_path, data=EXAMPLE.read_bytes())
    asked = ("score", "submission.json", "--format", "json", "--what-if", *TERMS)
    answer = ask(app, "POST", "/api/v1/scores?name=submission.json&whatIf=true", content=data)
    assert answer.content == printed(tmp_path, *asked)
    assert answer.json()["entities"][0]["whatIf"]


@pytest.mark.parametrize(
    ("path", "arguments"),
    [
        ("rules", ("rules", "list")),
        (f"rules?year={YEAR}", ("rules", "list", "--year", str(YEAR))),
        ("rules/PIC-CEH-03", ("rules", "show", "PIC-CEH-03")),
        (f"rules/period-too-short?year={YEAR}", ("rules", "show", "PIC-PER-03", "-y", str(YEAR))),
        ("rules/PIC-RUN-01", ("rules", "show", "PIC-RUN-01")),
        ("years", ("years", "list")),
    ],
)
def test_lists_are_the_command_lines(
    app: Starlette, tmp_path: Path, path: str, arguments: tuple[str, ...]
) -> None:
    answer = ask(app, "GET", f"/api/v1/{path}")
    assert answer.content == printed(tmp_path, *arguments, "--format", "json")


def test_the_date_and_the_year_are_those_that_are_asked_for(app: Starlette) -> None:
    report = audit(app, FAULTY, f"?asOf=2024-02-29&year={YEAR - 1}").json()
    assert report["run"]["asOf"] == "2024-02-29"
    assert report["run"]["options"]["year"] == YEAR - 1


@pytest.mark.parametrize(
    ("query", "code", "parameter"),
    [
        ("asOf=", "parameterWrong", "asOf"),
        ("asOf=2025-02-30", "parameterWrong", "asOf"),
        ("asOf=20250201", "parameterWrong", "asOf"),
        ("year=", "parameterWrong", "year"),
        ("year=25", "parameterWrong", "year"),
        ("year=٢٠٢٥", "parameterWrong", "year"),
        ("name=", "parameterWrong", "name"),
        ("format=", "parameterWrong", "format"),
        ("format=jsn", "parameterWrong", "format"),
        ("format=parquet", "parameterWrong", "format"),
        ("yaer=2025", "parameterUnknown", "yaer"),
        ("year=2025&year=2024", "parameterRepeated", "year"),
    ],
)
def test_a_parameter_that_is_not_right_is_a_problem(
    app: Starlette, query: str, code: str, parameter: str
) -> None:
    answer = audit(app, FAULTY, f"?{query}")
    problem = answer.json()
    assert answer.status_code == problem["status"] == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["code"], problem["parameter"]) == (code, parameter)
    assert problem["title"] == "Bad Request"


def test_what_is_not_json_has_a_line_and_a_column(app: Starlette) -> None:
    answer = audit(app, b'{"entityType": "group",\n  12-3456789}')
    problem = answer.json()
    assert answer.status_code == 422
    assert (problem["code"], problem["line"], problem["column"]) == ("unreadable", 2, 3)
    assert "3456789" not in answer.text


@pytest.mark.parametrize("path", ["audits", "scores", "conversions"])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"\xff\xfe{}", 422),
        (b"\x1f\x8b\x08 a compressed file", 422),
        (b"[" * 200, 422),
        (b"", 400),
    ],
)
def test_what_is_no_document_is_a_problem(
    app: Starlette, path: str, body: bytes, expected: int
) -> None:
    answer = ask(app, "POST", f"/api/v1/{path}", content=body)
    assert answer.status_code == expected, answer.text


def test_a_form_is_not_a_document(app: Starlette) -> None:
    sent: dict[str, Any] = {"files": {"document": ("a.json", FAULTY)}}
    assert ask(app, "POST", "/api/v1/audits", **sent).status_code == 415
    squeezed = {"content-encoding": "gzip"}
    assert audit(app, FAULTY, headers=squeezed).status_code == 415


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("rules/PIC-CEH-O3", "did you mean PIC-CEH-03?"),
        ("rules?year=1999", "no rulebook for pi 1999"),
        ("rules/PIC-CEH-03?year=1999", "no rulebook for pi 1999"),
        ("years?program=ip", "installed: pi"),
    ],
)
def test_what_is_not_there_is_said_with_the_nearest(app: Starlette, path: str, detail: str) -> None:
    answer = ask(app, "GET", f"/api/v1/{path}")
    assert answer.status_code == 404
    assert detail in answer.json()["detail"]


def test_a_method_that_is_not_there_names_those_that_are(app: Starlette) -> None:
    answer = ask(app, "DELETE", "/api/v1/audits")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_an_identifier_is_masked_in_every_format(app: Starlette) -> None:
    for name in FORMATS:
        answer = audit(app, EXAMPLE.read_bytes(), f"?format={name}")
        assert answer.status_code == 200
        assert TIN not in answer.text, name


def test_what_is_not_json_is_saved_and_not_shown(app: Starlette) -> None:
    page = audit(app, FAULTY, "?format=html")
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-disposition"] == 'attachment; filename="report.html"'
    assert "content-disposition" not in audit(app, FAULTY).headers


class _Reporter:
    """A vendor's reporter that says no media type, and may break."""

    name = "acme"
    description = "for the tests"

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error

    def render(self, report: Report, style: Style) -> str:
        if self._error is not None:
            raise self._error
        return f"{report.summary.verdict} {style.width}\n"


def with_reporter(registry: PluginRegistry, reporter: Reporter) -> Starlette:
    reporters = {**registry.reporters, reporter.name: reporter}
    return make_app(msgspec.structs.replace(registry, reporters=reporters))


def test_a_vendors_reporter_is_a_format_too(registry: PluginRegistry) -> None:
    answer = audit(with_reporter(registry, _Reporter()), FAULTY, "?format=acme")
    assert answer.text == "notReady 100\n"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_reporter_that_breaks_is_named(registry: PluginRegistry) -> None:
    app = with_reporter(registry, _Reporter(ValueError("no")))
    answer = audit(app, FAULTY, "?format=acme")
    assert (answer.status_code, answer.json()["code"]) == (500, "pluginBroken")
    assert answer.json()["detail"] == "reporter acme of acme broke: ValueError: no"


def test_without_a_preview_there_is_no_score(registry: PluginRegistry) -> None:
    app = make_app(msgspec.structs.replace(registry, previews={}))
    answer = ask(app, "POST", "/api/v1/scores", content=FAULTY)
    assert (answer.status_code, answer.json()["code"]) == (400, "cannotFollow")


def test_a_document_without_a_name_is_called_as_standard_input(
    app: Starlette, tmp_path: Path
) -> None:
    given: Run = run_apart("audit", "-", "-f", "json", *TERMS, cwd=tmp_path, stdin=FAULTY)
    assert audit(app, FAULTY).text == given.out
