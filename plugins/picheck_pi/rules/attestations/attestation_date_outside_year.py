from collections.abc import Collection
from datetime import date

from picheck.api import CheckResult, CheckResults, Clause, Evidence, Rulebook, rule
from picheck_pi.attestations import TASK, AttestedTask, ask_for, list_tasks
from picheck_pi.parameter_types import SetAnswers
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
    set_answers: SetAnswers, evidence: Evidence, clause: Clause, rulebook: Rulebook, as_of: date
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
    found = [_check_date(task, rulebook.year, as_of, clause["days_to_come"]) for task in tasks]
    return [result for result in found if result] + ask_for(undated)


def _check_date(
    task: AttestedTask, year: int, as_of: date, keys_to_come: Collection[str]
) -> CheckResult | None:
    """Return what is wrong with the date of a task; None where nothing is, or it is not known.

    `keys_to_come` are the evidence keys whose date may not be after `as_of`.
    """
    if task.done_on is None:
        return None
    if task.done_on.year != year:
        return task.fail(
            "{title} is dated {actual}, outside {expected}",
            expected=year,
            remediation="a yes needs work done between the first and the last day of {expected}",
        )
    if task.done_on > as_of and task.key in keys_to_come:
        return task.fail_to_come(as_of, variant="toCome")
    if task.not_before is not None and task.done_on < task.not_before:
        return task.fail(
            "{title} is dated {actual}, before the certified technology was in place ({expected})",
            expected=task.not_before.isoformat(),
            variant="beforeTechnology",
            remediation="review {title} on the technology that was used, within the year, and keep"
            " the record",
        )
    return None
