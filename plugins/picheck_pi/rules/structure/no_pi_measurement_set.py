"""The document holds no measurement set to score."""

from __future__ import annotations

from picheck.api import CheckResults, Rulebook, SetView, fail, rule


@rule("PIC-STR-02", "no-pi-measurement-set", scope="document")
def no_pi_measurement_set(sets: tuple[SetView, ...], rulebook: Rulebook) -> CheckResults:
    """The document holds no Promoting Interoperability data.

    What it checks:
    That at least one measurement set is of this program's category and holds at least one
    measurement.

    Why it matters:
    Without such a set nothing is submitted for the category, whatever the other categories of the
    document hold; the API refuses a set without measurements.

    How to fix:
    Add the measurement set with its category and the answers of the practice. Where the practice
    means to be excused from the category, send no document for it at all.
    """
    if any(view.record.measurements for view in sets):
        return None
    if sets:
        return fail(
            "/measurements",
            "the measurement set of category {program} holds no measurement",
            at=sets[0],
            program=rulebook.program,
            remediation="add the answers of the practice to measurements",
        )
    return fail(
        "/measurementSets",
        "no measurement set is of category {expected}",
        expected=rulebook.program,
        remediation="add a measurement set with category {expected}",
    )
