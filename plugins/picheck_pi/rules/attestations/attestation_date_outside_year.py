"""The work behind a statement was not done in the calendar year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from picheck.api import Answer, Answers, DocumentContext, rule
from picheck_pi.statements import Work, day_of, work_claimed

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
    entries = [entry for entry in ctx.clause["dates"] if not _is_inside(ctx, day_of(ctx, entry))]
    return list(_judge(ctx, entries)) or None if entries else None


def _is_inside(ctx: DocumentContext, day: date | None) -> bool:
    return day is not None and day.year == ctx.rulebook.year


def _judge(ctx: DocumentContext, entries: Iterable[Mapping[str, Any]]) -> Iterator[Answer]:
    """Answer for the entries whose day is absent, or outside the year."""
    missing: list[str] = []
    for work in work_claimed(ctx, entries):
        if work.day is not None:
            yield _outside(ctx, work, work.day.isoformat())
        elif not work.is_optional:
            missing.append(work.key)
    if missing:
        reasons = "; ".join(f"the evidence gives no {key}" for key in missing)
        yield ctx.indeterminate(reasons, missing=missing)


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
