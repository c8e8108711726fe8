"""The work behind the security statements is incomplete."""

from __future__ import annotations

from typing import Final

from picheck.api import Answer, Answers, DocumentContext, rule
from picheck_pi.statements import Work, answered_yes, work_claimed

_TEXT: Final = {"type": "string", "required": True}
_EDITION: Final = "attestations.saferGuideEdition"


@rule(
    "PIC-ATT-03",
    "risk-analysis-incomplete",
    scope="document",
    terms={
        "done": {
            "type": "list",
            "minlength": 1,
            "schema": {
                "type": "dict",
                "schema": {"measure": _TEXT, "evidence": _TEXT, "title": _TEXT},
            },
        },
        "safer_measure": {"type": "string"},
        "safer_guide_edition": {"type": "integer"},
    },
)
def risk_analysis_incomplete(ctx: DocumentContext) -> Answers:
    """The work behind the security statements is incomplete.

    What it checks:
    For the security statement answered yes, that the evidence dates both the risk analysis and
    the risk management that follows from it, and that neither is still to come; for the SAFER
    statement, that the edition of the guide is the one the year asks for.

    Why it matters:
    One yes now covers two pieces of work. An analysis whose findings nobody has acted on, or an
    assessment by an older guide, does not make the statement true; the whole category scores zero.

    How to fix:
    Do the missing part, date it, and keep the record. Use the guide of the edition named.
    """
    answers, reasons, missing = _judge_edition(ctx)
    for work in work_claimed(ctx, ctx.clause["done"]):
        if work.day is None:
            reasons.append(f"the evidence gives no {work.key}")
            missing.append(work.key)
        elif work.day > ctx.as_of and work.day.year == ctx.rulebook.year:
            # a day of another year is PIC-ATT-02's to name
            answers.append(_to_come(ctx, work, work.day.isoformat()))
    if missing:
        answers.append(ctx.indeterminate("; ".join(reasons), missing=missing))
    return answers or None


def _to_come(ctx: DocumentContext, work: Work, day: str) -> Answer:
    return ctx.fail(
        work.place,
        "{title} is dated {actual}, and this audit speaks for {expected}: it is not done yet",
        at=work.view,
        expected=ctx.as_of.isoformat(),
        actual=day,
        title=work.title,
        key=work.key,
        fix="answer yes only when {title} is done",
    )


def _judge_edition(ctx: DocumentContext) -> tuple[list[Answer], list[str], list[str]]:
    """Return what is to say of the guide's edition: answers, reasons and missing keys."""
    measure_id, wanted = ctx.clause["safer_measure"], ctx.clause["safer_guide_edition"]
    view, edition = answered_yes(ctx, measure_id), ctx.evidence.attestations.safer_guide_edition
    if view is None or edition == wanted:
        return [], [], []
    if edition is None:
        return [], [f"the evidence gives no {_EDITION}"], [_EDITION]
    answer = ctx.fail(
        view.place(measure_id),
        "the SAFER assessment used the guide of {actual}, the edition of {expected} is needed",
        at=view,
        expected=wanted,
        actual=edition,
        key=_EDITION,
        fix="repeat the assessment with the guide of {expected}",
    )
    return [answer], [], []
