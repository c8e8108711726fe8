"""The measures are split over several measurement sets."""

from __future__ import annotations

from picheck.api import CheckResults, Rulebook, SetView, fail, related, rule


@rule("PIC-CNF-02", "measures-split-over-sets", scope="entity")
def measures_split_over_sets(sets: tuple[SetView, ...], rulebook: Rulebook) -> CheckResults:
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
    missing = [rulebook.objectives.keys() - _covered(view, rulebook) for view in sets]
    if len(sets) <= 1 or not all(missing) or set.intersection(*missing):
        return None
    lacking = [
        ", ".join(title for id_, title in rulebook.objectives.items() if id_ in objectives)
        for objectives in missing
    ]
    return fail(
        "/measurements",
        "no measurement set covers every objective by itself, though together they do: this one"
        " lacks {lacking}",
        at=sets[0],
        lacking=lacking[0],
        related=[
            related("/measurements", f"this one lacks {titles}", at=view)
            for view, titles in zip(sets[1:], lacking[1:], strict=True)
        ],
    )


def _covered(view: SetView, rulebook: Rulebook) -> set[str]:
    """Return the objectives of everything the set reports or excludes."""
    answers = view.answers
    return {rulebook.measures[i].objective for i in answers if answers.is_reported(i)}
