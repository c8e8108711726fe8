from datetime import date

from picheck.api import CheckResults, Clause, Rulebook, fail, not_applicable, rule
from picheck_pi.term_schemas import TEXT


@rule("PIC-PER-06", "window-closed", scope="document", terms={"opens": TEXT, "closes": TEXT})
def window_closed(clause: Clause, rulebook: Rulebook, as_of: date) -> CheckResults:
    """The submission window of the year has closed.

    What it checks:
    The day for which the audit is made against the days on which CMS takes submissions for the
    performance year. Before the window opens there is nothing to check.

    Why it matters:
    CMS takes no data after the last day, and corrects none. A document that was not sent by then
    is not scored.

    How to fix:
    If the document was sent in time, nothing is lost: this audit is then for the records. If it
    was not, ask CMS whether the window was extended.
    """
    if as_of < date.fromisoformat(clause["opens"]):
        return not_applicable(f"the submission window opens on {clause['opens']}")
    if as_of <= date.fromisoformat(clause["closes"]):
        return None
    return fail(
        "",
        "the submission window for {year} closed on {expected}; this audit is made for {actual}",
        from_root=True,
        expected=clause["closes"],
        actual=as_of.isoformat(),
        year=rulebook.year,
    )
