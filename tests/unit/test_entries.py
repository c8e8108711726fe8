"""Plugins are found where installers put them, as `importlib.metadata` finds them."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from picheck.plugins.entry_points import GROUP, Entry, list_entry_points
from support import COMPLIANT

_HEAVY: Final = (
    "cerberus",
    "email",
    "importlib.metadata",
    "importlib.resources",
    "jinja2",
    "jsonschema",
    "rich",
    "shutil",
    "sqlite3",
    "structlog",
    "zipfile",
)


def describe(
    site: Path, folder: str, entries: str, metadata: str = "Name: acme\nVersion: 1.0\n"
) -> None:
    """Lay a distribution's description into a folder on the path."""
    (site / folder).mkdir(parents=True)
    file = "METADATA" if folder.endswith(".dist-info") else "PKG-INFO"
    (site / folder / file).write_text(metadata, encoding="utf-8")
    (site / folder / "entry_points.txt").write_text(entries, encoding="utf-8")


def told() -> set[Entry]:
    """Return what the standard library says of the plugins."""
    return {
        Entry(e.name, e.value, e.dist.metadata["Name"], e.dist.metadata["Version"])
        for e in importlib.metadata.entry_points(group=GROUP)
        if e.dist is not None
    }


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that is the whole path."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    return tmp_path


def test_the_installed_plugins_are_those_that_the_standard_library_names() -> None:
    assert len(list_entry_points()) > 1
    assert set(list_entry_points()) == told()


@pytest.mark.parametrize("folder", ["acme-1.0.dist-info", "acme.egg-info", "Acme-1.0-py3.egg-info"])
def test_every_installer_is_understood(folder: str, site: Path) -> None:
    describe(site, folder, "[other]\na = b\n\n[picheck]\n# ours\nacme = acme.plugin:it [extra]\n")
    assert list_entry_points() == [Entry("acme", "acme.plugin:it [extra]", "acme", "1.0")]
    assert set(list_entry_points()) == told()
    assert list_entry_points()[0].module == "acme.plugin"


def test_the_first_of_two_distributions_with_one_name_is_the_installed_one(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    describe(site / "first", "acme_tools-2.0.dist-info", "[picheck]\nnew = acme\n")
    describe(site / "second", "Acme.Tools-1.0.dist-info", "[picheck]\nold = acme\n")
    monkeypatch.setattr(sys, "path", [str(site / "first"), str(site / "second"), str(site / "no")])
    assert [entry.name for entry in list_entry_points()] == ["new"]
    assert set(list_entry_points()) == told()


def test_a_description_that_was_left_half_done_is_told_without_a_name(site: Path) -> None:
    describe(site, "acme-1.0.dist-info", "[picheck]\nacme = acme\n", "Summary: nothing else\n")
    assert list_entry_points() == [Entry("acme", "acme", "a distribution without a name", None)]


def test_a_distribution_in_an_archive_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "site.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("acme-1.0.dist-info/METADATA", "Name: acme\nVersion: 1.0\n")
        file.writestr("acme-1.0.dist-info/entry_points.txt", "[picheck]\nacme = acme\n")
    monkeypatch.setattr(sys, "path", [str(archive)])
    assert list_entry_points() == [Entry("acme", "acme", "acme", "1.0")]


def test_a_finder_that_knows_distributions_is_asked(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    describe(site / "hidden", "acme-1.0.dist-info", "[picheck]\nacme = acme\n")

    class Finder:
        """Finds distributions in a folder that is not on the path."""

        def find_spec(self, *_: object) -> None:
            """Find no module."""

        def find_distributions(self, *_: object) -> Sequence[importlib.metadata.Distribution]:
            """Return the hidden one."""
            context = importlib.metadata.DistributionFinder.Context(path=[str(site / "hidden")])
            return list(importlib.metadata.MetadataPathFinder.find_distributions(context))

    finder: Any = Finder()
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, finder])
    assert Entry("acme", "acme", "acme", "1.0") in list_entry_points()


def test_an_entry_may_lead_to_an_attribute_of_a_module() -> None:
    assert Entry("a", "os.path : join", "acme", None).load() is __import__("os").path.join
    assert Entry("a", "json:decoder.JSONDecoder [x]", "acme", None).load().__name__ == "JSONDecoder"


def test_a_cold_start_imports_nothing_that_it_does_not_need() -> None:
    code = (
        "import sys; from picheck.cli.main import cli;"
        f"cli.main(['audit', {str(COMPLIANT)!r}, '--isolated'], standalone_mode=False);"
        f"print(*sorted({set(_HEAVY)!r} & set(sys.modules)), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout
    assert done.stderr.split() == []
