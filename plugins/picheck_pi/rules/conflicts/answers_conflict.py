"""The same entity answers differently in two measurement sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from picheck.api import Answer, Answers, Counts, EntityContext, Rulebook, SetView, rule, to_json
from picheck_pi.table import named, table_of

Opposites = Mapping[str, Sequence[str]]
Stands = Callable[[SetView, str], bool]


@rule("PIC-CNF-01", "answers-conflict", scope="entity")
def answers_conflict(ctx: EntityContext) -> Answers:
    """The same entity answers differently in two measurement sets.

    What it checks:
    Every two measurement sets of one entity, in one document or in several: the same id with
    different values, a measure in one and its exclusion in the other, or two answers of which only
    one may stand, such as two ways of exchanging health information. The same data twice is no
    conflict.

    Why it matters:
    Each set is a claim about the same practice and the same months. Where they contradict each
    other, at least one of them is wrong, and what is scored is not in the practice's hands.

    How to fix:
    Find out which answer the records support and send it in every set, or send one set only.
    """
    if not ctx.sets[1:]:
        return None
    told: set[str] = set()
    return [*_unequal(ctx, told), *_excluded_elsewhere(ctx, told), *_other_choices(ctx, told)]


def _unequal(ctx: EntityContext, told: set[str]) -> Iterator[Answer]:
    """Yield a finding for each id whose value differs from that of the first set that has it."""
    first: dict[str, SetView] = {}
    for view in ctx.sets:
        for measure_id, value in view.answers.items():
            earlier = first.setdefault(measure_id, view)
            if value == earlier.answers[measure_id] or measure_id in told:
                continue
            told.add(measure_id)
            before = earlier.answers[measure_id]
            yield ctx.fail(
                view.place(measure_id),
                "{measure} is {before} in one measurement set and {now} in another",
                at=view,
                expected=to_json(before),
                actual=to_json(value),
                key=measure_id,
                related=[ctx.also(earlier.place(measure_id), "answered differently", at=earlier)],
                measure=named(ctx.rulebook, measure_id),
                before=_say(before),
                now=_say(value),
            )


def _excluded_elsewhere(ctx: EntityContext, told: set[str]) -> Iterator[Answer]:
    """Yield a finding for each measure that one set answers and another set excludes."""
    measures, exclusions = ctx.rulebook.measures.values(), table_of(ctx.rulebook).exclusions
    pairs = ((measure.id, other) for measure in measures for other in measure.exclusions)

    def stands(view: SetView, measure_id: str) -> bool:
        return view.has(measure_id) and (measure_id not in exclusions or view.is_yes(measure_id))

    text = "{measure} stands here and {other} in another set: one of them excludes the other"
    return _opposed(ctx, told, _both_ways(pairs), stands, text)


def _other_choices(ctx: EntityContext, told: set[str]) -> Iterator[Answer]:
    """Yield a finding for each answer whose substitute, or that one's exclusion, stands elsewhere.

    An exclusion chooses as much as its measure does: it belongs to one of the options only.
    """
    text = "{measure} stands here and {other} in another set: only one of the two can hold"
    return _opposed(ctx, told, _both_ways(_choices(ctx.rulebook)), SetView.is_reported, text)


def _choices(rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    """Yield every pair of ids of which only one can hold."""
    for measure in rulebook.measures.values():
        for substitute in measure.substitutes:
            yield measure.id, substitute
            for exclusion in rulebook.exclusions_of(substitute):
                yield measure.id, exclusion


def _both_ways(pairs: Iterable[tuple[str, str]]) -> Opposites:
    """Index pairs of ids from either side."""
    index: dict[str, list[str]] = {}
    for one, other in pairs:
        index.setdefault(one, []).append(other)
        index.setdefault(other, []).append(one)
    return index


def _opposed(
    ctx: EntityContext, told: set[str], opposites: Opposites, stands: Stands, text: str
) -> Iterator[Answer]:
    """Yield one finding for each answer that an earlier set's answer speaks against.

    An id is told of once: the second half of the same contradiction would only repeat it.
    """
    for view, measure_id, earlier, other in _meetings(ctx.sets, opposites, stands):
        if told.isdisjoint((measure_id, other)):
            told.update((measure_id, other))
            yield ctx.fail(
                view.place(measure_id),
                text,
                at=view,
                actual=to_json(view.answers[measure_id]),
                key=measure_id,
                related=[ctx.also(earlier.place(other), f"{other} stands here", at=earlier)],
                measure=named(ctx.rulebook, measure_id),
                other=named(ctx.rulebook, other),
            )


def _meetings(
    sets: Sequence[SetView], opposites: Opposites, stands: Stands
) -> Iterator[tuple[SetView, str, SetView, str]]:
    """Yield each answer of a set with an opposite one of an earlier set.

    Ids are taken in alphabetical order, so that the order of the measurements changes nothing.
    What contradicts itself within one set is left to the rules about sets: sending it twice adds
    no conflict.
    """
    first: dict[str, SetView] = {}
    for view in sets:
        here = {i: None for i in sorted(view.answers) if stands(view, i)}
        for measure_id in here:
            for other in opposites.get(measure_id, ()):
                earlier = first.get(other)
                if earlier and other not in here and not stands(earlier, measure_id):
                    yield view, measure_id, earlier, other
        first = dict.fromkeys(here, view) | first


def _say(value: object) -> str:
    """Write an answer the way people read it: 45/50, true."""
    if isinstance(value, Counts):
        return f"{value.numerator}/{value.denominator}"
    return str(value).lower() if isinstance(value, bool) else str(value)
