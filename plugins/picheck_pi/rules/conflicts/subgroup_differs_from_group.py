from collections.abc import Iterator

from picheck.api import CheckResult, CheckResults, Clause, Entity, SetView, related, rule, to_json
from picheck_pi.findings import fail_measure
from picheck_pi.measure_index import format_answer
from picheck_pi.parameter_types import OtherLevels, Sets
from picheck_pi.term_schemas import TEXT


@rule(
    "PIC-CNF-04",
    "subgroup-differs-from-group",
    scope="entity",
    terms={"entity_type": TEXT, "affiliated": TEXT},
)
def subgroup_differs_from_group(
    sets: Sets, other_levels: OtherLevels, entity: Entity, clause: Clause
) -> CheckResults:
    """A subgroup answers otherwise than the group that it belongs to.

    What it checks:
    Where the files of a subgroup and of its group are in one run and both give the TIN: that the
    subgroup gives the same counts and answers as the group for every measure that both report.

    Why it matters:
    A subgroup has no data of its own for this category. It sends those of the whole group, and
    where the two differ, one of them cannot be proven in a data validation.

    How to fix:
    Take the group's counts and answers over into the subgroup's set, or correct the group's.
    """
    groups = other_levels.get(clause["affiliated"], ())
    if entity.entity_type != clause["entity_type"] or not groups:
        return None
    return [result for view in sets for result in _find_differences(view, groups)]


def _find_differences(view: SetView, groups: Sets) -> Iterator[CheckResult]:
    """Yield a finding for each answer that no set of the group gives, though one answers it."""
    for measure_id in view.answers:
        value = view.values[measure_id]
        answered = [group for group in groups if measure_id in group.values]
        if answered and all(group.values[measure_id] != value for group in answered):
            expected, pointer = answered[0].values[measure_id], f"/measurements/{measure_id}"
            yield fail_measure(
                view.rulebook,
                measure_id,
                "{measure} is {actual_text} for the subgroup and {expected_text} for its group",
                at=view,
                expected=to_json(expected),
                actual=to_json(value),
                actual_text=format_answer(value),
                expected_text=format_answer(expected),
                related=[related(pointer, "the group's answer", at=answered[0])],
                remediation="send the group's data for the subgroup: {expected_text}",
            )
