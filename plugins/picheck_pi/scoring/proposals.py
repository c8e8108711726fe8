"""The small changes that could bring points: each an edit of one set, none of them made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from picheck.api import Measure, Rulebook, SetView
from picheck_pi.measure_index import label
from picheck_pi.scoring.edits import answering, moving_period, without
from picheck_pi.scoring.period import period_that_counts
from picheck_pi.scoring.proposal import Proposal
from picheck_pi.scoring.standing import stands
from picheck_pi.scoring.tariff import Objective, Tariff

#: The rule whose terms say below which count a low-volume exclusion may be claimed.
_LOW_VOLUME: Final = "PIC-MEA-09"


def proposals(view: SetView, tariff: Tariff) -> Iterator[Proposal]:
    """Yield every change worth a try; whether it brings points is for the audit to say.

    Further patients are left to `more_patients`, which must know the points so far.
    """
    yield from _statements(view, tariff)
    yield from _measures(view, tariff)
    yield from _whole_objectives(view, tariff)
    yield from _options(view, tariff)
    yield from _bonuses(view, tariff)
    yield from _levels(view)
    yield from _clashes(view)
    yield from _period(view)


def _statements(view: SetView, tariff: Tariff) -> Iterator[Proposal]:
    """Yield a yes for each required statement outside the scored objectives."""
    scored = {objective.id for objective in tariff.objectives}
    for measure in view.rulebook.measures.values():
        if (
            measure.is_required
            and measure.objective not in scored
            and not view.answers.is_yes(measure.id)
        ):
            yield _yes(view.rulebook, measure)


def _measures(view: SetView, tariff: Tariff) -> Iterator[Proposal]:
    """Yield, for each measure scored by itself, what would answer it or excuse from it."""
    for objective in tariff.objectives:
        if objective.needed is not None:
            continue
        for measure_id in (i for option in objective.options for i in option):
            measure = view.rulebook.measures[measure_id]
            if not view.answers.is_reported(measure_id) and len(objective.options) == 1:
                yield from _answer(view, measure)
            yield from _exclusions(view, measure)
        if len(objective.options) > 1:
            yield from _other_half(view, objective)


def _other_half(view: SetView, objective: Objective) -> Iterator[Proposal]:
    """Yield an answer for each part of an option that was begun."""
    for option in objective.options:
        begun = any(stands(view, measure_id) for measure_id in option)
        for measure_id in option if begun else ():
            if not stands(view, measure_id):
                yield from _answer(view, view.rulebook.measures[measure_id])


def _answer(view: SetView, measure: Measure) -> Iterator[Proposal]:
    if view.answers.claimed_exclusion(measure.id) is not None:
        return
    if measure.metric == "boolean":
        yield _yes(view.rulebook, measure)
    else:
        yield Proposal(
            f"report {label(view.rulebook, measure.id)}, with at least one patient",
            measure.id,
            answering({measure.id: {"numerator": 1, "denominator": 1}}),
            "the counts are what the certified technology reports",
        )


def _yes(book: Rulebook, measure: Measure) -> Proposal:
    answers = {measure.id: True} | ({measure.levels[-1]: True} if measure.levels else {})
    level = f" at {measure.levels[-1]}" if measure.levels else ""
    return Proposal(
        f"a yes to {label(book, measure.id)}{level}",
        measure.id,
        answering(answers, instead_of=(*measure.exclusions, *measure.levels[:-1])),
        "it was done in the period",
        size=len(answers),
    )


def _exclusions(view: SetView, measure: Measure) -> Iterator[Proposal]:
    """Yield a claim of each exclusion that the set's own numbers do not rule out."""
    if view.answers.claimed_exclusion(measure.id) is not None and not view.answers.has(measure.id):
        return
    for exclusion_id in measure.exclusions:
        if _is_ruled_out(view, measure.id, exclusion_id):
            continue
        exclusion = view.rulebook.measures[exclusion_id]
        others = tuple(other for other in measure.exclusions if other != exclusion_id)
        yield Proposal(
            f"the exclusion {exclusion_id} in place of {label(view.rulebook, measure.id)}",
            measure.id,
            answering({exclusion_id: True}, instead_of=(measure.id, *measure.levels, *others)),
            exclusion.criterion,
            size=2 if view.answers.has(measure.id) else 1,
        )


def _is_ruled_out(view: SetView, measure_id: str, exclusion_id: str) -> bool:
    tally, clause = view.counts.pair(measure_id), view.rulebook.clauses.get(_LOW_VOLUME)
    if tally is None or clause is None:
        return False
    return any(
        tally[1] >= row["below"]
        for row in clause["low_volume"]
        if (row["measure"], row["exclusion"]) == (measure_id, exclusion_id)
    )


def _whole_objectives(view: SetView, tariff: Tariff) -> Iterator[Proposal]:
    """Yield answers for objectives that are scored as a whole."""
    for objective in tariff.objectives:
        if objective.needed is None:
            continue
        for measure_id in objective.options[0]:
            measure = view.rulebook.measures[measure_id]
            if not view.answers.is_yes(measure_id):
                yield _yes(view.rulebook, measure)
                yield from _exclusions(view, measure)
            elif (second := objective.second.get(measure_id)) and not view.answers.is_yes(second):
                yield _yes(view.rulebook, view.rulebook.measures[second])


def _options(view: SetView, tariff: Tariff) -> Iterator[Proposal]:
    """Yield each statement that could stand in place of the option that was reported."""
    for objective in tariff.objectives:
        every = {i for option in objective.options for i in option}
        every |= {e for i in every for e in view.rulebook.exclusions_of(i)}
        for option in objective.options if len(objective.options) > 1 else ():
            if len(option) > 1 or view.answers.is_yes(option[0]):
                continue
            told = " in place of the option reported" if every & view.values.keys() else ""
            yield Proposal(
                f"a yes to {label(view.rulebook, option[0])}{told}",
                objective.id,
                answering({option[0]: True}, instead_of=tuple(every - set(option))),
                "all of its statements were true throughout the period",
                size=2,
            )


def _bonuses(view: SetView, tariff: Tariff) -> Iterator[Proposal]:
    for bonus in tariff.bonuses:
        for measure_id in bonus.measures:
            if not view.answers.is_yes(measure_id):
                yield _yes(view.rulebook, view.rulebook.measures[measure_id])._replace(
                    spot=bonus.id
                )


def _levels(view: SetView) -> Iterator[Proposal]:
    """Yield the level of engagement that is missing, or the later one in place of the earlier."""
    for measure in view.rulebook.measures.values():
        if not measure.levels or not view.answers.is_yes(measure.id):
            continue
        for level in reversed(measure.levels):
            if not view.answers.is_yes(level):
                others = tuple(other for other in measure.levels if other != level)
                yield Proposal(
                    f"the level {level} for {label(view.rulebook, measure.id)}",
                    measure.id,
                    answering({level: True}, instead_of=others),
                    "that level was reached in the period",
                )


def _clashes(view: SetView) -> Iterator[Proposal]:
    """Yield the removal of one of two ids that may not stand together, and of unknown ids."""
    measures = view.rulebook.measures
    for measure_id in sorted(view.values):
        measure = measures.get(measure_id)
        if measure is None:
            yield Proposal(f"{measure_id} left out", measure_id, without(measure_id), attest=False)
            continue
        rivals = {*measure.substitutes, *measure.exclusions}
        rivals |= set(view.rulebook.measures_excluded_by(measure_id))
        if rivals & view.values.keys():
            yield Proposal(
                f"{label(view.rulebook, measure_id)} left out",
                measure_id,
                without(measure_id),
                "what it says does not hold",
            )


def _period(view: SetView) -> Iterator[Proposal]:
    period = period_that_counts(view)
    if period is not None:
        yield Proposal(
            f"the performance period {period.start} to {period.end}",
            "period",
            moving_period(period),
            "certified technology was in use throughout, and all counts are of that period",
        )
