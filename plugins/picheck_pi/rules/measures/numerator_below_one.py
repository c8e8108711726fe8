from picheck.api import Answers, CheckResults, Clause, CountsByMeasure, Rulebook, rule
from picheck_pi.findings import fail_measure
from picheck_pi.measure_index import or_exclude
from picheck_pi.term_schemas import POSITIVE


@rule("PIC-MEA-04", "numerator-below-one", terms={"minimum_numerator": POSITIVE})
def numerator_below_one(
    answers: Answers, counts: CountsByMeasure, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """A required rate has no patient in its numerator.

    What it checks:
    Each required rate that is reported has at least the minimum in its numerator. An empty pair
    (nothing out of nothing) does not pass either. A measure whose exclusion is claimed is left
    to the rule about measures beside their exclusions.

    Why it matters:
    The Submissions API takes a numerator of zero without a word, but the scoring does not: a
    required rate without a single patient in it brings the whole category to zero.

    How to fix:
    Look first whether the EHR counted the period and the clinicians that you meant. If there was
    truly nothing to count, claim the measure's exclusion in its place, where it has one.
    """
    minimum = clause["minimum_numerator"]
    return [
        fail_measure(
            rulebook,
            measure_id,
            "{measure} is reported with {actual}/{denominator}; the numerator must be {expected}"
            " or more",
            expected=minimum,
            actual=numerator,
            denominator=denominator,
            remediation="look whether the EHR counted the right period and the right clinicians,"
            " and report what it shows{or_exclude}",
            or_exclude=or_exclude(rulebook, measure_id),
        )
        for measure_id, (numerator, denominator) in counts.pairs.items()
        if numerator < minimum
        and rulebook.measures[measure_id].is_required
        and answers.claimed_exclusion(measure_id) is None
    ]
