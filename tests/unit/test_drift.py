"""`picheck years drift`: our measure tables against those that CMS published, and altered ones."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from command_line import run_here
from picheck.errors import UsageError
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.cms_drift import Drift, cms_years, compare
from support import PREVIEWS, YEARS, years_asked_for

Table = list[dict[str, Any]]

#: Tables as CMS published them (tests/data/README.md).
PUBLISHED = Path(__file__).parent.parent / "data" / "qpp-measures-data"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a copy of CMS's tables, each beside an entry of another category."""
    root = shutil.copytree(PUBLISHED, tmp_path / "qpp-measures-data")
    other = {"category": "quality", "measureId": "001", "title": "Not ours"}
    for year in cms_years(root):
        alter(root, year, lambda table: table.insert(0, other))
    return root


def table_of(root: Path, year: int) -> Path:
    return root / "measures" / str(year) / "measures-data.json"


def alter(root: Path, year: int, change: Callable[[Table], object]) -> None:
    """Change CMS's table of a year in place."""
    file = table_of(root, year)
    table: Table = json.loads(file.read_bytes())
    change(table)
    file.write_text(json.dumps(table), "utf-8")


def entry(table: Table, measure_id: str) -> dict[str, Any]:
    return next(each for each in table if each["measureId"] == measure_id)


def drift(*arguments: object) -> tuple[int, str, str]:
    run = run_here("years", "drift", *arguments)
    return run.code, run.out, run.err


def test_there_is_a_published_table_of_every_year(registry: PluginRegistry) -> None:
    assert cms_years(PUBLISHED) == registry.rulebooks.years("pi")


@pytest.mark.parametrize("year", cms_years(PUBLISHED))
def test_what_cms_published_has_no_difference(year: int) -> None:
    code, out, _ = drift(PUBLISHED, "--year", year)
    assert code == 0, out
    assert "no difference" in out


def test_white_space_in_titles_is_no_difference(checkout: Path, registry: PluginRegistry) -> None:
    title = "  Provide Patients Electronic\r\nAccess to  Their\u00a0Health Information "
    alter(checkout, 2025, lambda table: entry(table, "PI_PEA_1").update(title=title))
    assert not compare(checkout, registry.rulebooks.rulebook("pi", 2025)).differences


def test_all_years_are_compared_and_other_categories_are_not(checkout: Path) -> None:
    code, out, _ = drift(checkout)
    assert code == 0
    assert "7 of 7 rulebooks compared, 0 differences" in out


ALTERATIONS: dict[str, tuple[Callable[[Table], object], dict[str, Any]]] = {
    "a new measure": (
        lambda table: table.append({**entry(table, "PI_EP_1"), "measureId": "PI_NEW_1"}),
        {"measure": "PI_NEW_1", "kind": "onlyThere"},
    ),
    "a measure that went": (
        lambda table: table.remove(entry(table, "PI_PEA_1")),
        {"measure": "PI_PEA_1", "kind": "onlyHere"},
    ),
    "a measure told twice": (
        lambda table: table.append(entry(table, "PI_PEA_1")),
        {"measure": "PI_PEA_1", "kind": "repeated"},
    ),
    "another title": (
        lambda table: entry(table, "PI_EP_1").update(title="E-Prescribing"),
        {"field": "title", "here": "e-Prescribing", "there": "E-Prescribing"},
    ),
    "another objective": (
        lambda table: entry(table, "PI_EP_1").update(objective="attestation"),
        {"field": "objective", "here": "electronicPrescribing", "there": "attestation"},
    ),
    "another metric": (
        lambda table: entry(table, "PI_EP_1").update(metricType="boolean"),
        {"field": "metricType", "here": "proportion", "there": "boolean"},
    ),
    "no longer required": (
        lambda table: entry(table, "PI_EP_1").update(isRequired=False),
        {"field": "isRequired", "here": True, "there": False},
    ),
    "a bonus": (
        lambda table: entry(table, "PI_EP_1").update(isBonus=True),
        {"field": "isBonus", "here": False, "there": True},
    ),
    "another category": (
        lambda table: entry(table, "PI_EP_1").update(reportingCategory=None),
        {"field": "reportingCategory", "here": "required", "there": None},
    ),
    "another exclusion": (
        lambda table: entry(table, "PI_EP_1").update(exclusion=["PI_LVPP_1", "PI_LVPP_2"]),
        {"field": "exclusion", "here": ["PI_LVPP_1"], "there": ["PI_LVPP_1", "PI_LVPP_2"]},
    ),
    "a substitute": (
        lambda table: entry(table, "PI_EP_1").update(substitutes=["PI_EP_2"]),
        {"field": "substitutes", "here": [], "there": ["PI_EP_2"]},
    ),
    "a level": (
        lambda table: entry(table, "PI_EP_1").update(preprod=["PI_EP_1_PRE"]),
        {"field": "preprod", "here": [], "there": ["PI_EP_1_PRE"]},
    ),
}


@pytest.mark.parametrize("year", years_asked_for())
@pytest.mark.parametrize("name", ALTERATIONS)
def test_an_alteration_is_found(
    checkout: Path, registry: PluginRegistry, name: str, year: int
) -> None:
    change, expected = ALTERATIONS[name]
    alter(checkout, year, change)
    book = registry.rulebooks.rulebook("pi", year)
    told = {"year": year, "measure": "PI_EP_1", "kind": "differs", **expected}
    assert compare(checkout, book).differences == (Drift(**told),)


def test_a_difference_is_told_and_shows_in_the_exit_code(checkout: Path) -> None:
    alter(checkout, 2025, ALTERATIONS["another metric"][0])
    alter(checkout, 2025, ALTERATIONS["a new measure"][0])
    code, out, _ = drift(checkout)
    assert code == 1
    assert "PI_EP_1 metricType: proportion here, boolean there" in out
    assert "PI_NEW_1 is in CMS's table only" in out
    assert "2024  38 entries compared, no difference" in out
    assert drift(checkout, "--year", 2024)[0] == 0


def test_differences_are_data_too(checkout: Path) -> None:
    alter(checkout, 2025, ALTERATIONS["no longer required"][0])
    code, out, _ = drift(checkout, "--year", 2025, "--format", "json")
    assert code == 1
    [year] = json.loads(out)["years"]
    assert year["differences"] == [
        {
            "year": 2025,
            "measure": "PI_EP_1",
            "kind": "differs",
            "field": "isRequired",
            "here": True,
            "there": False,
        }
    ]


def test_order_null_and_absence_make_no_difference(
    checkout: Path, registry: PluginRegistry
) -> None:
    def disorder(table: Table) -> None:
        table.reverse()
        for each in table:
            for key in ("exclusion", "substitutes", "preprod"):
                each[key] = list(reversed(each.get(key) or [])) or None
            if not each.get("isBonus"):
                each.pop("isBonus", None)

    alter(checkout, 2025, disorder)
    assert not compare(checkout, registry.rulebooks.rulebook("pi", 2025)).differences


def test_a_year_that_is_not_compared_is_said(checkout: Path) -> None:
    table_of(checkout, 2023).unlink()
    alter(checkout, 2024, list.clear)
    (checkout / "measures" / "2031").mkdir()
    table_of(checkout, 2031).write_text("[]")
    code, out, _ = drift(checkout)
    assert code == 0
    assert "2023  not compared" in out
    assert "2024  not compared" in out
    assert "not compared: 2031" in out
    assert "5 of 7 rulebooks compared" in out


def test_nothing_compared_is_no_success(checkout: Path) -> None:
    for year in (*YEARS, *PREVIEWS):
        table_of(checkout, year).unlink()
    code, out, _ = drift(checkout)
    assert code == 5
    assert "0 of 7 rulebooks compared" in out
    assert drift(checkout, "--year", 2025)[0] == 5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is not JSON"),
        ("{}", "is not a list of measures"),
        ('[{"category": "pi"}]', "without a measureId"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_a_table_that_cannot_be_read_is_named(checkout: Path, text: str, told: str) -> None:
    table_of(checkout, 2025).write_text(text)
    code, out, _ = drift(checkout)
    assert code == 3
    flat = " ".join(out.split())
    assert told in flat
    assert "6 of 7 rulebooks compared" in flat


def test_a_folder_that_is_no_copy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no measures folder"):
        cms_years(tmp_path)
    code, out, err = drift(tmp_path / "nowhere")
    assert (code, out) == (2, "")
    assert "holds no measures folder; give the root of a checkout" in err


def test_text_from_the_copy_is_harmless_on_a_terminal(checkout: Path) -> None:
    alter(checkout, 2025, lambda table: entry(table, "PI_EP_1").update(title="\x1b[2J gone"))
    _, out, _ = drift(checkout, "--year", 2025)
    assert "\x1b" not in out
    assert "\\u001b[2J gone" in out
