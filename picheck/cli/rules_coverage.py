"""`picheck rules coverage`: a year's demands, and the rules that check each."""

from __future__ import annotations

from typing import Any

import click

from picheck.cli.console import say, say_json, say_labelled, say_sources, say_wrapped
from picheck.cli.lookup import EXIT_CODES, lists_inventory, program_of, program_option
from picheck.cli.options import format_option
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.models import Requirement, Rulebook
from picheck.rulebook.words import REQUIREMENT_KINDS


@click.command(
    "coverage",
    epilog=f"""{EXIT_CODES}

\b
Examples:
  picheck rules coverage --year 2025
  picheck rules coverage --year 2025 --format json""",
    short_help="Trace a year's demands to the rules that check them.",
)
@click.option("-y", "--year", type=int, metavar="Y", required=True, help="The performance year.")
@program_option
@format_option
@lists_inventory
def coverage(*, year: int, program: str | None, form: str, registry: PluginRegistry) -> None:
    """List a year's demands with the rules that check each.

    What nothing checks is said plainly, with the reason. A rule that is not installed does not
    count as a check.
    """
    chosen = program_of(registry.rulebooks, program)
    book = registry.rulebooks.rulebook(chosen, year)
    if form == "json":
        say_json([_demand(need, registry) for need in book.requirements])
        return
    say_wrapped(_tally(book, registry))
    for kind in dict.fromkeys(need.kind for need in book.requirements):
        say()
        say(REQUIREMENT_KINDS.get(kind, kind))
        for need in book.requirements:
            if need.kind == kind:
                _say_demand(need, registry)


def _tally(book: Rulebook, registry: PluginRegistry) -> str:
    needs = book.requirements
    if not needs:
        return f"{book.program} {book.year} lists no demands; nothing can be traced"
    open_ids = [need.id for need in needs if not _list_checks(need, registry)]
    return (
        f"{book.program} {book.year}: {len(needs)} demands, {len(needs) - len(open_ids)} checked,"
        f" {len(open_ids)} not checked by anything"
        + (f" ({', '.join(open_ids)})" if open_ids else "")
    )


def _list_checks(need: Requirement, registry: PluginRegistry) -> list[str]:
    return [code for code in need.rules if code in registry.rules]


def _say_demand(need: Requirement, registry: PluginRegistry) -> None:
    say()
    say_wrapped(f"{need.id}  {need.title}", "  ", "      ")
    checked = _list_checks(need, registry)
    names = [f"{code} {registry.rules[code].rule.slug}" for code in checked]
    say_labelled("checks", "; ".join(names) or "NOTHING CHECKS IT", "      ", 8)
    if absent := [code for code in need.rules if code not in checked]:
        say_labelled("absent", f"{', '.join(absent)}: not installed", "      ", 8)
    if need.note:
        say_labelled("note" if checked else "why", need.note, "      ", 8)
    say_sources(need.citations, "      ", 8)


def _demand(need: Requirement, registry: PluginRegistry) -> dict[str, Any]:
    return {
        "id": need.id,
        "kind": need.kind,
        "title": need.title,
        "rules": need.rules,
        "checkedBy": _list_checks(need, registry),
        "note": need.note,
        "sources": need.citations,
    }
