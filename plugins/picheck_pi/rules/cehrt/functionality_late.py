from picheck.api import CheckResults, Evidence, Period, Rulebook, rule
from picheck_pi.cehrt_dates import check_not_after, find_last_start


@rule(
    "PIC-CEH-05",
    "functionality-late",
    needs=("PIC-PER-01", "PIC-PER-02"),
    evidence="cehrt.functionalityInPlaceOn",
    without_evidence="indeterminate",
)
def functionality_late(period: Period, evidence: Evidence, rulebook: Rulebook) -> CheckResults:
    """The certified functionality was not in place when the period began.

    What it checks:
    The day on which the functionality that the measures ask for was in place, as the evidence
    gives it, against the first day of the period.

    Why it matters:
    The functionality must be in use from the first day of the period, even where the certificate
    comes later. Numbers from before it do not count, and the whole category scores zero.

    How to fix:
    Start the period on or after that day if enough days of the year are left. Keep the vendor's
    confirmation of the day.
    """
    return check_not_after(
        evidence.date("cehrt.functionalityInPlaceOn"),
        period.start,
        last=find_last_start(rulebook),
        pointer="/performanceStart",
        message="the functionality was in place on {day}, after the period had begun on {actual}",
        remediation="start the period on {day} or later",
    )
