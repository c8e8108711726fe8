"""A required measure is neither reported nor excluded."""

from __future__ import annotations

from collections.abc import Iterator

from picheck.api import Answer, Answers, SetContext, rule
from picheck_pi.table import either, named


@rule(
    "PIC-MEA-01",
    "required-measure-missing",
    scope="set",
    needs="PIC-STR-02",
    terms={
        "measures": {"type": "list", "schema": {"type": "string"}},
        "left_to_other_rules": {
            "type": "dict",
            "required": False,
            "keysrules": {"type": "string"},
            "valuesrules": {"type": "string"},
        },
    },
)
def required_measure_missing(ctx: SetContext) -> Answers:
    """A required measure is neither reported nor excluded.

    What it checks:
    Every measure that the year requires of everybody stands in the measurement set, or one of
    its exclusions is claimed. Measures between which one may choose have their own rules.

    Why it matters:
    A required measure that is left out counts as failed, and one failed required measure brings
    the whole category to zero. An exclusion that is not claimed in the file does not exist.

    How to fix:
    Report the measure, or claim an exclusion whose criterion you meet and can prove. Do not
    leave it out because it has no patients to count: that, too, has to be said by an exclusion.
    """
    answers = ctx.set.answers
    for measure_id in ctx.clause["measures"]:
        if measure_id not in answers:
            return list(_missing(ctx))
    return None


def _missing(ctx: SetContext) -> Iterator[Answer]:
    """Yield a finding for each measure that is missing without an excuse."""
    left = ctx.clause.terms.get("left_to_other_rules", {})
    for measure_id in ctx.clause["measures"]:
        if ctx.set.has(measure_id) or ctx.set.claimed_exclusion(measure_id) is not None:
            continue
        if ctx.set.is_yes(left.get(measure_id, "")):
            continue
        exclusions = ctx.rulebook.exclusions_of(measure_id)
        yield ctx.fail(
            "/measurements",
            "{measure} is required, and is neither reported nor excluded",
            expected=[measure_id, *exclusions],
            measure=named(ctx.rulebook, measure_id),
            instead=f", or claim {either(exclusions)} if its criterion holds"
            if exclusions
            else "; it has no exclusion",
            fix=f"report {measure_id}{{instead}}",
            key=measure_id,
        )
