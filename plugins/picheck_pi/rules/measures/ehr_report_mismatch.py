from picheck.api import (
    CheckResult,
    CheckResults,
    CountsByMeasure,
    Evidence,
    Rulebook,
    indeterminate,
    not_applicable,
    rule,
)
from picheck_pi.evidence_questions import ask_about
from picheck_pi.findings import fail_measure


@rule("PIC-MEA-11", "ehr-report-mismatch", evidence="ehrReport")
def ehr_report_mismatch(
    counts: CountsByMeasure, evidence: Evidence, rulebook: Rulebook
) -> CheckResults:
    """The submitted numbers are not those of the EHR report.

    What it checks:
    The numerator and the denominator of every reported rate equal, exactly, those of the EHR
    report that the evidence file quotes.

    Why it matters:
    In a data validation the report of the certified EHR is the proof. Numbers that differ from
    it by one have no proof.

    How to fix:
    Take the numbers from one report that covers exactly the performance period and everybody
    the submission is for, and keep that report.
    """
    if not counts:
        return not_applicable("no rate is reported")
    if evidence.ehr_report is None:
        message = "the numbers of the EHR report are not given"
        return indeterminate(message, missing=["ehrReport"], pointer="/measurements")
    pairs = counts.pairs.items()
    results = [_compare(measure_id, pair, evidence, rulebook) for measure_id, pair in pairs]
    return [result for result in results if result is not None]


def _compare(
    measure_id: str, pair: tuple[int, int], evidence: Evidence, rulebook: Rulebook
) -> CheckResult | None:
    """Compare one rate with the report's."""
    reported = evidence.get(f"ehrReport.{measure_id}")
    if reported is None:
        message = "the numbers of the EHR report for {measure} are not given"
        return ask_about(rulebook, measure_id, message, [f"ehrReport.{measure_id}"])
    if pair == (reported.numerator, reported.denominator):
        return None
    message = "{measure} is submitted as {actual}, but the EHR report says {expected}"
    actual, expected = f"{pair[0]}/{pair[1]}", f"{reported.numerator}/{reported.denominator}"
    return fail_measure(rulebook, measure_id, message, expected=expected, actual=actual)
