from picheck.api import Answers, CheckResults, Clause, Rulebook, rule
from picheck_pi.findings import fail_measure
from picheck_pi.term_schemas import MEASURE_ID


@rule("PIC-PUB-05", "suppressed-measure-misread", terms={"measure": MEASURE_ID})
def suppressed_measure_misread(
    answers: Answers, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """A suppressed measure is answered no.

    What it checks:
    Whether the suppressed registry measure is answered no. To leave it out altogether is
    another rule's matter.

    Why it matters:
    A suppressed measure still has to be answered, and a yes, a no and an exclusion all earn full
    credit. So the no does no harm, in this performance year only.

    How to fix:
    Nothing has to be changed. Do not carry the no over into another year, and do not take the
    measure out.
    """
    if not answers.is_no(clause["measure"]):
        return None
    message = "{measure} is answered no, which earns full credit because the measure is suppressed"
    return fail_measure(rulebook, clause["measure"], message, actual=False, key="")
