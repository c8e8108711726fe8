"""Each report that has room for it names the element of the XML that a finding is about."""

from __future__ import annotations

import csv
from html import unescape
from io import StringIO
from pathlib import Path

import pytest

from command_line import run_here
from qrda_support import written
from support import YEAR

FORMATS = ("text", "json", "ndjson", "csv", "markdown", "github", "html", "sarif", "junit")
PATH = "/ClinicalDocument/participant/associatedEntity/id/@extension"


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    """Give a file whose certification id is not one that the year accepts."""
    before = written(YEAR)
    assert 'root="2.16.840.1.113883.3.2074.1" extension="' in before
    at = before.index('root="2.16.840.1.113883.3.2074.1" extension="')
    begin = before.index('extension="', at) + len('extension="')
    end = before.index('"', begin)
    path = tmp_path / "upload.xml"
    path.write_text(f"{before[:begin]}0099EXXXXXXXXXX{before[end:]}", "utf-8")
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_names_the_element(upload: Path, name: str) -> None:
    terms = ("--as-of", f"{YEAR + 1}-02-01", "--isolated", "--select", "PIC-CEH")
    run = run_here("audit", upload.name, *terms, "-f", name, cwd=upload.parent)
    assert run.code == 1, run.err
    assert PATH in unescape(run.out).replace("\n", "").replace("               ", "")
    assert "PIC-CEH-" in run.out


def test_the_table_has_the_element_in_a_column_of_its_own(upload: Path) -> None:
    terms = ("--as-of", f"{YEAR + 1}-02-01", "--isolated", "--select", "PIC-CEH")
    run = run_here("audit", upload.name, *terms, "-f", "csv", cwd=upload.parent)
    rows = [row for row in csv.DictReader(StringIO(run.out)) if row["outcome"] == "fail"]
    assert PATH in {row["sourcePath"] for row in rows}
    assert "/measurementSets/0/cehrtId" in {row["pointer"] for row in rows}
