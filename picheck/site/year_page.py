"""The page of one performance year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.diff_reasons import Explained, explain_between, group_by_decision
from picheck.rulebook.models import Rulebook
from picheck.rulebook.words import (
    REQUIREMENT_KINDS,
    SECTIONS,
    Names,
    count_kinds,
    describe_difference,
)
from picheck.site.catalogue import Catalogue
from picheck.site.clause_runs import cost_of, is_number
from picheck.site.links import Links, year_path
from picheck.site.markdown import render


def write_year(catalogue: Catalogue, registry: PluginRegistry, edition: Rulebook) -> str:
    """Return the page of a year, as Markdown: what changed, measures, rules, demands, sources.

    Raises RulebookError where its changes or its demands cannot be read.
    """
    return render(
        "year.md.j2",
        links=Links(catalogue, year_path(edition)),
        edition=edition,
        program_option=catalogue.name_program(edition.program),
        owner=registry.rulebooks.owner(edition.program, edition.year),
        changes=_changes(catalogue, registry, edition),
        numbers=list(_numbers(edition)),
        objectives=list(_objectives(edition)),
        rules=list(_rules(registry, edition)),
        demands=_demands(edition),
        sources=sorted(edition.sources.values(), key=lambda source: source.title),
    )


def _changes(
    catalogue: Catalogue, registry: PluginRegistry, edition: Rulebook
) -> dict[str, Any] | None:
    """Return what differs from the year before, by section; None for the first year."""
    program = [each for each in catalogue.editions if each.program == edition.program]
    place = program.index(edition)
    if place == 0:
        return None
    before = program[place - 1]
    found = explain_between(registry.rulebooks, edition.program, before.year, edition.year)
    slugs = {code: installed.rule.slug for code, installed in registry.rules.items()}
    return {
        "before": before,
        "counts": count_kinds(found),
        "sections": list(_sections(found, Names(before, edition, slugs))),
    }


def _sections(found: tuple[Explained, ...], names: Names) -> Iterator[dict[str, Any]]:
    for section, decisions in groupby(group_by_decision(found), key=itemgetter(0)):
        yield {
            "title": SECTIONS.get(section, section),
            "decisions": [_decision(together, names) for _, together in decisions],
        }


def _decision(together: tuple[Explained, ...], names: Names) -> dict[str, Any]:
    owners = {names.find_owner(one.difference) for one in together} - {None}
    return {
        "lines": [describe_difference(one.difference, names) for one in together],
        "reasons": together[0].reasons,
        "owners": sorted(map(str, owners)),
    }


def _numbers(edition: Rulebook) -> Iterator[tuple[str, str, Any]]:
    """Yield every number and every date of the year's clauses: code, term, value."""
    for code, clause in edition.clauses.items():
        for term, value in clause.terms.items():
            if is_number(value):
                yield code, term, value


def _objectives(edition: Rulebook) -> Iterator[dict[str, Any]]:
    for key, title in edition.objectives.items():
        measures = [each for each in edition.measures.values() if each.objective == key]
        if measures:
            yield {"title": title, "measures": measures}


def _rules(registry: PluginRegistry, edition: Rulebook) -> Iterator[dict[str, Any]]:
    for code, clause in sorted(edition.clauses.items()):
        found = registry.rules.get(code)
        yield {
            "code": code,
            "title": found.rule.title if found else "not installed",
            "cost": cost_of(clause),
        }


def _demands(edition: Rulebook) -> Mapping[str, list[Any]]:
    """Return the year's demands, by a heading for their kind."""
    kinds = dict.fromkeys(need.kind for need in edition.requirements)
    return {
        REQUIREMENT_KINDS.get(kind, kind): [n for n in edition.requirements if n.kind == kind]
        for kind in kinds
    }
