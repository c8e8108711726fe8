from collections.abc import Iterator

from picheck.api import (
    CheckResult,
    CheckResults,
    CountsByMeasure,
    Evidence,
    Rulebook,
    fail,
    indeterminate,
    not_applicable,
    rule,
)
from picheck_pi.findings import ask_about, fail_measure, fail_unknown_id
from picheck_pi.measure_index import label


@rule("PIC-MEA-11", "ehr-report-mismatch", evidence="ehrReport")
def ehr_report_mismatch(
    counts: CountsByMeasure, evidence: Evidence, rulebook: Rulebook
) -> CheckResults:
    """The submitted numbers are not those of the EHR report.

    What it checks:
    The numerator and the denominator of every reported rate equal, exactly, those of the EHR
    report that the evidence file quotes. A number of that report which can be compared with none
    is named: that of an id which is no rate of the year, and a numerator above its denominator.

    Why it matters:
    In a data validation the report of the certified EHR is the proof. Numbers that differ from
    it by one have no proof.

    How to fix:
    Take the numbers from one report that covers exactly the performance period and everybody
    the submission is for, and keep that report.
    """
    faults = [*_find_faults(evidence, counts, rulebook)]
    if not counts:
        return faults or not_applicable("no rate is reported")
    if evidence.ehr_report is None:
        message = "the numbers of the EHR report are not given"
        return indeterminate(message, missing=["ehrReport"], pointer="/measurements")
    unknown = "the numbers of the EHR report for {measure} are not given"
    differs = "{measure} is submitted as {actual}, but the EHR report says {expected}"
    for measure_id, pair in counts.pairs.items():
        reported = evidence.get(f"ehrReport.{measure_id}")
        if reported is None:
            missing = [f"ehrReport.{measure_id}"]
            faults.append(ask_about(rulebook, measure_id, unknown, missing))
        elif pair != (reported.numerator, reported.denominator):
            expected = f"{reported.numerator}/{reported.denominator}"
            details = {"expected": expected, "actual": f"{pair[0]}/{pair[1]}"}
            faults.append(fail_measure(rulebook, measure_id, differs, **details))
    return faults


def _find_faults(
    evidence: Evidence, counts: CountsByMeasure, rulebook: Rulebook
) -> Iterator[CheckResult]:
    """Yield what is wrong with the EHR report by itself, in alphabetical order of the ids."""
    unknown = "the EHR report names {actual}, which is no rate of {year} and is compared with none"
    impossible = "the EHR report gives {tally.numerator}/{tally.denominator} for {measure}"
    given = {id_: tally for id_, tally in (evidence.ehr_report or {}).items() if tally is not None}
    for measure_id, tally in sorted(given.items()):
        if measure_id not in rulebook.rates:
            yield fail_unknown_id(measure_id, rulebook.rates, rulebook, unknown)
        elif measure_id not in counts and tally.numerator > tally.denominator:
            yield fail(
                "",
                impossible + ", which no record can show",
                actual=f"{tally.numerator}/{tally.denominator}",
                key=measure_id,
                measures=[measure_id],
                measure=label(rulebook, measure_id),
                tally=tally,
                remediation="correct the numbers in the evidence: the numerator is part of the"
                " denominator",
            )
