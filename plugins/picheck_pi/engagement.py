"""What earlier years show of a registry's level of active engagement."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from picheck.api import Answers, CheckResult, Clause, Evidence, Measure, Rulebook, fail
from picheck_pi.findings import ask_about
from picheck_pi.measure_index import index_of, label
from picheck_pi.parameter_types import Prior
from picheck_pi.term_schemas import INTEGER, TEXTS

#: Indexes into a measure's `levels`, and into the clause's words for them.
EARLIER: Final = 0
LATER: Final = 1

#: The terms of every clause that looks back; `levels` are the evidence's words.
HISTORY_TERMS: Final = {"first_counted_year": INTEGER, "levels": TEXTS}


class History(NamedTuple):
    """The counted years before this one, of one measure.

    `reported` maps each year in which the measure is known to have been reported, latest first,
    to the levels that the records give for it: more than one where they contradict each other.
    `unknown` are the years of which nothing is known, latest first.
    """

    reported: dict[int, frozenset[int]]
    unknown: tuple[int, ...]

    @property
    def spent_in(self) -> int | None:
        """The latest known year at the earlier level, by at least one record; None for none."""
        return next((year for year, levels in self.reported.items() if EARLIER in levels), None)


def find_earlier_levels(
    answers: Answers, prior: Prior, evidence: Evidence, clause: Clause, rulebook: Rulebook
) -> Iterator[tuple[Measure, History]]:
    """Yield the measures that are reported at their earlier level now, each with its history.

    A measure that is reported at both levels is left out: it is not known which is meant.
    """
    years = range(rulebook.year - 1, clause["first_counted_year"] - 1, -1)
    for measure in index_of(rulebook).with_levels:
        now = [level for level in measure.levels if answers.is_yes(level)]
        if answers.is_yes(measure.id) and now == [measure.levels[EARLIER]]:
            found = {y: _find_levels(y, measure, prior, evidence, clause["levels"]) for y in years}
            reported = {year: levels for year, levels in found.items() if levels}
            unknown = tuple(
                year
                for year, levels in found.items()
                if levels is None or (not levels and _is_misspelt(year, prior, evidence, rulebook))
            )
            yield measure, History(reported, unknown)


def fail_level(measure: Measure, message: str, rulebook: Rulebook, **details: Any) -> CheckResult:
    """Return a failure at the earlier level of a measure, in place of which a later is expected.

    The message may show the measure as `{measure}`; `details` are further arguments of `fail`.
    """
    return fail(
        f"/measurements/{measure.levels[EARLIER]}",
        message,
        expected=measure.levels[-1],
        actual=measure.levels[EARLIER],
        measure=label(rulebook, measure.id),
        key=measure.id,
        **details,
    )


def ask_level(measure: Measure, history: History, rulebook: Rulebook) -> CheckResult:
    """Return that the level of an earlier year would decide, and that it is not known."""
    message = "{measure} is at pre-production, and its level in an earlier year is not known"
    missing = [f"engagementHistory.{year}" for year in history.unknown]
    return ask_about(rulebook, measure.id, message, missing, at=measure.levels[EARLIER])


def _find_levels(
    year: int, measure: Measure, prior: Prior, evidence: Evidence, words: Sequence[str]
) -> frozenset[int] | None:
    """Return the levels on record for a year, none if it was not reported; None if unknown.

    A yes without a level leaves the year unknown.
    """
    stated = (evidence.engagement_history or {}).get(str(year))
    views = prior.get(year, ())
    if stated is None and not views:
        return None
    reported = [view.answers for view in views if view.answers.is_yes(measure.id)]
    by_view = [{i for i, id_ in enumerate(measure.levels) if a.is_yes(id_)} for a in reported]
    found = frozenset[int]().union(*by_view)
    if stated is not None and (word := stated.get(measure.id)) is not None:
        found |= {words.index(word)}
    return found if found or all(by_view) else None


def _is_misspelt(year: int, prior: Prior, evidence: Evidence, rulebook: Rulebook) -> bool:
    """Whether the records of a year name an id that is not known; any measure may be meant by it.

    The evidence names registries; a level in place of its registry is not known there either.
    """
    registries = {measure.id for measure in index_of(rulebook).with_levels}
    stated = (evidence.engagement_history or {}).get(str(year)) or {}
    return not registries.issuperset(stated) or any(
        view.answers.unknown for view in prior.get(year, ())
    )
