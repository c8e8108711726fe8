from picheck.api import CheckResults, Clause, Evidence, Period, fail, parse_date, rule
from picheck_pi.cehrt_dates import check_not_after
from picheck_pi.term_schemas import TEXT, optional


@rule(
    "PIC-CEH-06",
    "certification-late",
    needs=("PIC-PER-01", "PIC-PER-02"),
    terms={"criteria_since": optional(TEXT)},
    evidence="cehrt.certifiedOn",
    without_evidence="indeterminate",
)
def certification_late(period: Period, evidence: Evidence, clause: Clause) -> CheckResults:
    """The technology was certified after the period ended.

    What it checks:
    The day of the certificate, as the evidence gives it, against the last day of the period. A day
    before the criteria were published, to which technology is certified today, is named as well.

    Why it matters:
    The technology may be certified during the period but not after it. Without a certificate by
    the last day there was no certified technology, and the whole category scores zero.

    How to fix:
    End the period on or after the day of the certificate, if that is still inside the year. Keep a
    copy of the product's page on the Certified Health IT Product List.
    """
    day, since = evidence.date("cehrt.certifiedOn"), parse_date(clause.terms.get("criteria_since"))
    if since is not None and day < since:
        return fail(
            "",
            "the evidence dates the certificate {actual}, and the criteria that it has to meet were"
            " published on {expected}",
            expected=since.isoformat(),
            actual=day.isoformat(),
            key="tooEarly",
            variant="tooEarly",
            remediation="look the certificate up at chpl.healthit.gov and correct"
            " cehrt.certifiedOn in the evidence",
        )
    return check_not_after(
        day,
        period.end,
        # no period of the year can end later
        last=period.end.replace(month=12, day=31),
        pointer="/performanceEnd",
        message="the technology was certified on {day}, after the period had ended on {actual}",
        remediation="choose a period that ends on {day} or later",
    )
