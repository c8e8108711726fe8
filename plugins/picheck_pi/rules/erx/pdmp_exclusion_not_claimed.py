"""Electronic prescribing is excluded, the query of the monitoring program is not."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule
from picheck_pi.table import either, named


@rule(
    "PIC-ERX-01",
    "pdmp-exclusion-not-claimed",
    scope="set",
    terms={
        "exclusion": {"type": "string"},
        "measure": {"type": "string"},
        "fitting": {"type": "string"},
    },
)
def pdmp_exclusion_not_claimed(ctx: SetContext) -> Answers:
    """Electronic prescribing is excluded, the query of the monitoring program is not.

    What it checks:
    Where the exclusion from electronic prescribing is claimed, an exclusion from querying the
    prescription drug monitoring program (PDMP) is claimed too. A query that is answered yes
    beside it is only doubtful; one that is answered no belongs to the rule about required
    measures.

    Why it matters:
    The query is a required measure of its own, and the one exclusion does not carry over to it.
    Without an answer the whole category is zero. With a yes, be ready to show the prescription
    that the query was for.

    How to fix:
    Claim the PDMP exclusion whose criterion you meet. If you meet none, because a controlled
    drug was prescribed electronically after all, report the query and keep the proof.
    """
    view, terms = ctx.set, ctx.clause.terms
    exclusion_id, measure_id = terms["exclusion"], terms["measure"]
    if not view.is_yes(exclusion_id) or view.claimed_exclusion(measure_id) is not None:
        return None
    if not view.has(measure_id):
        return _not_answered(ctx, exclusion_id, measure_id)
    if not view.is_yes(measure_id):
        return None
    return ctx.fail(
        view.place(measure_id),
        "e-Prescribing is excluded ({exclusion}), and {measure} is answered yes beside it",
        expected=list(ctx.rulebook.exclusions_of(measure_id)),
        actual=True,
        exclusion=exclusion_id,
        measure=named(ctx.rulebook, measure_id),
        choice=either(ctx.rulebook.exclusions_of(measure_id)),
        fix="claim {choice} instead if its criterion holds; else keep the proof of a query for a"
        " controlled drug that was prescribed electronically",
        variant="answered",
    )


def _not_answered(ctx: SetContext, exclusion_id: str, measure_id: str) -> Answers:
    """Make the finding for a set that says nothing at all about the query."""
    exclusions, fitting = ctx.rulebook.exclusions_of(measure_id), ctx.clause["fitting"]
    measure = ctx.rulebook.measures.get(fitting)
    return ctx.fail(
        ctx.set.place(exclusion_id),
        "e-Prescribing is excluded ({exclusion}) but no PDMP exclusion is claimed",
        expected=list(exclusions),
        exclusion=exclusion_id,
        choice=either(exclusions),
        fitting=fitting,
        criterion=(measure.criterion if measure else None) or "see the year's measure table",
        measure=measure_id,
        fix="claim {choice} if its criterion holds, or report {measure};"
        " {fitting} is for: {criterion}",
    )
