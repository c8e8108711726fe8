"""The lists of rules and years, which lead to the pages of each."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from picheck.model.vocabulary import CONSEQUENCES, SEVERITY_OF, Consequence
from picheck.reporters.html import MEANINGS
from picheck.reporters.presentation import CONSEQUENCES as COSTS
from picheck.rulebook.models import Rulebook
from picheck.rulebook.words import show_years
from picheck.site.catalogue import Catalogue, Family, RuleEntry
from picheck.site.links import Links, family_path, year_path
from picheck.site.markdown import render


def write_indexes(catalogue: Catalogue, title: str) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each list, as Markdown."""
    yield "index.md", render("index.md.j2", links=Links(catalogue, "index.md"), title=title)
    yield "rules/index.md", _write_rules(catalogue)
    yield "rules/by-consequence.md", _write_by_consequence(catalogue)
    yield "rules/by-year.md", _write_by_year(catalogue)
    yield "years/index.md", _write_years(catalogue)
    for family in catalogue.families:
        yield family_path(family.prefix), _write_family(catalogue, family)


def _write_rules(catalogue: Catalogue) -> str:
    return render(
        "rules_index.md.j2",
        links=Links(catalogue, "rules/index.md"),
        rules=catalogue.rules,
        families=catalogue.families,
    )


def _write_family(catalogue: Catalogue, family: Family) -> str:
    return render(
        "family.md.j2",
        links=Links(catalogue, family_path(family.prefix)),
        family=family,
        years=_years,
        consequences=_consequences,
    )


def _years(entry: RuleEntry) -> str:
    # the framework's own findings belong to every year, and to no rulebook
    if entry.installed is None:
        return "all"
    return show_years(dated.edition.year for dated in entry.clauses)


def _consequences(entry: RuleEntry) -> str:
    """Say what a finding of a rule costs in one year or another, in the order of the years."""
    return " or ".join(dict.fromkeys(COSTS[each.clause.consequence] for each in entry.clauses))


def _write_by_consequence(catalogue: Catalogue) -> str:
    return render(
        "by_consequence.md.j2",
        links=Links(catalogue, "rules/by-consequence.md"),
        groups=[(each, list(_find_rules_that_cost(catalogue, each))) for each in CONSEQUENCES],
        meanings=MEANINGS,
        severities=SEVERITY_OF,
    )


def _find_rules_that_cost(
    catalogue: Catalogue, consequence: Consequence
) -> Iterator[tuple[RuleEntry, str]]:
    """Yield the rules whose findings cost this, each with the years in which they do."""
    for entry in catalogue.rules.values():
        years = [d.edition.year for d in entry.clauses if d.clause.consequence == consequence]
        if years:
            yield entry, show_years(years)


def _write_by_year(catalogue: Catalogue) -> str:
    rules = catalogue.rules.values()
    programs = [
        (program, [e for e in catalogue.editions if e.program == program])
        for program in catalogue.programs
        if any(entry.runs_in(program) for entry in rules)
    ]
    return render(
        "by_year.md.j2",
        links=Links(catalogue, "rules/by-year.md"),
        rules=rules,
        programs=programs,
        cost=_cost,
        previews=[edition for edition in catalogue.editions if edition.status != "final"],
    )


def _cost(entry: RuleEntry, edition: Rulebook) -> str:
    clause = edition.clauses.get(entry.code)
    return COSTS[clause.consequence] if clause else "-"


def _write_years(catalogue: Catalogue) -> str:
    return render(
        "years_index.md.j2",
        links=Links(catalogue, "years/index.md"),
        editions=catalogue.editions,
        name=lambda edition: posixpath.basename(year_path(edition)).removesuffix(".md"),
        shows_program=len(catalogue.programs) > 1,
    )
