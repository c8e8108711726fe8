from picheck.api import Answers, CheckResults, Clause, Rulebook, rule
from picheck_pi.findings import fail_measure
from picheck_pi.measure_index import or_exclude, with_level
from picheck_pi.term_schemas import MEASURE_IDS


@rule("PIC-MEA-02", "required-measure-answered-no", terms={"measures": MEASURE_IDS})
def required_measure_answered_no(
    answers: Answers, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """A required yes/no measure is answered no.

    What it checks:
    No required yes/no measure is answered no, unless one of its exclusions is claimed.

    Why it matters:
    The file will be accepted with the no in it, and then scored: the required measure is not
    met, and the whole category is zero.

    How to fix:
    Answer yes if the work was done in the performance period and you can prove it. If it was
    not, see whether an exclusion fits, and claim it in place of the measure.
    """
    return [
        fail_measure(
            rulebook,
            measure_id,
            "{measure} is required, and is answered no",
            expected=True,
            actual=False,
            remediation="answer yes only if it was done and can be proved{with_level}{or_exclude}",
            with_level=with_level(rulebook, measure_id),
            or_exclude=or_exclude(rulebook, measure_id),
        )
        for measure_id in clause["measures"]
        if answers.is_no(measure_id) and answers.claimed_exclusion(measure_id) is None
    ]
