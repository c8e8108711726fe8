"""The submitted numbers are not those of the EHR report."""

from __future__ import annotations

from picheck.api import Answer, Answers, SetContext, rule
from picheck_pi.present import rated, rates_in
from picheck_pi.table import named


@rule("PIC-MEA-11", "ehr-report-mismatch", scope="set")
def ehr_report_mismatch(ctx: SetContext) -> Answers:
    """The submitted numbers are not those of the EHR report.

    What it checks:
    The numerator and the denominator of every reported rate equal, exactly, those of the EHR
    report that the evidence file quotes.

    Why it matters:
    In a data validation the report of the certified EHR is the proof. Numbers that differ from
    it by one have no proof.

    How to fix:
    Take the numbers from one report that covers exactly the performance period and everybody
    the submission speaks for, and keep that report.
    """
    if not rated(ctx.set):
        return ctx.not_applicable("no rate is reported")
    if ctx.evidence.ehr_report is None:
        return ctx.indeterminate(
            "the EHR report's numbers are not given", missing=["ehrReport"], pointer="/measurements"
        )
    tallies = rates_in(ctx.set).tallies
    answers = [_compare(ctx, measure_id, tally) for measure_id, tally in tallies.items()]
    return [answer for answer in answers if answer is not None] or None


def _compare(ctx: SetContext, measure_id: str, tally: tuple[int, int]) -> Answer | None:
    """Hold one rate against the report's."""
    reported = (ctx.evidence.ehr_report or {}).get(measure_id)
    if reported is None:
        return ctx.indeterminate(
            f"the EHR report's numbers for {named(ctx.rulebook, measure_id)} are not given",
            missing=[f"ehrReport.{measure_id}"],
            pointer=ctx.set.place(measure_id),
            key=measure_id,
        )
    if tally == (reported.numerator, reported.denominator):
        return None
    return ctx.fail(
        ctx.set.place(measure_id),
        "{measure} is submitted as {actual}, but the EHR report says {expected}",
        expected=f"{reported.numerator}/{reported.denominator}",
        actual=f"{tally[0]}/{tally[1]}",
        measure=named(ctx.rulebook, measure_id),
        key=measure_id,
    )
