"""`picheck rules`: list, show and compare rules, and trace them to the law's demands."""

from __future__ import annotations

from typing import Final

import click

from picheck.cli.console import say, say_json, say_table, say_wrapped
from picheck.cli.diff_output import as_records, say_differences
from picheck.cli.lookup import (
    EXIT_CODES,
    lists_inventory,
    program_of,
    program_option,
    select_codes,
    year_option,
)
from picheck.cli.options import format_option, split_list
from picheck.cli.rules_coverage import coverage
from picheck.cli.rules_show import show
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.diff_reasons import explain_between
from picheck.rulebook.words import count_kinds, show_years
from picheck.site.inventory import ClauseRow, describe_rules, list_editions

_NOT_INSTALLED: Final = "not installed"


_SELECT = click.option(
    "--select", multiple=True, metavar="LIST", help="Codes, code prefixes or slugs."
)


@click.group("rules")
def command() -> None:
    """List, show and compare rules.

    A rule is one formula with a code. It runs in a year if that year's rulebook has a clause for
    its code; the clause says what a breach costs, on which terms, and by which source.
    """


command.add_command(show)
command.add_command(coverage)


@command.command(
    "list",
    epilog=f"""{EXIT_CODES}

\b
Examples:
  picheck rules list
  picheck rules list --year 2025 --select PIC-ERX,PIC-HIE
  picheck rules list --format json""",
    short_help="List the rules, and the years they run in.",
)
@year_option("Only rules that run in this year, with what a breach costs in it.")
@_SELECT
@program_option
@format_option
@lists_inventory
def list_rules(
    *,
    year: int | None,
    select: tuple[str, ...],
    program: str | None,
    form: str,
    registry: PluginRegistry,
) -> None:
    """List every rule: code, slug, scope, years or consequence, and the plugin it comes from."""
    chosen = program_of(registry.rulebooks, program)
    books = list_editions(registry.rulebooks, chosen)
    if year is not None:
        books = [registry.rulebooks.rulebook(chosen, year)]
    words = split_list(select)
    codes = select_codes(registry, words) if words else None
    rows = describe_rules(registry, books, codes, is_one_year=year is not None)
    if form == "json":
        say_json(rows)
        return
    last = "consequence" if year is not None else "years"
    say_table(
        ["code", "slug", "scope", last, "plugin"],
        [
            (
                row.code,
                row.slug or _NOT_INSTALLED,
                row.scope,
                _cost(row.clauses[0]) if year is not None else show_years(row.years),
                row.plugin,
            )
            for row in rows
        ],
    )
    say()
    where = f" run in {chosen} {year}" if year is not None else f" of {chosen}"
    say(f"{len(rows)} rules{where}")


def _cost(clause: ClauseRow) -> str:
    return f"{clause.consequence} ({clause.severity})"


@command.command(
    "diff",
    epilog=f"""{EXIT_CODES}

\b
Examples:
  picheck rules diff 2024 2025
  picheck rules diff 2021 2026 --format json""",
    short_help="Compare two years: measures, rules, numbers, each with reason and source.",
)
@click.argument("first", type=int, metavar="YEAR1")
@click.argument("second", type=int, metavar="YEAR2")
@program_option
@format_option
@lists_inventory
def diff(
    *, first: int, second: int, program: str | None, form: str, registry: PluginRegistry
) -> None:
    """Compare two years: every measure, rule and number that differs.

    Each difference is listed with the reason and the sources that the rulebooks declare for it;
    between years that do not follow each other, with those of all years between. Differences
    are found by comparing the two editions, so an undeclared one is listed too, and says so.
    """
    rulebooks = registry.rulebooks
    chosen = program_of(rulebooks, program)
    found = explain_between(rulebooks, chosen, first, second)
    before, after = rulebooks.rulebook(chosen, first), rulebooks.rulebook(chosen, second)
    if form == "json":
        say_json({"program": chosen, "from": first, "to": second, "changes": as_records(found)})
        return
    say_wrapped(f"{chosen} {first} -> {second}: {count_kinds(found)}")
    for book in (before, after):
        if book.status != "final":
            say_wrapped(f"{book.year} is a preview: {book.preview_note}", "  ")
    slugs = {code: installed.rule.slug for code, installed in registry.rules.items()}
    say_differences(found, before, after, slugs)


@command.command(
    "matrix",
    epilog=f"""{EXIT_CODES}

\b
Example:
  picheck rules matrix --select PIC > docs/reference/rules.md""",
    short_help="Print the page of all rules and years, as Markdown.",
)
@_SELECT
@program_option
@lists_inventory
def matrix(*, select: tuple[str, ...], program: str | None, registry: PluginRegistry) -> None:
    """Print a Markdown page: the table of rules and years, and a section for each rule."""
    from picheck.site.matrix import page  # noqa: PLC0415 - only this command needs it

    chosen = program_of(registry.rulebooks, program)
    books = list_editions(registry.rulebooks, chosen)
    codes = select_codes(registry, split_list(select))
    rules = [registry.rules[code].rule for code in sorted(codes)]
    click.echo(page(rules, books), nl=False)
