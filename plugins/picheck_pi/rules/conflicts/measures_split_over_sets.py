from collections.abc import Mapping

from picheck.api import CheckResult, CheckResults, Clause, Entity, SetView, fail, related, rule
from picheck_pi.eligibility import missing_objectives
from picheck_pi.parameter_types import OtherLevels, Sets
from picheck_pi.term_schemas import TEXT_BY_TEXT


@rule("PIC-CNF-02", "measures-split-over-sets", scope="entity", terms={"levels": TEXT_BY_TEXT})
def measures_split_over_sets(
    sets: Sets, other_levels: OtherLevels, entity: Entity, clause: Clause
) -> CheckResults:
    """The measures are split over several measurement sets.

    What it checks:
    Whether the objectives that the entity's measurement sets cover add up to all of them although
    no set covers them all by itself. An objective is covered by one reported measure or one
    claimed exclusion. Or whether they add up only with a set that the same practice sends at
    another level: as a group, or for one of its clinicians.

    Why it matters:
    Each measurement set is scored alone, and data of an individual, a group and a subgroup is never
    combined into one score. Two sets that each lack required measures both score zero.

    How to fix:
    Put every objective's measures and all required statements into one measurement set, at the
    level at which the practice takes part, and send that one.
    """
    missing = [missing_objectives(view.answers) for view in sets]
    if not all(missing):
        return None
    # what no set of the entity has, only a set of another level could add
    if set.intersection(*missing):
        return _compare_levels(sets[0], entity.entity_type, other_levels, clause["levels"])
    return fail(
        "/measurements",
        "no measurement set covers every objective by itself, though together they do: this one"
        " {lacks}",
        at=sets[0],
        lacks=_describe(sets[0]),
        related=[
            related("/measurements", f"this one {_describe(view)}", at=view) for view in sets[1:]
        ],
    )


def _compare_levels(
    view: SetView, own: str, other_levels: OtherLevels, levels: Mapping[str, str]
) -> CheckResult | None:
    """Return that another level reports what this one lacks, where that one is not whole either.

    `levels` are the entity types whose data is not combined, in words.
    """
    missing = missing_objectives(view.answers)
    others = [(level, other) for level, views in other_levels.items() for other in views]
    for level, other in others:
        lacked = missing_objectives(other.answers)
        if lacked and missing.isdisjoint(lacked) and {level, own} <= levels.keys():
            there = f"this one, {levels[level]}, {_describe(other)}"
            return fail(
                "/measurements",
                "this set, {own}, {lacks}; one {there} has it, but is not whole either: data of two"
                " levels is never combined, and neither counts as it is",
                at=view,
                key="levels",
                own=levels[own],
                there=levels[level],
                lacks=_describe(view),
                related=[related("/measurements", there, at=other)],
                remediation="choose the level at which the practice takes part and report"
                " everything there: only a set that is whole at its own level is scored",
            )
    return None


def _describe(view: SetView) -> str:
    """Return which objectives a set lacks, in words."""
    missing, titles = missing_objectives(view.answers), view.rulebook.objectives
    return f"lacks {', '.join(title for name, title in titles.items() if name in missing)}"
