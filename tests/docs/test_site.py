"""The pages of rules and years: which there are, what they say, and where they lead."""

from __future__ import annotations

import posixpath
import re
import shutil
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from packs import ia
from picheck.api import Clause, Period
from picheck.engine.framework_rules import FRAMEWORK_RULES
from picheck.model.vocabulary import CONSEQUENCES
from picheck.plugins.registry import PluginRegistry
from picheck.reporters.presentation import CONSEQUENCES as COSTS
from picheck.rulebook.models import Rulebook
from picheck.site.catalogue import Catalogue, read_catalogue
from picheck.site.clause_runs import list_runs
from picheck.site.pages import write_pages
from picheck.testing.harness import stock
from site_pages import contents, rows, section, unlinked
from support import some
from vendor_support import ACME, made, pretend_install, vendor_of
from vendor_support import picheck as run_picheck

INDEXES = ("index", "rules/index", "rules/by-consequence", "rules/by-year", "years/index")


@pytest.fixture(scope="module")
def own(registry: PluginRegistry) -> list[str]:
    return [code for code in registry.rules if code.startswith("PIC-")]


@pytest.fixture(scope="module")
def catalogue(registry: PluginRegistry, own: list[str]) -> Catalogue:
    return read_catalogue(registry, own)


@pytest.fixture(scope="module")
def pages(registry: PluginRegistry, own: list[str]) -> dict[str, str]:
    return dict(write_pages(registry, own, "picheck"))


@pytest.fixture(scope="module")
def books(registry: PluginRegistry) -> list[Rulebook]:
    rulebooks = registry.rulebooks
    return [rulebooks.rulebook("pi", year) for year in rulebooks.years("pi")]


# Which pages there are


def test_every_rule_every_year_and_every_family_has_a_page(
    pages: Mapping[str, str], own: list[str], books: list[Rulebook]
) -> None:
    codes = [*own, *FRAMEWORK_RULES]
    expected = {f"{name}.md" for name in INDEXES}
    expected |= {f"rules/{code}.md" for code in codes}
    expected |= {f"families/{code.rpartition('-')[0]}.md" for code in codes}
    expected |= {f"years/pi-{book.year}.md" for book in books}
    assert len(own) > 60
    assert pages.keys() == expected


def test_every_link_of_a_page_leads_to_a_page(pages: Mapping[str, str]) -> None:
    followed = [(name, target) for name, text in pages.items() for target in targets_of(name, text)]
    assert len(followed) > 1000
    assert [pair for pair in some(followed) if pair[1] not in pages] == []


def targets_of(name: str, text: str) -> Iterator[str]:
    """Yield the pages that a page links to or lists in its table of contents, by their paths."""
    folder = posixpath.dirname(name)
    links = re.findall(r"(?<!\\)\]\((?!<?https?:)([^)]+)\)", text)
    for block in re.findall(r"```\{toctree\}\n:hidden:\n\n(.*?)```", text, re.DOTALL):
        entries = [re.sub(r".*<(.*)>", r"\1", line) for line in block.split("\n") if line]
        links += [f"{entry}.md" for entry in entries]
    yield from (posixpath.normpath(posixpath.join(folder, link)) for link in links)


def test_every_page_can_be_reached_from_the_first(pages: Mapping[str, str]) -> None:
    seen, ahead = set(), ["index.md"]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += targets_of(name, pages[name])
    assert seen == pages.keys()


def test_the_same_plugins_give_the_same_bytes(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        written = run_picheck_with(seed, "docs", "build", "-o", str(tmp_path / seed))
        assert written.code == 0, written.err
    first, second = (contents(tmp_path / seed / "markdown") for seed in ("1", "2"))
    assert len(first) > 80
    assert first == second


def run_picheck_with(seed: str, *arguments: str) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONHASHSEED", seed)
        return run_picheck(*arguments)


# What the page of a rule says


def test_the_page_of_the_180_day_rule_says_when_it_was_90(pages: Mapping[str, str]) -> None:
    page = pages["rules/PIC-PER-03.md"]
    runs = [[unlinked(cell) for cell in row] for row in rows(section(page, "Year by year"))]
    assert runs[:3] == [
        ["2021-2023", COSTS["categoryZero"], "error", "official", "minimum days: 90"],
        ["2024-2026", COSTS["categoryZero"], "error", "official", "minimum days: 180"],
        ["2027 (preview)", COSTS["categoryZero"], "error", "official", "minimum days: 180"],
    ]
    assert page.startswith('---\nkeywords: "180 days, 90 days"\n---\n')
    assert "| 42 CFR 512.740" in page or "[42 CFR 512.740" in page


def test_every_page_of_a_rule_says_what_why_and_how_to_fix(
    pages: Mapping[str, str], catalogue: Catalogue
) -> None:
    for code, entry in some(catalogue.rules.items()):
        page = pages[f"rules/{code}.md"]
        assert f"# {code} {entry.slug}\n" in page
        assert len(entry.help) == 3
        assert all(len(section(page, heading).strip()) > 20 for heading in entry.help), code


def test_every_rule_has_a_failing_and_a_passing_example(
    pages: Mapping[str, str], own: list[str]
) -> None:
    for code in some(own):
        failing, passing = (
            section(pages[f"rules/{code}.md"], f"An example that {outcome}")
            for outcome in ("fails", "passes")
        )
        assert f"- found: `{code}` at `" in failing
        assert passing
        assert "- found" not in passing


def test_the_findings_of_picheck_itself_belong_to_no_year(pages: Mapping[str, str]) -> None:
    for code in some(FRAMEWORK_RULES):
        assert "belongs to no rulebook" in pages[f"rules/{code}.md"]
        assert "Year by year" not in pages[f"rules/{code}.md"]


def test_a_run_is_years_with_equal_clauses_and_every_year_is_in_one(catalogue: Catalogue) -> None:
    lengths = []
    for code, entry in some(catalogue.rules.items()):
        runs = list_runs(entry.clauses)
        assert [e for run in runs for e in run.editions] == [d.edition for d in entry.clauses]
        for run in runs:
            clauses = [edition.clauses[code] for edition in run.editions]
            assert all(clause.terms == clauses[0].terms for clause in clauses)
            assert {clause.consequence for clause in clauses} == {run.cost.consequence}
            years = [edition.year for edition in run.editions]
            assert years == list(range(years[0], years[0] + len(years)))
            lengths.append(len(years))
    assert max(lengths) > 4
    assert 1 in lengths


def test_neighbouring_runs_differ_in_something(catalogue: Catalogue) -> None:
    pairs = 0
    for code, entry in some(catalogue.rules.items()):
        runs = list_runs(entry.clauses)
        for before, after in pairwise(runs):
            last, first = before.editions[-1], after.editions[0]
            same = last.clauses[code].terms == first.clauses[code].terms
            variants = [
                {name: each.consequence for name, each in edition.clauses[code].variants.items()}
                for edition in (last, first)
            ]
            assert (
                not same
                or before.cost != after.cost
                or last.status != first.status
                or last.year + 1 != first.year
                or variants[0] != variants[1]
            ), (code, last.year)
            pairs += 1
    assert pairs > 60


def test_a_year_without_a_clause_ends_a_run() -> None:
    def guess(clause: Clause, period: Period) -> None:
        assert clause
        assert period

    registry = stock([vendor_of([made(guess)], years=(2021, 2022, 2024))])
    entry = read_catalogue(registry, ["BAD-TRY-01"]).rules["BAD-TRY-01"]
    runs = [[edition.year for edition in run.editions] for run in list_runs(entry.clauses)]
    assert runs == [[2021, 2022], [2024]]


def test_every_source_of_a_rule_is_on_its_page_with_its_standing(
    pages: Mapping[str, str], catalogue: Catalogue
) -> None:
    for code, entry in some(catalogue.rules.items()):
        if not entry.clauses:
            continue
        shown = rows(pages[f"rules/{code}.md"].partition("\n### Sources\n")[2])
        standings = [row[2] for row in shown if len(row) == 4]
        cited = {c for dated in entry.clauses for c in dated.clause.citations}
        assert {each.standing for each in cited} <= set(standings), code
        ranks = {"official": 0, "secondary": 1, "unverified": 2}
        assert standings == sorted(standings, key=ranks.__getitem__), code
        assert len(standings) >= len({(each.title, each.locator) for each in cited})


# What the lists and the pages of years say


def test_the_list_by_cost_has_every_clause_once(
    pages: Mapping[str, str], catalogue: Catalogue
) -> None:
    page = pages["rules/by-consequence.md"]
    assert len(catalogue.rules) > 60
    for consequence in some(CONSEQUENCES):
        listed = {
            unlinked(row[0]).partition(" ")[0]: row[2]
            for row in rows(section(page, COSTS[consequence].capitalize()))
        }
        costing = {
            code
            for code, entry in catalogue.rules.items()
            if any(dated.clause.consequence == consequence for dated in entry.clauses)
        }
        assert listed.keys() == costing


def test_the_list_by_year_says_what_each_clause_costs(
    pages: Mapping[str, str], catalogue: Catalogue, books: list[Rulebook]
) -> None:
    shown = rows(pages["rules/by-year.md"])
    assert len(shown) == sum(bool(entry.clauses) for entry in catalogue.rules.values())
    for row in some(shown):
        code = unlinked(row[0]).partition(" ")[0]
        clauses = [book.clauses.get(code) for book in books]
        assert row[1:] == [COSTS[clause.consequence] if clause else "-" for clause in clauses]


def test_the_page_of_a_year_has_its_measures_rules_demands_and_sources(
    pages: Mapping[str, str], books: list[Rulebook]
) -> None:
    for book in some(books):
        page = pages[f"years/pi-{book.year}.md"]
        assert re.findall(r"^\| `(\w+)` ", page, re.MULTILINE) == [
            measure.id
            for objective in book.objectives
            for measure in book.measures.values()
            if measure.objective == objective
        ]
        ruled = [unlinked(row[0]) for row in rows(section(page, "Rules"))]
        assert ruled == sorted(book.clauses)
        assert len(rows(section(page, "Sources"))) == len(book.sources)
        demands = section(page, "Demands of the year, and the rules that check them")
        assert demands.count("\n| ") - demands.count("\n| demand ") == len(book.requirements)


def test_the_page_of_a_year_says_what_changed_why_and_by_which_source(
    pages: Mapping[str, str],
) -> None:
    changed = section(pages["years/pi-2024.md"], "What changed")
    change = changed.partition("period-too-short: minimum\\_days 90 -\\> 180\n")[2]
    reason = change.partition("\n- ")[0]
    assert "from 90 to 180 continuous days" in reason
    assert re.search(r"Source: .+ \(secondary\); .+ \(official\)", reason)
    assert "no year before it" in section(pages["years/pi-2021.md"], "What changed")
    assert "**A preview, never ready:**" in pages["years/pi-2027.md"]


# What a plugin hands over is no markup

HOSTILE = '<script>alert(1)</script> [x](javascript:alert(2)) `a` | **b** ![c](d) {doc}`e` & "f"'


def hostile() -> PluginRegistry:
    def guess(clause: Clause, period: Period) -> None:
        assert clause
        assert period

    plugin = vendor_of(
        [made(guess, "BAD-TRY-01", terms={"text": {"type": "string"}})], terms={"text": HOSTILE}
    )
    rule = plugin.picheck_register_rules()[0]
    return registry_with(rule, plugin)


def registry_with(rule: Any, plugin: Any) -> PluginRegistry:
    registry = stock([plugin])
    installed = registry.rules[rule.code]
    texts = dict.fromkeys(rule.help, HOSTILE)
    changed = replace(installed, rule=replace(installed.rule, title=HOSTILE, help=texts))
    return replace(registry, rules={**registry.rules, rule.code: changed})


def test_the_texts_of_a_plugin_are_no_markup() -> None:
    written = dict(write_pages(hostile(), ["BAD-TRY-01"], HOSTILE))
    page = written["rules/BAD-TRY-01.md"]
    assert page.count("&lt;script") == 4
    for text in some(written.values()):
        prose = re.sub(r"(`+)[^`].*?\1", "", text)
        assert "<script" not in prose
        assert not re.search(r"(?<!\\)\]\((javascript|d)", prose)


# The pages of a vendor


def test_a_case_that_is_written_wrong_is_named(tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(ACME / "picheck_acme", tmp_path / "acme" / "picheck_acme")
    pretend_install(site, tmp_path / "acme", "acme", "picheck_acme", "1.2.0")
    (tmp_path / "acme" / "picheck_acme" / "cases" / "ACME-EHR-01.json").write_text('{"rule": 1}')
    done = run_picheck("docs", "build", "-o", str(tmp_path / "out"), site=site)
    assert done.code == 2
    assert "cases of ACME-EHR-01 cannot be read: " in done.err
    assert not (tmp_path / "out").exists()


def test_each_of_two_programs_has_its_own_years() -> None:
    registry = stock([ia])
    codes = [code for code in registry.rules if code.startswith("TIA-")]
    written = dict(write_pages(registry, codes, "Activities"))
    page = written["rules/TIA-ACT-01.md"]
    assert [unlinked(row[0]) for row in rows(section(page, "Year by year in ia"))][:1] == ["2025"]
    assert "## An example that fails" in page
    assert "`picheck rules show TIA-ACT-01 --program ia`" in page
    assert "`picheck years show 2025 --program ia`" in written["years/ia-2025.md"]
    assert "\n## ia\n" in written["rules/by-year.md"]
    assert "\n## pi\n" not in written["rules/by-year.md"]
    assert "\nia 2025 <ia-2025>\npi 2021 <pi-2021>\n" in written["years/index.md"]


def test_a_vendor_gets_its_pages_with_its_own_examples(tmp_path: Path) -> None:
    site = pretend_install(tmp_path / "site", ACME, "acme", "picheck_acme", "1.2.0")
    folder = tmp_path / "out"
    done = run_picheck("docs", "build", "-o", str(folder), "--select", "ACME", site=site)
    assert (done.code, done.err) == (0, "")
    rules = {file.stem for file in (folder / "markdown" / "rules").glob("ACME-*.md")}
    assert rules == {"ACME-EHR-01", "ACME-ENT-01", "ACME-QLT-01"}
    for code in some(rules):
        page = (folder / "markdown" / "rules" / f"{code}.md").read_text("utf-8")
        assert f"- found: `{code}` at `" in section(page, "An example that fails")
        assert "## An example that passes" in page
        assert "the plugin acme (picheck-acme 1.2.0)" in page
    year = (folder / "markdown" / "years" / "pi-2025.md").read_text("utf-8")
    assert "[ACME-EHR-01](../rules/ACME-EHR-01.md)" in year
    assert "| PIC-PER-03 |" in year
