from collections.abc import Sequence

from picheck.api import CheckResult, CheckResults, CountsByMeasure, Rulebook, fail, related, rule
from picheck_pi.measure_index import join_and, label


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
    pairs = {i: (n, d) for i, (n, d) in counts.pairs.items() if n <= d > 0}
    sharing: dict[tuple[int, int], list[str]] = {}
    for measure_id, pair in pairs.items():
        sharing.setdefault(pair, []).append(measure_id)
    found = [_fail_one_of_one(measure_id, rulebook) for measure_id in sharing.pop((1, 1), ())]
    found += [
        _fail_several(ids, "{names} are all reported as {actual}", join_and(ids), f"{n}/{d}")
        for (n, d), ids in sharing.items()
        if len(ids) > 1
    ]
    if found or len(pairs) <= 1 or any(n < d for n, d in pairs.values()):
        return found
    message = "every reported rate is 100 %: {names}"
    return _fail_several(
        list(pairs), message, ", ".join(pairs), [f"{n}/{d}" for n, d in pairs.values()]
    )


def _fail_one_of_one(measure_id: str, rulebook: Rulebook) -> CheckResult:
    return fail(
        f"/measurements/{measure_id}",
        "{measure} is reported as 1/1",
        actual="1/1",
        measure=label(rulebook, measure_id),
        key=measure_id,
    )


def _fail_several(
    ids: Sequence[str], message: str, names: str, actual: str | list[str]
) -> CheckResult:
    """Return one finding about several measures, at the first of them."""
    return fail(
        f"/measurements/{ids[0]}",
        message,
        actual=actual,
        names=names,
        key="+".join(ids),
        measures=ids,
        related=[related(f"/measurements/{i}", i) for i in ids[1:]],
    )
