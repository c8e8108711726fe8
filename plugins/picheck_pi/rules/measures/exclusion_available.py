from picheck.api import Answers, CheckResults, Clause, CountsByMeasure, Rulebook, rule
from picheck_pi.findings import fail_measure
from picheck_pi.term_schemas import INTEGER, MEASURE_ID, rows


@rule(
    "PIC-MEA-09",
    "exclusion-available",
    terms={"low_volume": rows(measure=MEASURE_ID, exclusion=MEASURE_ID, below=INTEGER)},
)
def exclusion_available(
    answers: Answers, counts: CountsByMeasure, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """A small denominator is reported where an exclusion could be claimed.

    What it checks:
    A rate whose exclusion is for low volume has a denominator below that volume, and the
    exclusion is not claimed. A rate without any patient is another rule's matter.

    Why it matters:
    Nothing is wrong and nothing is lost by itself. But a few patients more or less move a small
    rate by many points, and the exclusion moves its points to other measures instead.

    How to fix:
    Compare the score with the measure and with its exclusion, and choose. The exclusion is about
    all cases of the period, which may be more than the denominator shows.
    """
    return [
        fail_measure(
            rulebook,
            row["measure"],
            "{measure} has a denominator of {actual}; with fewer than {expected} cases {exclusion}"
            " may be claimed instead",
            expected=row["below"],
            actual=pair[1],
            exclusion=row["exclusion"],
        )
        for row in clause["low_volume"]
        if (pair := counts.pair(row["measure"]))
        and 0 < pair[0] <= pair[1] < row["below"]
        and not answers.is_yes(row["exclusion"])
    ]
