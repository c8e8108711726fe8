from datetime import date
from typing import Final

from picheck.api import CheckResults, Clause, Evidence, Rulebook, fail, rule
from picheck_pi.attestations import TASK, ask_for, first_yes, list_tasks
from picheck_pi.parameter_types import SetAnswers
from picheck_pi.term_schemas import INTEGER, MEASURE_ID, rows

_EDITION: Final = "attestations.saferGuideEdition"


@rule(
    "PIC-ATT-03",
    "risk-analysis-incomplete",
    terms={
        "done": rows(least=0, **TASK),
        "safer_measure": MEASURE_ID,
        "safer_guide_edition": INTEGER,
    },
    evidence=("attestations.securityRiskAnalysisOn", "attestations.riskManagementOn", _EDITION),
)
def risk_analysis_incomplete(
    set_answers: SetAnswers, evidence: Evidence, clause: Clause, rulebook: Rulebook, as_of: date
) -> CheckResults:
    """The work behind the security statements is incomplete.

    What it checks:
    For the security statement answered yes, that the evidence dates both the risk analysis and
    the risk management that follows from it, and that neither is still to come; for the SAFER
    statement, that the edition of the guide is the one the year asks for.

    Why it matters:
    One yes now covers two tasks. An analysis whose findings were never acted on, or an assessment
    by an older guide, does not make the statement true; the whole category scores zero.

    How to fix:
    Do the missing part, date it, and keep the record. Use the guide of the edition named.
    """
    tasks = list(list_tasks(set_answers, evidence, clause["done"]))
    undated = {task.key: task.measure_id for task in tasks if not task.done_on}
    results = [
        task.fail_to_come(as_of)
        for task in tasks
        # a date of another year is reported by PIC-ATT-02
        if task.done_on and task.done_on > as_of and task.done_on.year == rulebook.year
    ]
    safer, edition = clause["safer_measure"], evidence.get(_EDITION)
    assessed = first_yes(set_answers, safer)
    if assessed is not None and edition is None:
        undated = {_EDITION: safer, **undated}
    elif assessed is not None and edition != clause["safer_guide_edition"]:
        result = fail(
            f"/measurements/{safer}",
            "the SAFER assessment used the guide of {actual}, the edition of {expected} is needed",
            at=assessed,
            expected=clause["safer_guide_edition"],
            actual=edition,
            key=_EDITION,
            remediation="repeat the assessment with the guide of {expected}",
        )
        results.append(result)
    return results + ask_for(undated)
