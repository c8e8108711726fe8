from datetime import date

from picheck.api import (
    Answers,
    CheckResult,
    CheckResults,
    Clause,
    Evidence,
    Rulebook,
    parse_date,
    rule,
)
from picheck_pi.attestations import TASK, AttestedTask, list_tasks
from picheck_pi.evidence_questions import ask_for
from picheck_pi.term_schemas import EVIDENCE_KEY, FLAG, TEXTS, optional, rows


@rule(
    "PIC-ATT-02",
    "attestation-date-outside-year",
    terms={
        "dates": rows(least=1, **TASK, optional=FLAG, not_before=optional(EVIDENCE_KEY)),
        "days_to_come": TEXTS,
    },
    evidence=(
        "attestations.securityRiskAnalysisOn",
        "attestations.riskManagementOn",
        "attestations.saferAssessmentOn",
        "cehrt.functionalityInPlaceOn",
    ),
)
def attestation_date_outside_year(
    set_answers: tuple[Answers, ...],
    evidence: Evidence,
    clause: Clause,
    rulebook: Rulebook,
    as_of: date,
) -> CheckResults:
    """The work behind a statement was done at the wrong time.

    What it checks:
    For each statement answered yes, the day on which the work was done, as the evidence gives it.
    Any day of the calendar year will do, also one outside the performance period. A day that is
    still to come is named, and so is a risk analysis of an earlier day than the certified
    technology was in place.

    Why it matters:
    The statement says that the work was done in this year. Last year's analysis or one made after
    the year does not make it true, and without it the whole category scores zero. An analysis that
    is only planned, or that did not look at the technology in use, may not hold in a data
    validation.

    How to fix:
    Give the date of the analysis or assessment of this year, made or reviewed on the technology
    that was used. If there was none in this year, the statement cannot be answered yes.
    """
    tasks = list(list_tasks(set_answers, evidence, clause["dates"]))
    undated = {t.key: t.measure_id for t in tasks if not t.done_on and not t.is_optional}
    found = [_find_fault(task, evidence, clause, rulebook.year, as_of) for task in tasks]
    return [result for result in found if result] + ask_for(undated)


def _find_fault(
    task: AttestedTask, evidence: Evidence, clause: Clause, year: int, as_of: date
) -> CheckResult | None:
    """Return what is wrong with the day of a task; None where nothing is, or it is not known."""
    if task.done_on is None:
        return None
    if task.done_on.year != year:
        return task.fail(
            "{title} is dated {actual}, outside {expected}",
            expected=year,
            remediation="a yes needs work done between the first and the last day of {expected}",
        )
    if task.done_on > as_of and task.key in clause["days_to_come"]:
        return task.fail(
            "{title} is dated {actual}, and this audit is made for {expected}: it is not done yet",
            expected=as_of.isoformat(),
            variant="toCome",
            remediation="answer yes only when {title} is done",
        )
    in_place_on = parse_date(evidence.get(task.not_before)) if task.not_before else None
    if in_place_on is not None and task.done_on < in_place_on:
        return task.fail(
            "{title} is dated {actual}, before the certified technology was in place ({expected})",
            expected=in_place_on.isoformat(),
            variant="beforeTechnology",
            remediation="review {title} on the technology that was used, within the year, and keep"
            " the record",
        )
    return None
