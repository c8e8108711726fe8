"""The performance period has no two real dates in order."""

from __future__ import annotations

from collections.abc import Iterator

from picheck.api import Answer, Answers, SetContext, parse_date, rule


@rule("PIC-PER-01", "period-invalid", scope="set")
def period_invalid(ctx: SetContext) -> Answers:
    """The performance period has no two real dates in order.

    What it checks:
    That performanceStart and performanceEnd are both there, are real dates written YYYY-MM-DD, and
    that the start is not after the end.

    Why it matters:
    The API refuses a measurement set without a proper period, and nothing that depends on the
    period can be checked.

    How to fix:
    Write the first and the last day of the period from which the numbers were collected, year
    first, with two digits each for month and day.
    """
    if ctx.set.period is not None:
        return None
    return list(_bad_dates(ctx)) or ctx.fail(
        "/performanceEnd",
        "the period ends on {actual}, before it starts on {start}",
        actual=ctx.set.record.performance_end,
        start=ctx.set.record.performance_start,
        related=[ctx.also("/performanceStart", "the start")],
        fix="swap the dates, or correct the one that is mistyped",
    )


def _bad_dates(ctx: SetContext) -> Iterator[Answer]:
    record = ctx.set.record
    for name, text in (
        ("performanceStart", record.performance_start),
        ("performanceEnd", record.performance_end),
    ):
        if parse_date(text) is None:
            yield ctx.fail(
                "" if text is None else f"/{name}",
                "{name} is missing" if text is None else "{name} {actual!r} is no real date",
                expected="YYYY-MM-DD",
                actual=text,
                name=name,
                key=name,
                fix="write {name} as {expected}",
            )
