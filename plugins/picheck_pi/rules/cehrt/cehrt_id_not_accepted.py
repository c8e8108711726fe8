from picheck.api import CheckResults, Clause, Rulebook, fail, rule
from picheck_pi.patterns import fits_any, format_pattern
from picheck_pi.term_schemas import SOME_TEXTS


@rule(
    "PIC-CEH-03",
    "cehrt-id-not-accepted",
    needs=("PIC-CEH-01", "PIC-CEH-02"),
    terms={"patterns": SOME_TEXTS},
)
def cehrt_id_not_accepted(cehrt_id: str | None, clause: Clause, rulebook: Rulebook) -> CheckResults:
    """The CMS EHR Certification ID has a form that the year does not accept.

    What it checks:
    The beginning of cehrtId, which shows the edition or the year of the certification criteria,
    against the forms that CMS accepts for the performance year; upper and lower case are alike.

    Why it matters:
    The API refuses an id of an older edition, or of a series that was not yet issued. An id from
    last year's submission may no longer do.

    How to fix:
    Make a new id on the Certified Health IT Product List with the product versions used in the
    period. Only a look-up there can prove that an id is real; this check sees its form alone.
    """
    if fits_any(clause["patterns"], (cehrt_id or "").upper()):
        return None
    return fail(
        "/cehrtId",
        "cehrtId {actual!r} does not begin as the ids that {year} accepts",
        expected=[format_pattern(pattern) for pattern in clause["patterns"]],
        actual=cehrt_id,
        year=rulebook.year,
        remediation="make a new id at chpl.healthit.gov with the product versions used in {year}",
    )
