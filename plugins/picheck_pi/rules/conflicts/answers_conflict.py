from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from picheck.api import CheckResult, CheckResults, Rulebook, SetView, fail, related, rule, to_json
from picheck_pi.measure_index import format_answer, index_of, label
from picheck_pi.parameter_types import Sets


@rule("PIC-CNF-01", "answers-conflict", scope="entity")
def answers_conflict(sets: Sets, rulebook: Rulebook) -> CheckResults:
    """The same entity answers differently in two measurement sets.

    What it checks:
    Every two measurement sets of one entity, in one document or in several: the same id with
    different values, a measure in one and its exclusion in the other, or two answers of which only
    one can be true, such as two ways of exchanging health information. The same data twice is no
    conflict.

    Why it matters:
    Each set is a claim about the same practice and the same months. Where they contradict each
    other, at least one of them is wrong, and the practice cannot know which one is scored.

    How to fix:
    Find out which answer the records support and send it in every set, or send one set only.
    """
    reported: set[str] = set()
    results = []
    for check in (_find_unequal, _find_excluded, _find_other_choices):
        for result in check(sets, rulebook):
            # the second half of a contradiction would only repeat the first
            if reported.isdisjoint(result.measures):
                reported.update(result.measures)
                results.append(result)
    return results


def _find_unequal(sets: Sets, rulebook: Rulebook) -> Iterator[CheckResult]:
    """Yield a finding for each id whose value differs from that of the first set that has it."""
    first: dict[str, SetView] = {}
    for view in sets:
        for measure_id, value in view.values.items():
            earlier = first.setdefault(measure_id, view)
            before = earlier.values[measure_id]
            if value != before:
                there = _pointer(earlier, measure_id)
                yield fail(
                    _pointer(view, measure_id),
                    "{measure} is {before} in one measurement set and {now} in another",
                    at=view,
                    expected=to_json(before),
                    actual=to_json(value),
                    key=measure_id,
                    measures=[measure_id],
                    related=[related(there, "answered differently", at=earlier)],
                    measure=label(rulebook, measure_id),
                    before=format_answer(before),
                    now=format_answer(value),
                )


def _find_excluded(sets: Sets, rulebook: Rulebook) -> Iterator[CheckResult]:
    """Yield a finding for each measure that one set answers and another set excludes."""
    exclusions = index_of(rulebook).exclusions
    pairs = ((m.id, other) for m in rulebook.measures.values() for other in m.exclusions)

    def is_claimed(view: SetView, measure_id: str) -> bool:
        return view.answers.is_yes(measure_id) if measure_id in exclusions else True

    text = "{measure} is in this set and {other} in another: one of them excludes the other"
    return _find_contradictions(sets, pairs, is_claimed, text)


def _find_other_choices(sets: Sets, rulebook: Rulebook) -> Iterator[CheckResult]:
    """Yield a finding for each answer whose substitute, or that one's exclusion, is elsewhere.

    An exclusion chooses as much as its measure does: it belongs to one of the options only.
    """
    pairs = (
        (measure.id, other)
        for measure in rulebook.measures.values()
        for substitute in measure.substitutes
        for other in (substitute, *rulebook.exclusions_of(substitute))
    )

    def is_claimed(view: SetView, measure_id: str) -> bool:
        return view.answers.is_reported(measure_id)

    text = "{measure} is in this set and {other} in another: only one of the two can be true"
    return _find_contradictions(sets, pairs, is_claimed, text)


def _find_contradictions(
    sets: Sets,
    opposites: Iterable[tuple[str, str]],
    is_claimed: Callable[[SetView, str], bool],
    text: str,
) -> Iterator[CheckResult]:
    """Yield a finding for each answer of a set with an opposite one of an earlier set.

    Ids are taken in alphabetical order, so that the order of the measurements changes nothing.
    What contradicts itself within one set is left to the rules about sets: sending it twice adds
    no conflict.
    """
    opposites_of = defaultdict(list)
    for one, other in opposites:
        opposites_of[one].append(other)
        opposites_of[other].append(one)
    first: dict[str, SetView] = {}
    for view in sets:
        claimed = {i: view for i in sorted(view.answers) if is_claimed(view, i)}
        for measure_id in claimed:
            for other in opposites_of[measure_id]:
                earlier = first.get(other)
                if earlier is None or other in claimed:
                    continue
                if not (earlier.answers.has(measure_id) and is_claimed(earlier, measure_id)):
                    yield _fail(view, measure_id, earlier, other, text)
        # earlier sets win: each contradiction is shown against the first set that has the other
        # answer
        first = claimed | first


def _fail(view: SetView, measure_id: str, earlier: SetView, other: str, text: str) -> CheckResult:
    return fail(
        _pointer(view, measure_id),
        text,
        at=view,
        actual=to_json(view.values[measure_id]),
        key=measure_id,
        measures=[measure_id, other],
        related=[related(_pointer(earlier, other), f"{other} is here", at=earlier)],
        measure=label(view.rulebook, measure_id),
        other=label(view.rulebook, other),
    )


def _pointer(view: SetView, measure_id: str) -> str:
    """Return where an id is in a set; by its index, for ids here can be any text."""
    return f"/measurements/{view.index_of(measure_id)}"
