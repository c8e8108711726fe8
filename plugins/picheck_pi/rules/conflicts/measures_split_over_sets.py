"""The measures are split over several measurement sets."""

from __future__ import annotations

from picheck.api import Answers, EntityContext, SetView, rule


@rule("PIC-CNF-02", "measures-split-over-sets", scope="entity")
def measures_split_over_sets(ctx: EntityContext) -> Answers:
    """The measures are split over several measurement sets.

    What it checks:
    Whether the objectives that the entity's measurement sets cover add up to all of them although
    no set covers them all by itself. An objective is covered by one reported measure or one
    claimed exclusion.

    Why it matters:
    Each measurement set is scored alone. Two halves do not make a whole: both lack required
    measures, and both score zero.

    How to fix:
    Put every objective's measures and all required statements into one measurement set and send
    that one.
    """
    if not ctx.sets[1:]:
        return None
    needed = set(ctx.rulebook.objectives)
    missing = [needed - _covered(view) for view in ctx.sets]
    if not all(missing) or set.intersection(*missing):
        return None
    names = [_names(ctx, objectives) for objectives in missing]
    return ctx.fail(
        "/measurements",
        "no measurement set covers every objective by itself, though together they do: this one"
        " lacks {lacking}",
        at=ctx.sets[0],
        related=[
            ctx.also("/measurements", f"this one lacks {lacking}", at=view)
            for view, lacking in zip(ctx.sets[1:], names[1:], strict=True)
        ],
        lacking=names[0],
    )


def _covered(view: SetView) -> set[str]:
    """Return the objectives of everything the set reports or excludes."""
    measures = view.rulebook.measures
    return {
        measures[measure_id].objective
        for measure_id in view.answers
        if measure_id in measures and view.is_reported(measure_id)
    }


def _names(ctx: EntityContext, objectives: set[str]) -> str:
    """Name objectives in the rulebook's order, by their titles."""
    titles = ctx.rulebook.objectives
    return ", ".join(titles[objective] for objective in titles if objective in objectives)
