"""What earlier years say of a registry's level of active engagement."""

from __future__ import annotations

from typing import Final, NamedTuple

from picheck.api import Measure, SetContext
from picheck_pi.present import present_in

#: Indexes into a measure's `levels`, and into the clause's words for them.
EARLIER: Final = 0
LATER: Final = 1

#: The terms of every clause that looks back; `levels` are the evidence's words.
HISTORY_TERMS: Final = {
    "first_counted_year": {"type": "integer"},
    "levels": {"type": "list", "schema": {"type": "string"}},
}


class History(NamedTuple):
    """The counted years before this one, of one measure.

    `reported` maps each year in which the measure is known to have been reported, latest first,
    to the levels that the records name for it: more than one where they contradict each other.
    `unknown` are the years of which nothing is known, latest first.
    """

    reported: dict[int, frozenset[int]]
    unknown: tuple[int, ...]

    @property
    def latest(self) -> int | None:
        """The latest year in which the measure is known to have been reported."""
        return next(iter(self.reported), None)

    @property
    def is_repeated(self) -> bool:
        """Whether the latest known report was at the earlier level, by at least one record."""
        return self.latest is not None and EARLIER in self.reported[self.latest]

    def unknown_since(self, year: int | None) -> list[str]:
        """Return the evidence keys of the unknown years after a year; of all for None."""
        return [f"engagementHistory.{y}" for y in self.unknown if year is None or y > year]


def at_earlier_level(ctx: SetContext) -> list[Measure]:
    """Return the measures that are reported at their earlier level now.

    A measure that is reported at both levels is passed over: which is meant, nobody knows.
    """
    measures = ctx.rulebook.measures
    return [
        measures[measure_id]
        for measure_id, levels in present_in(ctx.set).engaged.items()
        if len(levels) == 1 and levels[0] == measures[measure_id].levels[EARLIER]
    ]


def history_of(ctx: SetContext, measure: Measure) -> History:
    """Read a measure's history off the prior submissions and the evidence, merged."""
    reported, unknown = {}, []
    for year in range(ctx.rulebook.year - 1, ctx.clause["first_counted_year"] - 1, -1):
        levels = _levels_in(ctx, measure, year)
        if levels is None:
            unknown.append(year)
        elif levels:
            reported[year] = levels
    return History(reported, tuple(unknown))


def _levels_in(ctx: SetContext, measure: Measure, year: int) -> frozenset[int] | None:
    """Return the levels named for a year, none if it was not reported; None if unknown.

    A yes without a level leaves the year unknown.
    """
    evidence = (ctx.evidence.engagement_history or {}).get(str(year))
    priors = ctx.prior.get(year, ())
    if evidence is None and not priors:
        return None
    found: set[int] = set()
    is_vague = False
    for view in priors:
        if view.is_yes(measure.id):
            named = {i for i, level in enumerate(measure.levels) if view.is_yes(level)}
            is_vague = is_vague or not named
            found |= named
    if evidence is not None and (word := evidence.get(measure.id)) is not None:
        found.add(ctx.clause["levels"].index(word))
    return None if is_vague and not found else frozenset(found)
