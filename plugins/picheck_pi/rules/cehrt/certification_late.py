from picheck.api import CheckResults, Evidence, Period, rule
from picheck_pi.cehrt_dates import check_not_after


@rule(
    "PIC-CEH-06",
    "certification-late",
    needs=("PIC-PER-01", "PIC-PER-02"),
    evidence="cehrt.certifiedOn",
    without_evidence="indeterminate",
)
def certification_late(period: Period, evidence: Evidence) -> CheckResults:
    """The technology was certified after the period ended.

    What it checks:
    The day of the certificate, as the evidence gives it, against the last day of the period.

    Why it matters:
    The technology may be certified during the period but not after it. Without a certificate by
    the last day there was no certified technology, and the whole category scores zero.

    How to fix:
    End the period on or after the day of the certificate, if that is still inside the year. Keep a
    copy of the product's page on the Certified Health IT Product List.
    """
    return check_not_after(
        evidence.date("cehrt.certifiedOn"),
        period.end,
        # no period of the year can end later
        last=period.end.replace(month=12, day=31),
        pointer="/performanceEnd",
        message="the technology was certified on {day}, after the period had ended on {actual}",
        remediation="choose a period that ends on {day} or later",
    )
