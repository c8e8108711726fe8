from picheck.api import Answers, CheckResult, CheckResults, Clause, Rulebook, fail, rule
from picheck_pi.measure_index import label
from picheck_pi.term_schemas import MEASURE_ID


@rule(
    "PIC-ERX-01",
    "pdmp-exclusion-not-claimed",
    terms={"exclusion": MEASURE_ID, "measure": MEASURE_ID, "fitting": MEASURE_ID},
)
def pdmp_exclusion_not_claimed(
    answers: Answers, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """e-Prescribing is excluded, but the Query of PDMP is not.

    What it checks:
    Where the exclusion from electronic prescribing is claimed, an exclusion from querying the
    prescription drug monitoring program (PDMP) is claimed too. A query that is answered yes
    beside it is only doubtful; one that is answered no belongs to the rule about required
    measures.

    Why it matters:
    The query is a required measure of its own, and the one exclusion does not carry over to it.
    Without an answer the whole category is zero. With a yes, be ready to show the prescription
    that the query was for.

    How to fix:
    Claim the PDMP exclusion whose criterion you meet. If you meet none, because a controlled
    drug was prescribed electronically after all, report the query and keep the proof.
    """
    exclusion_id, measure_id = clause["exclusion"], clause["measure"]
    if not answers.is_yes(exclusion_id) or answers.claimed_exclusion(measure_id) is not None:
        return None
    if not answers.has(measure_id):
        return _fail_unanswered(clause, rulebook)
    if not answers.is_yes(measure_id):
        return None
    exclusions = rulebook.exclusions_of(measure_id)
    return fail(
        f"/measurements/{measure_id}",
        "e-Prescribing is excluded ({exclusion}), and {measure} is answered yes beside it",
        expected=exclusions,
        actual=True,
        exclusion=exclusion_id,
        measure=label(rulebook, measure_id),
        remediation="claim {choice} instead if its criterion holds; else keep the proof of a query"
        " for a controlled drug that was prescribed electronically",
        choice=" or ".join(exclusions),
        variant="answered",
    )


def _fail_unanswered(clause: Clause, rulebook: Rulebook) -> CheckResult:
    """Return the finding of a set without any answer about the query."""
    exclusion_id, measure_id, fitting = clause["exclusion"], clause["measure"], clause["fitting"]
    exclusions = rulebook.exclusions_of(measure_id)
    measure = rulebook.measures.get(fitting)
    return fail(
        f"/measurements/{exclusion_id}",
        "e-Prescribing is excluded ({exclusion}) but no PDMP exclusion is claimed",
        expected=exclusions,
        exclusion=exclusion_id,
        remediation="claim {choice} if its criterion holds, or report {measure};"
        " {fitting} is for: {criterion}",
        choice=" or ".join(exclusions),
        measure=measure_id,
        fitting=fitting,
        criterion=(measure.criterion if measure else None) or "see the year's measure table",
        measures=[exclusion_id, measure_id],
    )
