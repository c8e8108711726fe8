"""A rulebook that is wrong is refused with file, key and remedy; its changes are exact."""

from __future__ import annotations

import shutil
import tomllib
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from picheck.errors import RulebookError
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.diff import differences, find_undeclared
from picheck.rulebook.loader import read_edition
from picheck.rulebook.models import Change, LazySections, Rulebook
from support import PREVIEWS, YEAR, YEARS, is_in_matrix, some

SHIPPED = Path(str(files(f"picheck_pi.years.y{YEAR}")))
PAIRS = [pair for pair in pairwise((*YEARS, *PREVIEWS)) if any(map(is_in_matrix, pair))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of an edition, to be broken."""
    for file in SHIPPED.glob("*.toml"):
        shutil.copy(file, tmp_path)
    return tmp_path


def refused(folder: Path) -> str:
    """Return what is said of an edition that cannot be used."""
    with pytest.raises(RulebookError) as caught:
        read_whole(folder)
    return str(caught.value)


def read_whole(folder: Path) -> None:
    """Read an edition with its chapters, which are refused when they are asked for."""
    edition = read_edition(folder, "pi", YEAR)
    for chapter in (edition.changes, edition.requirements, tuple(edition.extra_tables.items())):
        assert isinstance(chapter, tuple)


def edit(folder: Path, name: str, old: str, new: str) -> None:
    """Replace the first place of a text in a file."""
    file = folder / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


#: What is done to which file, and what is said of it.
BREAKS = {
    "an unknown key": (
        "measures.toml", "metric =", "metrc =", ["metrc is not known; did you mean 'metric'?",
        "metric is missing; add it"]),
    "an unknown key of a clause": (
        "clauses.toml", "consequence =", "consequences =",
        ["consequences is not known; did you mean 'consequence'?"]),
    "a word outside the vocabulary": (
        "clauses.toml", '"categoryZero"', '"categoryZer"',
        ["consequence is 'categoryZer'; did you mean 'categoryZero'?; allowed: "]),
    "a wrong type": (
        "measures.toml", "required = true", 'required = "yes"',
        ["required is 'yes', expected boolean"]),
    "a wrong type of the head": (
        "measures.toml", f"year = {YEAR}", f'year = "{YEAR}"',
        [f"measures.toml: year is '{YEAR}', expected integer"]),
    "no sources": (
        "clauses.toml", "sources =", "sorces =",
        ["sorces is not known; did you mean 'sources'?", "sources is missing; add it"]),
    "an unknown source": (
        "clauses.toml", '{ key = "', '{ key = "no-such-',
        ["no source is called 'no-such-", "; add it"]),
    "another year": (
        "measures.toml", f"year = {YEAR}", "year = 1999",
        [f"says pi 1999, but it was registered as pi {YEAR}; make them agree"]),
    "another program": (
        "measures.toml", 'program = "pi"', 'program = "ia"',
        [f"says ia {YEAR}, but it was registered as pi {YEAR}; make them agree"]),
    "no TOML": ("sources.toml", "[", "[[", ["sources.toml: not TOML: "]),
    "changes that are no list": (
        "changes.toml", "changes", "change", ["is not known; did you mean 'changes'?"]),
    "an unknown standing": (
        "sources.toml", 'standing = "', 'standing = "very ', ["standing is 'very ", "allowed: "]),
}  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "told"), BREAKS.values(), ids=BREAKS)
def test_a_broken_edition_is_refused_with_file_key_and_remedy(
    name: str, old: str, new: str, told: list[str], folder: Path
) -> None:
    edit(folder, name, old, new)
    said = refused(folder)
    file = "sources.toml" if "no source is called" in told[0] else name
    assert str(folder / file) in said
    for text in some(told):
        assert text in said


@pytest.mark.parametrize("name", ["measures", "clauses", "sources", "changes"])
def test_an_edition_with_a_file_missing_is_refused(name: str, folder: Path) -> None:
    (folder / f"{name}.toml").unlink()
    assert f"{name}.toml is missing; an edition is complete" in refused(folder)


def test_a_change_of_no_kind_is_refused(folder: Path) -> None:
    change = '{paths = ["a"], kind = "renamed", reason = "why"}'
    (folder / "changes.toml").write_text(f"changes = [{change}]\n")
    assert "kind is 'renamed'" in refused(folder)


@pytest.mark.parametrize("name", ["requirements", "scoring"])
def test_a_chapter_that_is_read_late_is_refused_like_the_others(name: str, folder: Path) -> None:
    (folder / f"{name}.toml").write_text("[[oops]\n")
    assert f"{name}.toml: not TOML: " in refused(folder)


def test_every_fault_of_a_file_is_said_at_once(folder: Path) -> None:
    edit(folder, "measures.toml", "metric =", "metrc =")
    edit(folder, "measures.toml", "required = true", 'required = "yes"')
    assert len(refused(folder).splitlines()) == 3


def test_a_file_that_is_no_text_is_refused(folder: Path) -> None:
    (folder / "sources.toml").write_bytes(b'[a]\ntitle = "\xff"')
    assert "sources.toml: not TOML: " in refused(folder)


def test_the_digest_names_the_files_as_they_are(folder: Path) -> None:
    before = read_edition(folder, "pi", YEAR)
    assert before.sha256 == read_edition(SHIPPED, "pi", YEAR).sha256
    edit(folder, "sources.toml", "title", "title ")
    assert read_edition(folder, "pi", YEAR).sha256 != before.sha256


def test_further_tables_are_handed_on_unread(folder: Path) -> None:
    (folder / "fees.toml").write_text("late = 5\n")
    assert read_edition(folder, "pi", YEAR).extra_tables["fees"] == {"late": 5}


# The years


def test_no_year_is_missing(registry: PluginRegistry) -> None:
    assert registry.rulebooks.years("pi") == (*YEARS, *PREVIEWS)


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_a_year_names_the_one_that_its_changes_start_from(before: int, after: int) -> None:
    file = files(f"picheck_pi.years.y{after}").joinpath("changes.toml")
    assert tomllib.loads(file.read_text("utf-8"))["from"] == before


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_every_change_is_declared_and_every_declared_change_is_there(
    before: int, after: int, registry: PluginRegistry
) -> None:
    rulebooks = registry.rulebooks
    assert not find_undeclared(rulebooks.rulebook("pi", before), rulebooks.rulebook("pi", after))


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_every_change_says_why(before: int, after: int, registry: PluginRegistry) -> None:
    assert before < after
    for change in some(registry.rulebooks.rulebook("pi", after).changes):
        assert len(change.reason) > 10, change.paths


def pair(registry: PluginRegistry) -> tuple[Rulebook, Rulebook]:
    """Return the editions of two years of which one is asked for."""
    before, after = PAIRS[-1]
    return registry.rulebooks.rulebook("pi", before), registry.rulebooks.rulebook("pi", after)


def test_a_change_that_was_not_declared_is_caught(registry: PluginRegistry) -> None:
    before, after = pair(registry)
    clause = after.clauses["PIC-PER-03"]
    silent = msgspec.structs.replace(clause, terms={**clause.terms, "grace_days": 7})
    changed = msgspec.structs.replace(after, clauses={**after.clauses, clause.code: silent})
    (line,) = find_undeclared(before, changed)
    assert line.startswith("clauses.PIC-PER-03.terms.grace_days: added")
    assert line.endswith("is not declared")


def declaring(edition: Rulebook, *changes: Change) -> Rulebook:
    """Return the edition with other declared changes."""
    return msgspec.structs.replace(edition, lazy=LazySections(changes=lambda: changes))


def test_a_declared_change_that_did_not_happen_is_caught(registry: PluginRegistry) -> None:
    before, after = pair(registry)
    phantom = Change(paths=("measures.PI_EP_1.title",), kind="changed", old="a", new="b", reason="")
    lines = find_undeclared(before, declaring(after, *after.changes, phantom))
    assert lines == ("measures.PI_EP_1.title: declared, but nothing changed",)


def test_a_change_that_was_declared_wrongly_is_caught(registry: PluginRegistry) -> None:
    before, after = pair(registry)
    objectives = {**after.objectives, "new": "A new objective"}
    other = msgspec.structs.replace(after, objectives=objectives)
    wrong = Change(paths=("objectives.new",), kind="removed", reason="")
    (line,) = find_undeclared(before, declaring(other, *after.changes, wrong))
    assert line.startswith("objectives.new: declared as removed")


def test_an_edition_does_not_differ_from_itself(registry: PluginRegistry) -> None:
    for edition in some(pair(registry)):
        assert not differences(edition, edition)
