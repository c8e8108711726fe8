"""The page of one rule."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from picheck.reporters.presentation import SCOPES
from picheck.site.catalogue import Catalogue, RuleEntry
from picheck.site.clause_runs import (
    Run,
    is_number,
    list_notes,
    list_runs,
    list_sources,
    list_terms,
    list_variants,
)
from picheck.site.front_matter import front_matter
from picheck.site.links import Links, rule_path
from picheck.site.markdown import render
from picheck.testing.rule_examples import Example

#: A finding of these would be an error, were its sources better than unverified.
_COSTS_EVERYTHING: Final = frozenset({"submissionRejected", "categoryZero"})


def write_rule(catalogue: Catalogue, entry: RuleEntry) -> str:
    """Return the page of a rule, as Markdown."""
    installed = entry.installed
    programs = list(_programs(entry))
    return render(
        "rule.md.j2",
        front=front_matter(keywords=_keywords(entry)),
        links=Links(catalogue, rule_path(entry.code)),
        entry=entry,
        rule=installed.rule if installed else None,
        owner=installed.owner if installed else None,
        scope=SCOPES[installed.rule.scope] if installed else "",
        programs=programs,
        shows_program=len(catalogue.programs) > 1,
        program_option=catalogue.name_program(programs[0]["program"]) if programs else "",
        examples=list(_examples(entry)),
        needed_by=_find_dependents(catalogue, entry.code),
    )


def _keywords(entry: RuleEntry) -> tuple[str, ...]:
    """Return what a reader may look for: the numbers of the law with what they count."""
    found = (
        f"{value} {name.rpartition('_')[2]}"
        for dated in reversed(entry.clauses)
        for name, value in dated.clause.terms.items()
        # a term in the plural counts something: minimum_days of 180 is looked for as "180 days"
        if is_number(value) and name.endswith("s")
    )
    return tuple(dict.fromkeys(found))


def _programs(entry: RuleEntry) -> Iterator[dict[str, Any]]:
    """Yield what a rule's clauses say, for each program that has one."""
    for program, group in groupby(entry.clauses, key=lambda dated: dated.edition.program):
        clauses = tuple(group)
        runs = list_runs(clauses)
        yield {
            "program": program,
            "runs": runs,
            "has_numbers": any(run.numbers for run in runs),
            "is_capped": any(map(_is_capped, runs)),
            "terms": list_terms(clauses),
            "variants": list_variants(clauses),
            "notes": list_notes(clauses),
            "sources": list_sources(clauses),
        }


def _is_capped(run: Run) -> bool:
    return run.cost.standing == "unverified" and run.cost.consequence in _COSTS_EVERYTHING


def _examples(entry: RuleEntry) -> Iterator[tuple[str, Example]]:
    if entry.examples.failing:
        yield "fails", entry.examples.failing
    if entry.examples.passing:
        yield "passes", entry.examples.passing


def _find_dependents(catalogue: Catalogue, code: str) -> list[str]:
    """Return the rules that run only where this one did not fail."""
    return [
        other.code
        for other in catalogue.rules.values()
        if other.installed and code in other.installed.rule.needs
    ]
