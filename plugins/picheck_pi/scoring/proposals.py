"""The small changes that could bring points: each an edit of one set, none of them made."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from picheck.api import Edit, Period, SetView, parse_date
from picheck_pi.measure_index import label
from picheck_pi.scoring.arithmetic import round_rate
from picheck_pi.scoring.config import Objective, ScoringConfig
from picheck_pi.scoring.edits import answer, leave_out, move_period
from picheck_pi.scoring.format import Record
from picheck_pi.scoring.reported import is_covered

#: The rule whose terms say below which count a low-volume exclusion may be claimed.
_LOW_VOLUME: Final = "PIC-MEA-09"
#: The rule whose terms hold the least number of days.
_TOO_SHORT: Final = "PIC-PER-03"


class Proposal(NamedTuple):
    """One change: in words, at which spot, how, and the fact that must be true for it.

    `attest` says that only the practice can know the fact; `size` counts what is touched.
    """

    change: str
    spot: str
    edit: Edit
    fact: str | None = None
    attest: bool = True
    size: int = 1


def list_proposals(view: SetView, config: ScoringConfig) -> Iterator[Proposal]:
    """Yield every change worth a try; whether it brings points is for the audit to say.

    Further patients are left to `list_patients`, which must know the points so far.
    """
    yield from _statements(view, config)
    for objective in config.objectives:
        if objective.needed is None:
            yield from _measures(view, objective)
    for objective in config.objectives:
        if objective.needed is not None:
            yield from _shared_measures(view, objective)
    for objective in config.objectives:
        if len(objective.options) > 1:
            yield from _options(view, objective)
    for bonus in config.bonuses:
        for measure_id in bonus.measures:
            if not view.answers.is_yes(measure_id):
                yield _yes(view, measure_id)._replace(spot=bonus.id)
    yield from _levels(view)
    yield from _clashes(view)
    yield from _period(view)


def list_patients(
    view: SetView, rows: Sequence[Record], config: ScoringConfig
) -> Iterator[Proposal]:
    """Yield for each rate among the rows of a score the fewest patients that bring a point."""
    for row in rows:
        done, of = row["numerator"], row["denominator"]
        enough = of and _find_numerator(row, config)
        if not enough:
            continue
        more = enough - done
        yield Proposal(
            f"{'one more patient' if more == 1 else f'{more:,} more patients'} in the numerator of"
            f" {label(view.rulebook, row['id'])}: {enough}/{of} instead of {done}/{of}",
            row["id"],
            answer({row["id"]: {"numerator": enough, "denominator": of}}),
            "the record shows it",
            size=more,
        )


def _find_numerator(row: Record, config: ScoringConfig) -> int | None:
    """Return the least numerator that earns more points; None if there is none."""
    of, maximum, points = row["denominator"], row["maximum"], int(row["points"])
    numerators = range(row["numerator"] + 1, of + 1)

    def earns_more(numerator: int) -> bool:
        return round_rate(numerator, of, maximum, config.rounding).points > points

    index = bisect_left(numerators, x=True, key=earns_more)
    return numerators[index] if index < len(numerators) else None


def find_period(view: SetView) -> Period | None:
    """Return the period with the least changed that is long enough and lies in the year.

    None where the set's own period already is such a one.
    """
    clause = view.rulebook.clauses.get(_TOO_SHORT)
    if clause is None:
        return None
    year = view.rulebook.year
    first, last = date(year, 1, 1), date(year, 12, 31)
    start = min(max(parse_date(view.record.performance_start) or first, first), last)
    end = min(max(parse_date(view.record.performance_end) or last, first), last)
    least = timedelta(days=clause["minimum_days"] - 1)
    if end - start < least:
        # begun earlier first; it ends later only where the year does not begin early enough
        start = max(first, end - least)
        end = max(end, start + least)
    found = Period(start.isoformat(), end.isoformat())
    return None if found == view.period else found


def _statements(view: SetView, config: ScoringConfig) -> Iterator[Proposal]:
    """Yield a yes for each required statement outside the scored objectives."""
    scored = {objective.id for objective in config.objectives}
    for measure in view.rulebook.measures.values():
        is_outside = measure.is_required and measure.objective not in scored
        if is_outside and not view.answers.is_yes(measure.id):
            yield _yes(view, measure.id)


def _measures(view: SetView, objective: Objective) -> Iterator[Proposal]:
    """Yield, for each measure scored by itself, what would answer it or excuse from it."""
    has_one_option = len(objective.options) == 1
    for measure_id in (i for option in objective.options for i in option):
        if has_one_option and not view.answers.is_reported(measure_id):
            yield from _answer(view, measure_id)
        yield from _exclusions(view, measure_id)
    for option in () if has_one_option else objective.options:
        missing = [measure_id for measure_id in option if not is_covered(view, measure_id)]
        # the other half of a way that was begun; one that was not is no small change
        for measure_id in missing if len(missing) < len(option) else ():
            yield from _answer(view, measure_id)


def _answer(view: SetView, measure_id: str) -> Iterator[Proposal]:
    if view.answers.claimed_exclusion(measure_id) is not None:
        return
    if view.rulebook.measures[measure_id].metric == "boolean":
        yield _yes(view, measure_id)
        return
    yield Proposal(
        f"report {label(view.rulebook, measure_id)}, with at least one patient",
        measure_id,
        answer({measure_id: {"numerator": 1, "denominator": 1}}),
        "the counts are what the certified technology reports",
    )


def _yes(view: SetView, measure_id: str) -> Proposal:
    measure = view.rulebook.measures[measure_id]
    # at the later level: the earlier one may be spent
    answers = dict.fromkeys((measure_id, *measure.levels[-1:]), True)
    level = f" at {measure.levels[-1]}" if measure.levels else ""
    return Proposal(
        f"a yes to {label(view.rulebook, measure_id)}{level}",
        measure_id,
        answer(answers, instead_of=(*measure.exclusions, *measure.levels[:-1])),
        "it was done in the period",
        size=len(answers),
    )


def _exclusions(view: SetView, measure_id: str) -> Iterator[Proposal]:
    """Yield a claim of each exclusion that the set's own numbers do not rule out."""
    measure, is_there = view.rulebook.measures[measure_id], view.answers.has(measure_id)
    if view.answers.claimed_exclusion(measure_id) is not None and not is_there:
        return
    for exclusion_id in measure.exclusions:
        if _is_ruled_out(view, measure_id, exclusion_id):
            continue
        others = (other for other in measure.exclusions if other != exclusion_id)
        yield Proposal(
            f"the exclusion {exclusion_id} in place of {label(view.rulebook, measure_id)}",
            measure_id,
            answer({exclusion_id: True}, instead_of=(measure_id, *measure.levels, *others)),
            view.rulebook.measures[exclusion_id].criterion,
            size=2 if is_there else 1,
        )


def _is_ruled_out(view: SetView, measure_id: str, exclusion_id: str) -> bool:
    counts, clause = view.counts.pair(measure_id), view.rulebook.clauses.get(_LOW_VOLUME)
    if counts is None or clause is None:
        return False
    ids = measure_id, exclusion_id
    rows = (row for row in clause["low_volume"] if (row["measure"], row["exclusion"]) == ids)
    return any(counts[1] >= row["below"] for row in rows)


def _shared_measures(view: SetView, objective: Objective) -> Iterator[Proposal]:
    """Yield answers for an objective that is scored as a whole."""
    for measure_id in objective.options[0]:
        second = objective.second.get(measure_id)
        if not view.answers.is_yes(measure_id):
            yield _yes(view, measure_id)
            yield from _exclusions(view, measure_id)
        elif second and not view.answers.is_yes(second):
            yield _yes(view, second)


def _options(view: SetView, objective: Objective) -> Iterator[Proposal]:
    """Yield each statement that could be given in place of the option that was reported."""
    every = {i for option in objective.options for i in option}
    every |= {exclusion for i in every for exclusion in view.rulebook.exclusions_of(i)}
    instead = " in place of the option reported" if every & view.values.keys() else ""
    for option in objective.options:
        if len(option) > 1 or view.answers.is_yes(option[0]):
            continue
        yield Proposal(
            f"a yes to {label(view.rulebook, option[0])}{instead}",
            objective.id,
            answer({option[0]: True}, instead_of=tuple(every - set(option))),
            "all of its statements were true throughout the period",
            size=2,
        )


def _levels(view: SetView) -> Iterator[Proposal]:
    """Yield the level of engagement that is missing, or the later one in place of the earlier."""
    for measure in view.rulebook.measures.values():
        if not view.answers.is_yes(measure.id):
            continue
        for level in reversed(measure.levels):
            if not view.answers.is_yes(level):
                yield Proposal(
                    f"the level {level} for {label(view.rulebook, measure.id)}",
                    measure.id,
                    answer({level: True}, instead_of=measure.levels),
                    "that level was reached in the period",
                )


def _clashes(view: SetView) -> Iterator[Proposal]:
    """Yield the removal of one of two ids that may not be in one set, and of unknown ids."""
    for measure_id in sorted(view.values):
        edit, measure = leave_out(measure_id), view.rulebook.measures.get(measure_id)
        if measure is None:
            yield Proposal(f"{measure_id} left out", measure_id, edit, attest=False)
            continue
        excluded = view.rulebook.measures_excluded_by(measure_id)
        if {*measure.substitutes, *measure.exclusions, *excluded} & view.values.keys():
            change = f"{label(view.rulebook, measure_id)} left out"
            yield Proposal(change, measure_id, edit, "what it says does not hold")


def _period(view: SetView) -> Iterator[Proposal]:
    period = find_period(view)
    if period is not None:
        yield Proposal(
            f"the performance period {period.start} to {period.end}",
            "period",
            move_period(period),
            "certified technology was in use throughout, and all counts are of that period",
        )
