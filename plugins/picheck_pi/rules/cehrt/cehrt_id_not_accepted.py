"""The CMS EHR Certification ID has a form that the year does not accept."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule
from picheck_pi.patterns import fits_any, readable


@rule(
    "PIC-CEH-03",
    "cehrt-id-not-accepted",
    scope="set",
    needs=("PIC-CEH-01", "PIC-CEH-02"),
    terms={"patterns": {"type": "list", "minlength": 1, "schema": {"type": "string"}}},
)
def cehrt_id_not_accepted(ctx: SetContext) -> Answers:
    """The CMS EHR Certification ID has a form that the year does not accept.

    What it checks:
    The beginning of cehrtId, which tells the edition or the year of the certification criteria,
    against the forms that CMS accepts for the performance year; upper and lower case are alike.

    Why it matters:
    The API refuses an id of an older edition, or of a series that was not yet issued. An id from
    last year's submission may no longer do.

    How to fix:
    Make a new id on the Certified Health IT Product List with the product versions used in the
    period. Only a look-up there can prove that an id is real; this check sees its form alone.
    """
    cehrt_id, patterns = ctx.set.record.cehrt_id or "", ctx.clause["patterns"]
    if fits_any(patterns, cehrt_id.upper()):
        return None
    return ctx.fail(
        "/cehrtId",
        "cehrtId {actual!r} does not begin as the ids that {year} accepts",
        expected=[readable(pattern) for pattern in patterns],
        actual=cehrt_id,
        year=ctx.rulebook.year,
        fix="make the id anew at chpl.healthit.gov with the product versions used in {year}",
    )
