from collections import defaultdict

from picheck.api import CheckResults, CountsByMeasure, Rulebook, rule
from picheck_pi.findings import fail_measure, fail_together


@rule("PIC-MEA-10", "rate-suspicious")
def rate_suspicious(counts: CountsByMeasure, rulebook: Rulebook) -> CheckResults:
    """The rates look typed in rather than counted.

    What it checks:
    No rate is one out of one, no two measures share the same pair of numbers, and not every
    reported rate is a full hundred percent. Empty pairs are another rule's matter.

    Why it matters:
    All of this can be true, and then costs nothing. Numbers that were made up to fill a form look
    the same, so a data validation asks about them first.

    How to fix:
    Compare the numbers with the report of the certified EHR for the same period and the same
    clinicians. If they are right, keep that report with the submission.
    """
    # a numerator above its denominator is an error already (PIC-MEA-03)
    pairs = {i: (n, d) for i, (n, d) in counts.pairs.items() if n <= d > 0}
    ids_by_pair = defaultdict(list)
    for measure_id, pair in pairs.items():
        ids_by_pair[pair].append(measure_id)
    message = "{measure} is reported as {actual}"
    # suspicious by itself, so it is not reported again as a pair that several share
    alone = ids_by_pair.pop((1, 1), ())
    found = [fail_measure(rulebook, i, message, actual="1/1") for i in alone]
    message = "{names} are all reported as {actual}"
    for (n, d), ids in ids_by_pair.items():
        if len(ids) > 1:
            details = {"names": " and ".join(ids), "key": "+".join(ids)}
            found.append(fail_together(ids, message, actual=f"{n}/{d}", **details))
    if found or len(pairs) <= 1 or any(n < d for n, d in pairs.values()):
        return found
    return fail_together(
        list(pairs),
        "every reported rate is 100 %: {names}",
        actual=[f"{n}/{d}" for n, d in pairs.values()],
        names=", ".join(pairs),
        key="+".join(pairs),
    )
