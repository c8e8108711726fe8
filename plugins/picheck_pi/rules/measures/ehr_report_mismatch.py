from picheck.api import (
    CheckResults,
    CountsByMeasure,
    Evidence,
    Rulebook,
    indeterminate,
    not_applicable,
    rule,
)
from picheck_pi.findings import ask_about, fail_measure


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
    unknown = "the numbers of the EHR report for {measure} are not given"
    differs = "{measure} is submitted as {actual}, but the EHR report says {expected}"
    results = []
    for measure_id, pair in counts.pairs.items():
        reported = evidence.get(f"ehrReport.{measure_id}")
        if reported is None:
            missing = [f"ehrReport.{measure_id}"]
            results.append(ask_about(rulebook, measure_id, unknown, missing))
        elif pair != (reported.numerator, reported.denominator):
            expected = f"{reported.numerator}/{reported.denominator}"
            details = {"expected": expected, "actual": f"{pair[0]}/{pair[1]}"}
            results.append(fail_measure(rulebook, measure_id, differs, **details))
    return results
