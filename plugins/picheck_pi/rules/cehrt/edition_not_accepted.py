"""The technology is certified to an edition that the year does not accept."""

from __future__ import annotations

from typing import Final

from picheck.api import Answers, SetContext, rule

_KEY: Final = "cehrt.edition"


@rule(
    "PIC-CEH-07",
    "edition-not-accepted",
    scope="set",
    terms={"editions": {"type": "list", "minlength": 1, "schema": {"type": "string"}}},
)
def edition_not_accepted(ctx: SetContext) -> Answers:
    """The technology is certified to an edition that the year does not accept.

    What it checks:
    The edition of the certification criteria, as the evidence gives it, against the editions that
    count in the performance year.

    Why it matters:
    Numbers collected with technology of an older edition are not collected in certified
    technology in the sense of the program, and the whole category scores zero.

    How to fix:
    Ask the vendor which edition the products were certified to in the period. Where an update was
    installed during the year, choose a period by whose last day it was certified.
    """
    edition, accepted = ctx.evidence.cehrt.edition, ctx.clause["editions"]
    if edition is None:
        return ctx.indeterminate(f"the evidence gives no {_KEY}", missing=(_KEY,))
    if edition in accepted:
        return None
    return ctx.fail(
        "" if ctx.set.record.cehrt_id is None else "/cehrtId",
        "the technology is certified to {actual!r}; {year} accepts {editions}",
        expected=list(accepted),
        actual=edition,
        year=ctx.rulebook.year,
        editions=" or ".join(accepted),
        key="edition",
        fix="report a period in which technology of an accepted edition was used",
    )
