"""A PDMP exclusion is claimed where controlled drugs may well have been prescribed."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule
from picheck_pi.facts import fact
from picheck_pi.table import named


@rule(
    "PIC-ERX-02",
    "pdmp-exclusion-doubtful",
    scope="set",
    terms={
        "exclusion": {"type": "string"},
        "beside": {"type": "string"},
        "measure": {"type": "string"},
        "large_denominator": {"type": "integer"},
        "evidence": {"type": "string"},
    },
)
def pdmp_exclusion_doubtful(ctx: SetContext) -> Answers:
    """A PDMP exclusion is claimed where controlled drugs may well have been prescribed.

    What it checks:
    The exclusion for those who prescribed no controlled drug electronically is not claimed with
    nothing but the low-volume exclusion from electronic prescribing beside it, nor beside a
    large number of electronic prescriptions. A count in the evidence file settles the doubt.

    Why it matters:
    Few prescriptions are not the same as no controlled drug. Many practices still claim this
    exclusion for low volume, which is what it once meant, and could not prove it today.

    How to fix:
    Count the controlled drugs that were prescribed electronically in the period and state the
    number in the evidence file. If there was one, report the query instead of the exclusion.
    """
    view, terms = ctx.set, ctx.clause.terms
    exclusion_id, beside = terms["exclusion"], terms["beside"]
    if not view.is_yes(exclusion_id) or _is_settled(ctx, exclusion_id):
        return None
    tally = view.tally(terms["measure"])
    if view.is_yes(beside):
        doubt = f"beside {named(ctx.rulebook, beside)}, which speaks of low volume only"
    elif tally is not None and tally[1] >= terms["large_denominator"]:
        doubt = f"beside {tally[1]} prescriptions in {terms['measure']}"
    else:
        return None
    return ctx.fail(
        view.place(exclusion_id),
        "{exclusion} is claimed {doubt}: it needs that no controlled drug was e-prescribed",
        expected=0,
        exclusion=named(ctx.rulebook, exclusion_id),
        doubt=doubt,
        source=terms["evidence"],
        fix="state the number of controlled drugs that were e-prescribed in {source}; if it is"
        " not zero, report the measure instead",
    )


def _is_settled(ctx: SetContext, exclusion_id: str) -> bool:
    """Whether a count leaves nothing to doubt, or another exclusion of the measure is claimed.

    A count that contradicts the claim is PIC-MEA-08's.
    """
    if fact(ctx.evidence, ctx.clause["evidence"]) is not None:
        return True
    return any(
        ctx.set.is_yes(other)
        for measure_id in ctx.rulebook.measures_excluded_by(exclusion_id)
        for other in ctx.rulebook.exclusions_of(measure_id)
        if other != exclusion_id
    )
