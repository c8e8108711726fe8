"""The door for formats: which one a file is of, and what is said of one that is of none."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from acceptance_support import run
from command_line import run_here
from picheck.api import Converted, Format, Spot, hookimpl
from picheck.engine.options import AuditOptions
from picheck.errors import InputError, PluginConflict, UsageError
from picheck.intake.file_kinds import kind_of
from picheck.intake.formats import convert
from picheck.plugins.host import Host
from picheck.plugins.registry import collect_plugins
from picheck.rules.inputs import JSON_SOURCE
from picheck.session import AuditSession, InputDocument
from picheck.testing.harness import stock
from qrda_support import written
from support import AS_OF, COMPLIANT, YEAR


class Table:
    """A format of a vendor's."""

    name = "table"
    description = "tables, for tests"
    suffixes: tuple[str, ...] = (".tab",)
    mark = b"#table"

    def recognises(self, head: bytes) -> bool:
        """Look for the mark."""
        return head.startswith(self.mark)

    def convert(self, data: bytes, uri: str) -> Converted:  # noqa: ARG002
        """Return an empty document."""
        if b"boom" in data:
            raise ZeroDivisionError
        return Converted(b"{}", {"": Spot(path="A1")}, {"rows": [1]})


class Plugin:
    """A plugin with formats."""

    def __init__(self, *formats: Format) -> None:
        self._formats = formats

    @hookimpl
    def picheck_register_formats(self) -> tuple[Format, ...]:
        """Return them."""
        return self._formats


TABLES = {"table": Table()}

#: A plugin that takes the files of QRDA III for its own.
RIVAL = """
from picheck.api import Converted, hookimpl

picheck_api = "2"


class Rival:
    name = "rival"
    description = "for tests"
    suffixes = (".xml",)

    def recognises(self, head):
        return b"ClinicalDocument" in head

    def convert(self, data, uri):
        return Converted(b"{}", {})


@hookimpl
def picheck_register_formats():
    return (Rival(),)
"""


def test_json_goes_through_as_it_is() -> None:
    data = b'  {"measurementSets": []}'
    made = convert(data, "a.json", "auto", stock().formats)
    assert made.document is data
    assert made.source is JSON_SOURCE
    assert made.places is None


def test_a_suffix_and_the_beginning_decide() -> None:
    made = convert(b"#table", "a.tab", "auto", TABLES)
    assert (made.document, made.source.format) == (b"{}", "table")
    assert made.source.facts["rows"] == (1,)


def test_the_beginning_decides_alone_where_a_name_says_nothing() -> None:
    assert convert(b"#table", "-", "auto", TABLES).source.format == "table"
    assert convert(b"#table", "a.tab.gz", "auto", TABLES).source.format == "table"
    assert convert(b"#table", "a.json", "auto", TABLES).source is JSON_SOURCE


def test_a_format_that_is_named_is_taken_whatever_the_file_is() -> None:
    assert convert(b"nothing", "a.json", "table", TABLES).source.format == "table"
    assert convert(b"#table", "a.tab", "json", TABLES).source is JSON_SOURCE


def test_a_format_that_does_not_exist_is_a_fault_of_usage_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean table"):
        convert(b"", "a", "tabel", TABLES)


def test_two_formats_that_claim_a_file_are_both_named() -> None:
    second = Table()
    second.name = "second"
    with pytest.raises(UsageError, match=r"a\.tab may be table and second; say which"):
        convert(b"#table", "a.tab", "auto", {**TABLES, "second": second})


def test_a_format_that_breaks_costs_its_own_file_alone() -> None:
    with pytest.raises(InputError, match="the format table broke"):
        convert(b"#table boom", "a.tab", "auto", TABLES)


@pytest.mark.parametrize(
    ("head", "uri", "said"),
    [
        (b"%PDF-1.7", "a.pdf", "a PDF"),
        (b"PK\x03\x04 damaged", "a.zip", "a zip archive"),
        (b"a,b,c", "a.XLSX", "a spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "a.xls", "a spreadsheet"),
        (b"a,b,c", "a.csv", "a table"),
        (b"<!DOCTYPE html><html>", "a.xml", "a web page"),
        (b"<?xml version='1.0'?><!-- x --><invoice/>", "a.xml", "its root element is invoice"),
        (b"\xef\xbb\xbf<invoice/>", "a.xml", "XML, but of no format"),
        ("<invoice/>".encode("utf-16"), "a.xml", "its root element is invoice"),
        (b"measures: none", "a.XML", "no XML"),
        (b"none", "a.xml.gz", "no XML"),
    ],
)
def test_a_file_of_no_format_is_called_what_it_is(head: bytes, uri: str, said: str) -> None:
    assert said in (kind_of(head, uri) or "")
    with pytest.raises(InputError, match=r"is a|is XML|is no XML"):
        convert(head, uri, "auto", stock().formats)


#: The members that tell apart what office programs write; the first one is where it begins.
PACKAGES = {
    "a workbook": (("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"), "a spreadsheet"),
    "a workbook after a picture": (
        ("docProps/thumbnail.jpeg", "xl/workbook.xml", "[Content_Types].xml"),
        "a spreadsheet",
    ),
    "a table of OpenDocument": (("mimetype", "content.xml"), "a spreadsheet"),
    "a letter": (("[Content_Types].xml", "word/document.xml"), "a text document"),
    "slides": (("[Content_Types].xml", "ppt/slide1.xml"), "a presentation"),
    "numbers": (("Index/Document.iwa",), "a document of an office program"),
}


def package(name: str) -> bytes:
    """Return a zip archive as an office program writes it, its first member 9,000 bytes long."""
    members, _ = PACKAGES[name]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for member in members:
            text = "application/vnd.oasis.opendocument.spreadsheet" if member == "mimetype" else ""
            archive.writestr(member, text or bytes(range(250)) * 36)
    return made.getvalue()


@pytest.mark.parametrize("name", PACKAGES)
@pytest.mark.parametrize("file", ["a.xlsx", "a.json", "a.zip", "a.xml", "a", "a.ndjson", "-"])
def test_a_document_of_an_office_program_is_called_so_whatever_its_name(
    tmp_path: Path, name: str, file: str
) -> None:
    data = package(name)
    if file != "-":
        tmp_path.joinpath(file).write_bytes(data)
    path = file if file == "-" else str(tmp_path / file)
    done = run_here("audit", path, stdin=data)
    assert done.code == 3
    assert f"{path}: is {PACKAGES[name][1]}" in " ".join(done.out.split())
    assert "!" not in done.out  # no member is taken for a submission


def test_an_archive_of_submissions_is_read_whatever_else_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "outbox.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("upload.xml", written(YEAR))
        archive.writestr("numbers.json", package("a workbook"))
        archive.writestr("inner.json", b"PK\x03\x04 damaged")
    done = run_here("audit", path, "--as-of", AS_OF)
    assert done.code == 3
    shown = " ".join(done.out.split())
    assert f"{path}!numbers.json: is a spreadsheet" in shown
    assert f"{path}!inner.json: is a zip archive" in shown
    assert " 1 document:" in shown


def test_what_is_not_known_is_left_to_the_reader_of_json() -> None:
    assert convert(b"nothing known", "a.json", "auto", stock().formats).source is JSON_SOURCE


def test_formats_are_registered_with_one_owner_each() -> None:
    host = Host()
    host.register(Plugin(Table()), "first")
    host.register(Plugin(Table()), "other")
    with pytest.raises(PluginConflict, match="input format table is claimed by first"):
        collect_plugins(host)


@pytest.mark.parametrize(("name", "suffixes"), [("json", (".x",)), ("x", ("x",)), ("x", ())])
def test_a_format_that_cannot_be_used_makes_its_plugin_fail(
    name: str, suffixes: tuple[str, ...]
) -> None:
    table = Table()
    table.name, table.suffixes = name, suffixes
    host = Host()
    host.register(Plugin(table), "vendor")
    registry = collect_plugins(host)
    assert [use.name for use in registry.failed] == ["vendor"]
    assert registry.formats == {}


def test_picheck_brings_qrda() -> None:
    assert stock().document_suffixes == (".xml",)


def test_the_command_prints_the_document_and_on_demand_the_places(tmp_path: Path) -> None:
    file = tmp_path / "upload.xml"
    file.write_text(written(YEAR))
    plain = run_here("convert", file)
    assert plain.code == 0
    assert json.loads(plain.out)["performanceYear"] == YEAR
    with_places = run_here("convert", file, "--places")
    shown = json.loads(with_places.out)
    assert shown["document"] == json.loads(plain.out)
    assert shown["places"]["/entityType"]["path"].endswith("/id/@extension")


def write_upload(folder: Path, settings: str) -> None:
    folder.joinpath("upload.xml").write_text(written(YEAR))
    folder.joinpath("picheck.toml").write_text(settings)


@pytest.mark.parametrize("words", [["audit", "upload.xml"], ["score", "upload.xml"]])
def test_the_format_can_be_set_in_the_settings_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_upload(tmp_path, 'input_format = "json"\n')
    given = [*words, "--as-of", AS_OF]
    assert run_here(*given).code == 3
    again = run_here(*given, "--input-format", "qrda3")
    assert again.code == 0


def test_two_formats_that_claim_a_file_end_an_audit_with_exit_code_2(tmp_path: Path) -> None:
    file = tmp_path / "upload.xml"
    file.write_text(written(YEAR))
    rival = tmp_path / "rival.py"
    rival.write_text(RIVAL)
    done = run(tmp_path, "audit", "-p", "./rival.py", "upload.xml", code=2)
    assert done.out == ""
    assert "upload.xml may be qrda3 and rival; say which with --input-format" in done.err
    run(tmp_path, "audit", "-p", "./rival.py", "--input-format", "qrda3", "upload.xml", code=0)


@pytest.mark.parametrize("input_format", ["auto", "qrda3"])
def test_a_session_reads_the_format_that_is_named(input_format: str) -> None:
    options = AuditOptions(as_of=date.fromisoformat(AS_OF), input_format=input_format)
    document = InputDocument(number=0, data=written(YEAR).encode(), uri="upload")
    report = AuditSession(options).audit(document)
    assert report.summary is not None
    assert report.summary.verdict == "ready"


def test_a_session_says_that_a_file_is_not_of_the_format_that_is_named() -> None:
    options = AuditOptions(as_of=date.fromisoformat(AS_OF), input_format="qrda3")
    document = InputDocument(number=0, data=COMPLIANT.read_bytes(), uri="upload")
    report = AuditSession(options).audit(document)
    assert report.summary is None
    assert "not XML" in report.notices[0].message
