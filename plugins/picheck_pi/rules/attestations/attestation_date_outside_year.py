"""The work behind a statement was not done in the calendar year."""

from __future__ import annotations

from picheck.api import Answers, CheckResults, Clause, Evidence, Rulebook, rule
from picheck_pi.attestations import TASK, attested_tasks, without_evidence
from picheck_pi.term_schemas import rows


@rule(
    "PIC-ATT-02",
    "attestation-date-outside-year",
    terms={"dates": rows(**TASK, optional={"type": "boolean"})},
    evidence=(
        "attestations.securityRiskAnalysisOn",
        "attestations.riskManagementOn",
        "attestations.saferAssessmentOn",
    ),
)
def attestation_date_outside_year(
    set_answers: tuple[Answers, ...], evidence: Evidence, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """The work behind a statement was not done in the calendar year.

    What it checks:
    For each statement answered yes, the day on which the work was done, as the evidence gives it.
    Any day of the calendar year will do, also one outside the performance period.

    Why it matters:
    The statement says that the work was done in this year. Last year's analysis or one made after
    the year does not make it true, and without it the whole category scores zero.

    How to fix:
    Give the date of the analysis or assessment of this year. If there was none in this year, the
    statement cannot be answered yes.
    """
    tasks = list(attested_tasks(set_answers, evidence, clause["dates"]))
    outside = [
        task.fail(
            "{title} is dated {actual}, outside {expected}",
            expected=rulebook.year,
            remediation="a yes needs work done between the first and the last day of {expected}",
        )
        for task in tasks
        if task.done_on and task.done_on.year != rulebook.year
    ]
    undated = {t.key: t.measure_id for t in tasks if not t.done_on and not t.is_optional}
    return outside + without_evidence(undated)
