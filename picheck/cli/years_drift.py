"""`picheck years drift`: how the shipped measure tables differ from CMS's public data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from picheck.cli.console import say, say_json, say_wrapped
from picheck.cli.lookup import (
    lists_inventory,
    program_of,
    program_option,
    year_option,
)
from picheck.cli.options import format_option
from picheck.errors import InputError
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.cms_drift import Drift, YearDrift, cms_years, compare
from picheck.rulebook.models import Rulebook
from picheck.rulebook.registry import Rulebooks
from picheck.rulebook.words import show_value, show_years
from picheck.site.inventory import list_editions

_DIFFERENT: Final = 1
_UNREADABLE: Final = 3
_NOTHING: Final = 5

EPILOG: Final = """\b
Exit codes:
  0  compared, no difference
  1  at least one difference
  2  usage: an unknown year or option, or PATH is no copy of qpp-measures-data
  3  a table could not be read (the others were compared)
  4  compared, but a plugin did not load: a rulebook may be missing
  5  nothing was compared

\b
Examples:
  git clone https://github.com/CMSgov/qpp-measures-data
  picheck years drift qpp-measures-data
  picheck years drift node_modules/qpp-measures-data --year 2025 --format json
"""


@click.command(
    "drift", epilog=EPILOG, short_help="Compare the rulebooks with a copy of CMS's measures data."
)
@click.argument("path", type=click.Path(path_type=Path))
@year_option("Compare this year only [default: every year with a rulebook].")
@program_option
@format_option
@lists_inventory
def drift(
    *, path: Path, year: int | None, program: str | None, form: str, registry: PluginRegistry
) -> int:
    """Compare the shipped measure tables with CMS's public qpp-measures-data.

    PATH is the root of a checkout or of an npm copy; its measures/YEAR/measures-data.json are
    read, nothing is fetched. Ids, titles, objectives, metric types, categories, exclusions,
    substitutes and engagement levels are compared, and every difference is listed: what is given
    only here, only there, or differently. A year that was not compared is said.
    """
    rulebooks = registry.rulebooks
    chosen = program_of(rulebooks, program)
    there = cms_years(path)
    books = list_editions(rulebooks, chosen) if year is None else [rulebooks.rulebook(chosen, year)]
    found, faults = _compare_all(path, books)
    strangers = _strangers(rulebooks, chosen, there) if year is None else []
    if form == "json":
        say_json(_record(found, faults, strangers))
    else:
        _say_all(found, faults, strangers, chosen)
    return _code(found, faults)


def _compare_all(path: Path, books: Sequence[Rulebook]) -> tuple[list[YearDrift], list[InputError]]:
    found, faults = [], []
    for book in books:
        try:
            found.append(compare(path, book))
        except InputError as error:
            faults.append(error)
    return found, faults


def _strangers(rulebooks: Rulebooks, program: str, there: Sequence[int]) -> list[int]:
    """Return CMS's years that no rulebook speaks for."""
    return [year for year in there if not rulebooks.has(program, year)]


def _code(found: Sequence[YearDrift], faults: Sequence[InputError]) -> int:
    """Return the exit code: unreadable tables outrank differences."""
    if faults:
        return _UNREADABLE
    if any(each.differences for each in found):
        return _DIFFERENT
    return 0 if any(each.skipped is None for each in found) else _NOTHING


def _record(
    found: Sequence[YearDrift], faults: Sequence[InputError], strangers: Sequence[int]
) -> dict[str, Any]:
    return {
        "years": [msgspec.structs.asdict(each) for each in found],
        "unreadable": [str(fault) for fault in faults],
        "withoutRulebook": strangers,
    }


def _say_all(
    found: Sequence[YearDrift],
    faults: Sequence[InputError],
    strangers: Sequence[int],
    program: str,
) -> None:
    for each in found:
        _say_year(each)
    for fault in faults:
        say_wrapped(f"not compared: {fault}", "", "  ")
    if strangers:
        say_wrapped(
            f"not compared: {show_years(strangers)} in PATH, for which no rulebook of {program} is"
            " installed",
            "",
            "  ",
        )
    compared = [each for each in found if each.skipped is None]
    number = sum(len(each.differences) for each in found)
    say()
    say(
        f"{len(compared)} of {len(found) + len(faults)} rulebooks compared,"
        f" {number} difference{'' if number == 1 else 's'}"
    )


def _say_year(each: YearDrift) -> None:
    if each.skipped is not None:
        say_wrapped(f"{each.year}  not compared: {each.skipped}", "", "      ")
        return
    number = len(each.differences)
    tally = f"{number} difference{'' if number == 1 else 's'}" if number else "no difference"
    say(f"{each.year}  {each.entries} entries compared, {tally}")
    for one in each.differences:
        say_wrapped(_describe(one), "      ", "        ")


def _describe(one: Drift) -> str:
    if one.kind == "onlyThere":
        return f"{one.measure} is in CMS's table only"
    if one.kind == "onlyHere":
        return f"{one.measure} is in our rulebook only"
    if one.kind == "repeated":
        return f"{one.measure} is in CMS's table more than once"
    return f"{one.measure} {one.field}: {show_value(one.here)} here, {show_value(one.there)} there"
