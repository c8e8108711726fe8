"""A new plugin is complete from its first minute, and nothing is ever overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from picheck.errors import UsageError
from picheck.testing.harness import stock
from picheck.testing.scaffold import scaffold
from support import ROOT, some, years_asked_for
from vendor_support import ACME, picheck, pretend_install, run


def begin(folder: Path, name: str = "north-star", prefix: str = "NORTH") -> tuple[Path, ...]:
    return scaffold(name, prefix, folder, stock(), "pi")


@pytest.mark.parametrize(
    ("name", "prefix", "why"),
    [
        ("Acme", "ACME", "is no plugin name"),
        ("../acme", "ACME", "is no plugin name"),
        ("picheck", "ACME", "installed already"),
        ("pi-2025", "ACME", "installed already"),
        ("acme", "PIC", "belongs to picheck"),
        ("acme", "acme", "is no prefix"),
        ("acme", "A", "is no prefix"),
    ],
)
def test_a_bad_name_or_prefix_is_refused(tmp_path: Path, name: str, prefix: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        begin(tmp_path / "new", name, prefix)
    assert not (tmp_path / "new").exists()


def test_a_folder_that_holds_anything_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="is not empty"):
        begin(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_no_placeholder_is_left(tmp_path: Path) -> None:
    for file in some(begin(tmp_path / "new")):
        assert "@" not in file.read_text("utf-8").replace("@rule(", "").replace("@hookimpl", "")


def test_the_living_example_has_the_same_layout(tmp_path: Path) -> None:
    for file in some(scaffold("acme", "ACME", tmp_path / "new", stock(), "pi")):
        place = file.relative_to(tmp_path / "new")
        if "round_denominator" not in place.name:
            assert (ACME / place).is_file(), place


def test_a_new_plugin_passes_its_tests_and_is_named_in_the_report(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    begin(folder)
    site = pretend_install(tmp_path / "site", folder, "north-star", "picheck_north_star", "0.1.0")
    tests = run("-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder), site=site)
    assert tests.code == 0, tests.out
    assert f"{2 * len(years_asked_for())} passed" in tests.out
    listed = picheck("rules", "list", "--select", "NORTH", site=site)
    assert "NORTH-QLT-01  north-star-round-denominator" in listed.out
    document = ROOT / "fixtures" / "picheck_fixtures" / "compliant" / "2025.json"
    audited = picheck("audit", str(document), "--as-of", "2026-02-01", "-f", "json", site=site)
    uses = json.loads(audited.out)["run"]["plugins"]
    [mine] = [use for use in uses if use["name"] == "north-star"]
    assert (mine["distribution"], mine["version"]) == ("picheck-north-star", "0.1.0")


def test_a_matrix_runs_the_cases_of_one_year(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "new"
    begin(folder)
    site = pretend_install(tmp_path / "site", folder, "north-star", "picheck_north_star", "0.1.0")
    monkeypatch.setenv("PICHECK_RULE_YEAR", "2024")
    tests = run("-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder), site=site)
    assert "2 passed" in tests.out
