"""An activity is not on the year's list."""

from __future__ import annotations

from picheck.api import CheckResults, Rulebook, SetView, fail, rule


@rule("TIA-ACT-02", "activity-unknown")
def activity_unknown(measurement_set: SetView, rulebook: Rulebook) -> CheckResults:
    """An activity is not on the year's list.

    What it checks:
    Every id against the edition's table.

    Why it matters:
    An activity that is not on the list earns nothing.

    How to fix:
    Choose an activity of the year's list.
    """
    return [
        fail(
            f"/measurements/{index}",
            "{actual} is not an activity of the year",
            actual=measurement.measure_id,
            key=measurement.measure_id,
        )
        for index, measurement in enumerate(measurement_set.record.measurements)
        if measurement.measure_id not in rulebook.measures
    ]
