"""How a difference between two years is printed: what, why, and by which source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import msgspec

from picheck.cli.console import say, say_labelled, say_sources, say_wrapped
from picheck.rulebook.diff_reasons import Because, Explained, group_by_decision
from picheck.rulebook.models import Rulebook
from picheck.rulebook.words import SECTIONS, Names, describe_difference

_UNDECLARED: Final = "no year declares a reason for it"


def say_differences(
    found: Iterable[Explained], before: Rulebook, after: Rulebook, slugs: Mapping[str, str]
) -> None:
    """Print differences in sections; those that one decision made share its reason.

    `slugs` names the installed rules by code.
    """
    names = Names(before, after, slugs)
    for section, decisions in groupby(group_by_decision(found), key=itemgetter(0)):
        say()
        say(SECTIONS.get(section, section))
        for _, together in decisions:
            _say_decision(together, names, spans_years=after.year - before.year not in (1, -1))


def as_records(found: Iterable[Explained]) -> list[dict[str, Any]]:
    """Return differences as plain data, for JSON."""
    return [
        {
            **msgspec.structs.asdict(one.difference),
            "reasons": [
                {"year": why.year, "reason": why.reason, "sources": why.citations}
                for why in one.reasons
            ],
        }
        for one in found
    ]


def _say_decision(together: Sequence[Explained], names: Names, *, spans_years: bool) -> None:
    say()
    for one in together:
        say_wrapped(describe_difference(one.difference, names), "  ", "      ")
    reasons = together[0].reasons
    if not reasons:
        for owner in dict.fromkeys(names.find_owner(one.difference) for one in together):
            said = f"the plugin {owner} brings it, and declares no reason" if owner else _UNDECLARED
            say_labelled("why", said, "      ", 8)
    for why in reasons:
        _say_reason(why, spans_years=spans_years)


def _say_reason(why: Because, *, spans_years: bool) -> None:
    since = f"since {why.year}: " if spans_years else ""
    say_labelled("why", since + why.reason, "      ", 8)
    say_sources(why.citations, "      ", 8)
