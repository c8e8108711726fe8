from picheck.api import Answers, CheckResults, Rulebook, rule
from picheck_pi.findings import fail_measure
from picheck_pi.measure_index import index_of


@rule("PIC-MEA-07", "exclusion-answered-false")
def exclusion_answered_false(answers: Answers, rulebook: Rulebook) -> CheckResults:
    """An exclusion is listed with the value false.

    What it checks:
    No exclusion is in the measurement set with the value false.

    Why it matters:
    A false exclusion claims nothing, so it excuses from nothing. The Submissions API may still
    take it for an exclusion that is claimed beside its measure, and refuse the file for it.

    How to fix:
    Leave exclusions that you do not claim out of the file. If you meant to claim it, its value
    has to be true, and its measure has to go.
    """
    message = "{measure} has the value false, which claims nothing and may be refused"
    remedy = "leave {id} out, or claim it with true if its criterion holds"
    return [
        fail_measure(rulebook, i, message, expected=True, actual=False, remediation=remedy)
        for i in sorted(answers.no & index_of(rulebook).exclusions)
    ]
