"""The submission window of the year has closed."""

from __future__ import annotations

from picheck.api import Answers, DocumentContext, parse_date, rule


@rule(
    "PIC-PER-06",
    "window-closed",
    scope="document",
    terms={"opens": {"type": "string"}, "closes": {"type": "string"}},
)
def window_closed(ctx: DocumentContext) -> Answers:
    """The submission window of the year has closed.

    What it checks:
    The day for which the audit speaks against the days on which CMS takes submissions for the
    performance year. Before the window opens there is nothing to check.

    Why it matters:
    CMS takes no data after the last day, and corrects none. A document that was not sent by then
    is not scored.

    How to fix:
    If the document was sent in time, nothing is lost: this audit is then for the records. If it
    was not, ask CMS whether the window was extended.
    """
    opens, closes = parse_date(ctx.clause["opens"]), parse_date(ctx.clause["closes"])
    if opens is not None and ctx.as_of < opens:
        return ctx.not_applicable(f"the submission window opens on {opens}")
    if closes is None or ctx.as_of <= closes:
        return None
    return ctx.fail(
        "",
        "the submission window for {year} closed on {expected}; this audit speaks for {actual}",
        expected=closes.isoformat(),
        actual=ctx.as_of.isoformat(),
        year=ctx.rulebook.year,
    )
