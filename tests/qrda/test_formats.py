"""The door for formats: which one a file is of, and what is said of one that is of none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from picheck.api import Converted, Format, Spot, hookimpl
from picheck.cli.convert import command
from picheck.errors import InputError, PluginConflict, UsageError
from picheck.intake.formats import convert, kind_of
from picheck.plugins.host import Host
from picheck.plugins.registry import collect_plugins
from picheck.rules.inputs import JSON_SOURCE
from picheck.testing.harness import stock
from qrda_support import written
from support import YEAR


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
        (b"PK\x03\x04..[Content_Types].xml", "a.xlsx", "a spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "a.xls", "a spreadsheet"),
        (b"a,b,c", "a.csv", "a table"),
        (b"<!DOCTYPE html><html>", "a.xml", "a web page"),
        (b"<?xml version='1.0'?><!-- x --><invoice/>", "a.xml", "its root element is invoice"),
        (b"\xef\xbb\xbf<invoice/>", "a.xml", "XML, but of no format"),
        ("<invoice/>".encode("utf-16"), "a.xml", "its root element is invoice"),
    ],
)
def test_a_file_of_no_format_is_called_what_it_is(head: bytes, uri: str, said: str) -> None:
    assert said in (kind_of(head, uri) or "")
    with pytest.raises(InputError, match=r"is a|is XML"):
        convert(head, uri, "auto", stock().formats)


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
    plain = CliRunner().invoke(command, [str(file)], standalone_mode=False)
    assert plain.return_value == 0
    assert json.loads(plain.output)["performanceYear"] == YEAR
    with_places = CliRunner().invoke(command, [str(file), "--places"], standalone_mode=False)
    shown = json.loads(with_places.output)
    assert shown["document"] == json.loads(plain.output)
    assert shown["places"]["/entityType"]["path"].endswith("/id/@extension")
