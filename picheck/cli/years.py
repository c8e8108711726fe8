"""`picheck years`: the rulebooks of the performance years, and how they compare with CMS's data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import click
import msgspec

from picheck.cli.console import say, say_json, say_labelled, say_table, say_wrapped
from picheck.cli.diff_output import as_records, say_differences
from picheck.cli.lookup import EXIT_CODES, lists_inventory, program_of, program_option
from picheck.cli.options import format_option
from picheck.cli.years_drift import drift
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.diff_reasons import Explained, explain_between
from picheck.rulebook.models import Rulebook
from picheck.rulebook.registry import Rulebooks
from picheck.rulebook.words import count_kinds, show_value
from picheck.site.inventory import YearOwner, YearRow, describe_year, describe_years

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_DIGEST: Final = 12


@click.group("years")
def command() -> None:
    """List and show the rulebooks of the performance years.

    A rulebook is one year's complete edition: the measure table, a clause for each rule that
    runs, the sources, and the differences from the year before with their reasons.
    """


command.add_command(drift)


@command.command(
    "list",
    epilog=f"""{EXIT_CODES}

\b
Examples:
  picheck years list
  picheck years list --format json""",
    short_help="List the years with a rulebook.",
)
@program_option
@format_option
@lists_inventory
def list_years(program: str | None, form: str, registry: PluginRegistry) -> None:
    """List the years that have a rulebook: status, size, owner and digest."""
    rulebooks = registry.rulebooks
    programs = [program_of(rulebooks, program)] if program else rulebooks.programs
    rows = describe_years(registry, programs)
    if form == "json":
        say_json(rows)
        return
    say_table(
        ["program", "year", "status", "measures", "rules", "owner", "sha256"],
        [
            (
                row.program,
                row.year,
                row.status,
                row.measures["total"],
                row.rules,
                _owner(row.owner),
                row.sha256[:_DIGEST],
            )
            for row in rows
        ],
    )


def _owner(owner: YearOwner) -> str:
    version = f" {owner.version}" if owner.version else ""
    return f"{owner.plugin} ({owner.distribution}{version})"


@command.command(
    "show",
    epilog=f"""{EXIT_CODES}

\b
Examples:
  picheck years show 2026
  picheck years show 2026 --format json""",
    short_help="Show one year: its numbers, and what changes from the year before.",
)
@click.argument("year", type=int, metavar="YEAR")
@program_option
@format_option
@lists_inventory
def show(year: int, program: str | None, form: str, registry: PluginRegistry) -> None:
    """Show one year: status, digest, owner, the numbers and dates of its rules, what changes.

    "What changes for you" lists every difference from the year before, with its reason and
    sources. A year whose status is proposed is a preview: no audit against it is ever ready.
    """
    chosen = program_of(registry.rulebooks, program)
    book = registry.rulebooks.rulebook(chosen, year)
    before = _year_before(registry.rulebooks, book)
    found = explain_between(registry.rulebooks, chosen, before, year) if before else ()
    slugs = {code: installed.rule.slug for code, installed in registry.rules.items()}
    numbers = list(_numbers(book, slugs))
    if form == "json":
        say_json(
            {
                **msgspec.structs.asdict(describe_year(registry, book)),
                "numbers": numbers,
                "since": before,
                "changes": as_records(found),
            }
        )
        return
    _say_headline(describe_year(registry, book))
    _say_numbers(numbers)
    _say_changes(registry.rulebooks, book, before, found, slugs)


def _year_before(rulebooks: Rulebooks, book: Rulebook) -> int | None:
    """Return the latest year before an edition's that has an edition too."""
    return max((y for y in rulebooks.years(book.program) if y < book.year), default=None)


def _numbers(book: Rulebook, slugs: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield every number and every date that the year's clauses name."""
    for code, clause in book.clauses.items():
        for term, value in clause.terms.items():
            if isinstance(value, int | float) or _is_date(value):
                yield {"rule": code, "slug": slugs.get(code), "term": term, "value": value}


def _is_date(value: object) -> bool:
    return isinstance(value, str) and _DATE.fullmatch(value) is not None


def _say_headline(row: YearRow) -> None:
    say_wrapped(row.title)
    preview = "" if row.status == "final" else "; a preview, never ready"
    say_labelled("status", f"{row.status}{preview}")
    if row.notice:
        say_labelled("notice", row.notice)
    say_labelled("owner", _owner(row.owner))
    say_labelled("sha256", row.sha256)
    by_category = ", ".join(
        f"{count} {name}" for name, count in row.measures.items() if name != "total"
    )
    say_labelled("measures", f"{row.measures['total']}: {by_category}")
    say_labelled("rules", str(row.rules))
    say_labelled("sources", str(row.sources))


def _say_numbers(numbers: list[dict[str, Any]]) -> None:
    if not numbers:
        return
    say()
    say("Numbers and dates")
    say_table(
        ["term", "value", "rule"],
        [
            (n["term"].replace("_", " "), show_value(n["value"]), f"{n['rule']} {n['slug'] or ''}")
            for n in numbers
        ],
        "  ",
    )


def _say_changes(
    rulebooks: Rulebooks,
    book: Rulebook,
    before: int | None,
    found: tuple[Explained, ...],
    slugs: dict[str, str],
) -> None:
    say()
    if before is None:
        say("The first year on the rulebooks: there is no year before it to differ from.")
        return
    say(f"What changes for you, from {before}: {count_kinds(found)}")
    say_differences(found, rulebooks.rulebook(book.program, before), book, slugs)
