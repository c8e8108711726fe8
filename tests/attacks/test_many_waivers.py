"""A finding is compared with the few waivers that may mean it, however many there are."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path

import pytest

from picheck.engine.acceptance.apply import Acceptance, read_acceptance
from support import some

CODE = "PIC-PER-03"
FOLDER = Path("/lake")
#: File patterns of every kind, and documents of every kind.
PATTERNS = (
    *("a.json", "./a.json", "in/a.json", "./in/a.json", "*.json", "in/*", "**/a.json", "a.jso?"),
    *(
        "o.zip",
        "o.zip!a.json",
        "in/o.zip!in/a.json",
        "o.zip!in/*",
        "-",
        "/other/a.json",
        "../a.json",
    ),
)
DOCUMENTS = (
    *("/lake/a.json", "/lake/in/a.json", "/lake/b.json", "/lake/o.zip!a.json", "-"),
    *("/lake/o.zip!in/a.json", "/lake/in/o.zip!in/a.json", "/other/a.json", "/lake/o.zip!"),
)


def accepted(folder: Path, *tables: str) -> Acceptance:
    """Read waivers from a file, with an owner and a reason that the test does not look at."""
    more = '\nreason = "letter"\nowner = "C"\nexpires = 2026-12-31\n'
    path = folder / "waivers.toml"
    path.write_text("".join(f"[[waivers]]\n{table}{more}" for table in tables))
    return read_acceptance(date(2026, 2, 1), path, None, [CODE])


@pytest.mark.parametrize("count", [10, 2000])
def test_waivers_of_other_files_are_not_looked_at(count: int, tmp_path: Path) -> None:
    tables = [f'code = "{CODE}"\nfile = "lake/{number}.json"' for number in range(count)]
    acceptance = accepted(tmp_path, *tables)
    assert acceptance.candidates(CODE, "", str(tmp_path / "lake" / "7.json")) == [7]
    assert acceptance.candidates(CODE, "", str(tmp_path / "7.json")) == []


def test_no_waiver_that_means_a_document_is_passed_over(tmp_path: Path) -> None:
    tables = [f'code = "{CODE}"\nfile = "{pattern}"' for pattern in PATTERNS]
    acceptance = accepted(tmp_path, *tables)
    hits = 0
    for document, (index, waiver) in some(product(DOCUMENTS, enumerate(acceptance.waivers))):
        uri = document.replace("/lake", str(tmp_path))
        if waiver.may_match("", CODE, None, uri, tmp_path):
            assert index in acceptance.candidates(CODE, "", uri), (document, waiver.file)
            hits += 1
    assert hits > len(DOCUMENTS)


def test_a_relative_name_means_another_file_in_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acceptance = accepted(tmp_path, f'code = "{CODE}"\nfile = "in/a.json"')
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path)
    assert acceptance.candidates(CODE, "", "a.json") == []
    monkeypatch.chdir(tmp_path / "in")
    assert acceptance.candidates(CODE, "", "a.json") == [0]
