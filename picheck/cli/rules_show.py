"""`picheck rules show`: everything there is to know about one rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from picheck.cli.audit_options import help_base
from picheck.cli.audit_parameters import docs_url_option, settings_options
from picheck.cli.console import (
    say,
    say_json,
    say_labelled,
    say_sources,
    say_table,
    say_wrapped,
)
from picheck.cli.lookup import (
    EXIT_CODES,
    lists_inventory,
    program_of,
    program_option,
    rule_code,
    year_option,
)
from picheck.cli.options import format_option
from picheck.config.settings import settings
from picheck.engine.framework_rules import FrameworkRule, find_framework_rule
from picheck.engine.rule_records import rule_address, severity_of
from picheck.errors import SelectorError
from picheck.plugins.registry import InstalledRule, PluginRegistry
from picheck.reporters.formatting import format_citation
from picheck.reporters.presentation import CONSEQUENCES, SCOPES
from picheck.rulebook.models import Clause, Rulebook, Variant
from picheck.rulebook.words import group_by_value, show_value, show_years
from picheck.site.inventory import list_editions
from picheck.site.rule_details import describe_own_finding, describe_rule
from picheck.testing.rule_examples import Showcase, showcase

EPILOG: Final = f"""{EXIT_CODES}

\b
Examples:
  picheck rules show PIC-PER-03             all years side by side
  picheck rules show period-too-short -y 2025
  picheck rules show PIC-ERX-01 --format json
"""
#: A value that is longer is not put into a column of the years' table.
_SHORT: Final = 12
_IN_A_COLUMN: Final = {
    "submissionRejected": "refused",
    "categoryZero": "zero",
    "reweightingLost": "reweighting",
    "pointsLost": "points",
    "auditRisk": "audit risk",
    "advice": "advice",
}


@click.command("show", epilog=EPILOG, short_help="Explain one rule: what, why, how to fix, terms.")
@click.argument("name", metavar="CODE")
@year_option("Only this year's terms, sources and examples [default: all years side by side].")
@program_option
@docs_url_option
@settings_options
@format_option
@lists_inventory
def show(
    *,
    name: str,
    year: int | None,
    program: str | None,
    docs_url: str | None,
    config: Path | None,
    isolated: bool,
    form: str,
    registry: PluginRegistry,
) -> None:
    """Explain one rule, named by its code or its slug.

    Prints what the rule checks, why it matters and how to fix a finding; then its consequence,
    terms, sources (each with its standing) and note in one year or in all; then a failing and a
    passing example, each a small change to that year's compliant submission. The examples are
    cases of the test suite.
    """
    pages = help_base(docs_url or settings(config, isolated=isolated).options.get("docs_url"))
    if (own := find_framework_rule(name)) is not None:
        _say_own(own, form, rule_address(own.record.code, pages))
        return
    chosen = program_of(registry.rulebooks, program)
    code = rule_code(registry, chosen, name)
    all_years = list_editions(registry.rulebooks, chosen)
    having = [edition for edition in all_years if code in edition.clauses]
    if year is not None:
        # refuses a year without a rulebook, which is another fault than a rule without a clause
        registry.rulebooks.rulebook(chosen, year)
        having = [edition for edition in having if edition.year == year]
        if not having:
            runs = show_years(e.year for e in all_years if code in e.clauses)
            raise SelectorError(f"{code} has no clause in {chosen} {year}; it runs in {runs}")
    found = registry.rules.get(code)
    examples = showcase(code, _order_years(having), found.rule if found else None)
    if form == "json":
        say_json(describe_rule(code, found, having, examples, rule_address(code, pages)))
        return
    _say_rule(code, found, rule_address(code, pages))
    if year is None:
        _say_all_years(code, all_years, having)
    elif having:
        _say_year(having[0], having[0].clauses[code])
    _say_examples(examples)


def _say_own(own: FrameworkRule, form: str, page: str | None) -> None:
    if form == "json":
        say_json(describe_own_finding(own, page))
        return
    say(f"{own.record.code}  {own.record.slug}")
    say_wrapped(own.record.title)
    for heading, paragraph in own.help.items():
        say()
        say(heading)
        say_wrapped(paragraph, "  ")
    say()
    say("One of picheck's own findings: reported in every year, and part of no rulebook.")
    if page:
        say_labelled("page", page, "")


def _order_years(having: Sequence[Rulebook]) -> list[int]:
    """Order the years for examples: the newest final one first, previews last."""
    ordered = sorted(having, key=lambda edition: (edition.status != "final", -edition.year))
    return [edition.year for edition in ordered]


def _say_rule(code: str, found: InstalledRule | None, page: str | None) -> None:
    if found is None:
        say(f"{code}  not installed")
        say_wrapped("a rulebook has a clause for it, but no plugin brings the rule", "  ")
        return
    rule, origin = found.rule, found.owner
    say(f"{code}  {rule.slug}")
    say_wrapped(rule.title)
    for heading, paragraph in rule.help.items():
        say()
        say(heading)
        say_wrapped(paragraph, "  ")
    say()
    say_labelled("scope", f"{rule.scope}: runs {SCOPES[rule.scope]}", "")
    say_labelled("reads", ", ".join(rule.reads) or "nothing of a submission", "")
    if rule.evidence:
        say_labelled("evidence", ", ".join(rule.evidence), "")
    if rule.needs:
        say_labelled("needs", f"{', '.join(rule.needs)} (not applicable where one failed)", "")
    version = f" {origin.version}" if origin.version else ""
    say_labelled("plugin", f"{origin.name} ({origin.distribution}{version})", "")
    if page:
        say_labelled("page", page, "")


def _say_year(edition: Rulebook, clause: Clause) -> None:
    say()
    preview = "" if edition.status == "final" else f" (a preview: {edition.preview_note})"
    say_wrapped(f"In {edition.year}{preview}", "", "  ")
    say_labelled(
        "consequence",
        f"{_costs(clause)}, severity {severity_of(clause, trust_unverified=False)}",
        "  ",
        13,
    )
    for term, value in clause.terms.items():
        say_labelled("term", f"{term} = {show_value(value)}", "  ", 13)
    say_sources(clause.citations, "  ", 13)
    if clause.note:
        say_labelled("note", clause.note, "  ", 13)
    for name, variant in clause.variants.items():
        say()
        say(f"  In {edition.year}, variant {name}")
        costs = f"{_costs(variant)}, severity {severity_of(variant, trust_unverified=False)}"
        say_labelled("consequence", costs, "    ", 13)
        say_sources(variant.citations, "    ", 13)
        if variant.note:
            say_labelled("note", variant.note, "    ", 13)


def _say_all_years(code: str, editions: Sequence[Rulebook], having: Sequence[Rulebook]) -> None:
    if not having:
        say()
        say("No installed rulebook has a clause for it: it runs in no year.")
        return
    say()
    say("Year by year")
    previews = [e.year for e in editions if e.status != "final"]
    clauses = {edition.year: edition.clauses.get(code) for edition in editions}
    short, long = _split_by_length(clauses)
    headers = ["", *(f"{y}{'*' if y in previews else ''}" for y in clauses)]
    say_table(headers, [[name, *row] for name, row in short.items()], "  ")
    if previews:
        say(f"  * {show_years(previews)}: a preview, its law is not final")
    for name, values in long.items():
        say()
        for years, value in group_by_value(values):
            say_labelled(name, f"{years}  {show_value(value)}", "  ", 16)
    say()
    for years, line in group_by_value(_list_citations(having, code)):
        say_labelled("source", f"{years}  {line}", "  ", 10)
    notes = [(e.year, e.clauses[code].note) for e in having if e.clauses[code].note]
    for years, note in group_by_value(notes):
        say_labelled("note", f"{years}  {note}", "  ", 10)


def _split_by_length(
    clauses: Mapping[int, Clause | None],
) -> tuple[dict[str, list[str]], dict[str, list[tuple[int, Any]]]]:
    """Split the facts of the clauses into rows of a table and lists of (year, value)."""
    short = {
        "consequence": [_IN_A_COLUMN[c.consequence] if c else "-" for c in clauses.values()],
        "severity": [
            severity_of(c, trust_unverified=False) if c else "-" for c in clauses.values()
        ],
        "standing": [c.standing if c else "-" for c in clauses.values()],
    }
    long: dict[str, list[tuple[int, Any]]] = {}
    for term in dict.fromkeys(t for c in clauses.values() if c for t in c.terms):
        values = [(y, c.terms[term]) for y, c in clauses.items() if c and term in c.terms]
        if all(len(show_value(value)) <= _SHORT for _, value in values):
            by_year = dict(values)
            short[term] = [show_value(by_year[y]) if y in by_year else "-" for y in clauses]
        else:
            long[term] = values
    for name in dict.fromkeys(n for c in clauses.values() if c for n in c.variants):
        long[f"variant {name}"] = [
            (y, _costs(c.variants[name])) for y, c in clauses.items() if c and name in c.variants
        ]
    return short, long


def _list_citations(having: Sequence[Rulebook], code: str) -> list[tuple[int, str]]:
    return [
        (edition.year, format_citation(citation))
        for edition in having
        for citation in edition.clauses[code].citations
    ]


def _costs(terms: Clause | Variant) -> str:
    return f"{terms.consequence} ({CONSEQUENCES[terms.consequence]})"


def _say_examples(examples: Showcase) -> None:
    for title, example in (("fails", examples.failing), ("passes", examples.passing)):
        if example is None:
            continue
        say()
        say(f"An example that {title}: {example.name} ({example.year})")
        if example.why:
            say_wrapped(example.why, "  ")
        _say_json_block(example.departure)
        if example.findings:
            codes = ", ".join(f"{f['rule']} at {f.get('pointer') or '/'}" for f in example.findings)
            say_wrapped(f"found: {codes}", "  ")


def _say_json_block(departure: Mapping[str, Any]) -> None:
    text = msgspec.json.format(msgspec.json.encode(departure), indent=2).decode()
    for line in text.splitlines():
        say(f"    {line}")
