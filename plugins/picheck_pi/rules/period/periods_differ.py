from picheck.api import CheckResults, Period, fail, related, rule
from picheck_pi.parameter_types import Sets


@rule("PIC-PER-04", "periods-differ", scope="entity")
def periods_differ(sets: Sets) -> CheckResults:
    """The measurement sets of one entity have different periods.

    What it checks:
    The periods of all measurement sets that one entity submits for the year, in one document or in
    several; sets without a proper period are left out.

    Why it matters:
    All measures of the category are reported for one and the same period. Sets with different
    periods suggest that numbers of different months were put together.

    How to fix:
    Collect all numbers for one period and give it in every set.
    """
    dated = [view for view in sets if view.period.is_valid]
    if not dated:
        return None
    first = dated[0]
    return [
        fail(
            "/performanceStart" if view.period.start != first.period.start else "/performanceEnd",
            "this set's period is {actual}, another's of the same entity is {expected}",
            at=view,
            expected=_describe(first.period),
            actual=_describe(view.period),
            related=[related("/performanceStart", "the first set's period", at=first)],
            remediation="report all sets for one period",
        )
        for view in dated
        if view.period != first.period
    ]


def _describe(period: Period) -> str:
    return f"{period.start} to {period.end}"
