"""The work behind a statement was not done in the calendar year."""

from __future__ import annotations

from typing import Final

from picheck.api import Answer, Answers, DocumentContext, rule
from picheck_pi.dates import undated
from picheck_pi.statements import Work, work_claimed

_TEXT: Final = {"type": "string", "required": True}


@rule(
    "PIC-ATT-02",
    "attestation-date-outside-year",
    scope="document",
    terms={
        "dates": {
            "type": "list",
            "minlength": 1,
            "schema": {
                "type": "dict",
                "schema": {
                    "measure": _TEXT,
                    "evidence": _TEXT,
                    "title": _TEXT,
                    "optional": {"type": "boolean"},
                },
            },
        }
    },
)
def attestation_date_outside_year(ctx: DocumentContext) -> Answers:
    """The work behind a statement was not done in the calendar year.

    What it checks:
    For each statement answered yes, the day on which the work was done, as the evidence gives it.
    Any day of the calendar year will do, also one outside the performance period.

    Why it matters:
    The statement says that the work was done in this year. Last year's analysis or one made after
    the year does not make it true, and without it the whole category scores zero.

    How to fix:
    Give the date of the analysis or assessment of this year. If there was none in this year, the
    statement cannot be answered yes.
    """
    answers: list[Answer] = []
    undated_work: list[Work] = []
    for work in work_claimed(ctx, ctx.clause["dates"]):
        if work.day is None:
            if work.text is not None or not work.is_optional:
                undated_work.append(work)
        elif work.day.year != ctx.rulebook.year:
            answers.append(_outside(ctx, work, work.day.isoformat()))
    if undated_work:
        reasons = "; ".join(undated(work.text, work.key) for work in undated_work)
        answers.append(ctx.indeterminate(reasons, missing=[work.key for work in undated_work]))
    return answers or None


def _outside(ctx: DocumentContext, work: Work, day: str) -> Answer:
    return ctx.fail(
        work.place,
        "{title} is dated {actual}, outside {expected}",
        at=work.view,
        expected=ctx.rulebook.year,
        actual=day,
        title=work.title,
        key=work.key,
        fix="a yes needs work done between the first and the last day of {expected}",
    )
