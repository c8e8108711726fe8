"""`picheck measures`: the measure table of a year."""

from __future__ import annotations

from typing import Final, get_args

import click

from picheck.cli.console import say, say_json, say_labelled, say_wrapped
from picheck.cli.lookup import EXIT_CODES, lists_inventory, program_of, program_option
from picheck.cli.options import format_option
from picheck.errors import UsageError
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.models import Measure, ReportingCategory, Rulebook
from picheck.validation import closest_match

_CATEGORIES: Final = get_args(ReportingCategory)


@click.group("measures")
def command() -> None:
    """List the measures of a performance year.

    The table holds every id that may be a measureId in that year: measures, attestations,
    exclusions and levels of active engagement.
    """


@command.command(
    "list",
    epilog=f"""{EXIT_CODES}

\b
Examples:
  picheck measures list --year 2025
  picheck measures list --year 2025 --category exclusion
  picheck measures list --year 2025 --objective electronicPrescribing --format json""",
    short_help="List a year's measures.",
)
@click.option("-y", "--year", type=int, metavar="Y", required=True, help="The performance year.")
@click.option("--objective", metavar="O", help="Only measures of this objective, by id or title.")
@click.option(
    "--category", metavar="C", help=f"Only measures of this category: {', '.join(_CATEGORIES)}."
)
@program_option
@format_option
@lists_inventory
def list_measures(
    *,
    year: int,
    objective: str | None,
    category: str | None,
    program: str | None,
    form: str,
    registry: PluginRegistry,
) -> None:
    """List a year's measures by objective.

    For each: id, title, metric, category, the exclusions that excuse from it, the substitutes
    that may not be reported beside it, its levels of active engagement (earlier level first), and
    of an exclusion the criterion, in picheck's words.
    """
    book = registry.rulebooks.rulebook(program_of(registry.rulebooks, program), year)
    chosen_objective = _objective(book, objective) if objective else None
    chosen_category = _category(category) if category else None
    measures = [
        measure
        for measure in book.measures.values()
        if chosen_objective in (None, measure.objective)
        and chosen_category in (None, measure.category)
    ]
    if form == "json":
        say_json(measures)
        return
    _say_measures(book, measures)


def _objective(book: Rulebook, asked: str) -> str:
    """Return the id of an objective. Raises UsageError with the nearest known one."""
    known = {
        **{title.casefold(): key for key, title in book.objectives.items()},
        **{key.casefold(): key for key in book.objectives},
    }
    if (found := known.get(asked.casefold())) is not None:
        return found
    near = closest_match(asked.casefold(), list(known))
    listed = ", ".join(book.objectives)
    hint = f"did you mean {known[near]}?" if near else f"known: {listed}"
    raise UsageError(f"no objective of {book.program} {book.year} is called {asked!r}; {hint}")


def _category(asked: str) -> str:
    """Return a reporting category. Raises UsageError with the nearest known one."""
    if asked in _CATEGORIES:
        return asked
    near = closest_match(asked.lower(), list(_CATEGORIES))
    hint = f"did you mean {near}?" if near else f"known: {', '.join(_CATEGORIES)}"
    raise UsageError(f"no category is called {asked!r}; {hint}")


def _say_measures(book: Rulebook, measures: list[Measure]) -> None:
    for objective, title in book.objectives.items():
        inside = [measure for measure in measures if measure.objective == objective]
        if not inside:
            continue
        say(f"{title} ({objective})")
        for measure in inside:
            _say_measure(measure)
        say()
    say(f"{len(measures)} of {len(book.measures)} ids of {book.program} {book.year}")


def _say_measure(measure: Measure) -> None:
    say_wrapped(f"{measure.id}  {measure.title}", "  ", "      ")
    flags: list[str] = [measure.metric, measure.category]
    if measure.is_suppressed:
        flags.append("suppressed")
    say_labelled("", ", ".join(flags), "      ", 0)
    for label, ids in (
        ("exclusions", measure.exclusions),
        ("substitutes", measure.substitutes),
        ("levels", measure.levels),
    ):
        if ids:
            say_labelled(label, ", ".join(ids), "      ", 13)
    if measure.criterion:
        say_labelled("criterion", measure.criterion, "      ", 13)
