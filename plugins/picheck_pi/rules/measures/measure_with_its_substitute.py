from picheck.api import Answers, CheckResults, Rulebook, rule
from picheck_pi.findings import fail_together
from picheck_pi.measure_index import index_of, label


@rule("PIC-MEA-06", "measure-with-its-substitute")
def measure_with_its_substitute(answers: Answers, rulebook: Rulebook) -> CheckResults:
    """Two measures that replace one another are in one set.

    What it checks:
    Ids that the measure table calls substitutes of each other never share a measurement set:
    the ways to exchange health information, two exclusions of one measure, both levels of
    engagement with one registry. An answer of false counts as being there; only an exclusion
    with the value false is left to the rule about such exclusions.

    Why it matters:
    The Submissions API refuses the whole file. Of two substitutes only one can be meant, and
    the API does not choose for you.

    How to fix:
    Keep the one that is true and can be proved. Take the other out of the file altogether: to
    set it to false is not enough.
    """
    index = index_of(rulebook)
    present = answers.present - (answers.no & index.exclusions)
    return [
        fail_together(
            [first, second],
            "{second} and {first} cannot be in one measurement set",
            place=second,
            first=label(rulebook, first),
            second=label(rulebook, second),
            remediation="keep either {actual[0]} or {actual[1]} and take the other out, even where"
            " it is false",
            key=f"{first}+{second}",
        )
        for first, second in index.exclusive_pairs
        if first in present and second in present
    ]
