"""The PDMP bonus is claimed while electronic prescribing is excluded."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule
from picheck_pi.table import named


@rule(
    "PIC-ERX-03",
    "pdmp-bonus-while-excluded",
    scope="set",
    terms={"exclusion": {"type": "string"}, "measure": {"type": "string"}},
)
def pdmp_bonus_while_excluded(ctx: SetContext) -> Answers:
    """The PDMP bonus is claimed while electronic prescribing is excluded.

    What it checks:
    The bonus for querying the prescription drug monitoring program (PDMP) is not claimed beside
    the exclusion from electronic prescribing.

    Why it matters:
    The bonus needs a query for a drug that was prescribed electronically with the certified
    technology. Who says that there was hardly anything to prescribe will be asked for which.

    How to fix:
    Keep the proof of at least one such query and prescription, or leave the bonus out: it is
    voluntary, and leaving it out costs nothing else.
    """
    exclusion_id, measure_id = ctx.clause["exclusion"], ctx.clause["measure"]
    if not (ctx.set.is_yes(exclusion_id) and ctx.set.is_yes(measure_id)):
        return None
    return ctx.fail(
        ctx.set.place(measure_id),
        "{measure} is claimed as a bonus although {exclusion} is claimed",
        actual=True,
        measure=named(ctx.rulebook, measure_id),
        exclusion=named(ctx.rulebook, exclusion_id),
        related=[ctx.also(ctx.set.place(exclusion_id), exclusion_id)],
    )
