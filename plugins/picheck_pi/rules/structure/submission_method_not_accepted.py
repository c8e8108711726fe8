from picheck.api import CheckResults, Clause, SetView, rule
from picheck_pi.findings import fail_property
from picheck_pi.term_schemas import SOME_TEXTS


@rule("PIC-STR-06", "submission-method-not-accepted", terms={"methods": SOME_TEXTS})
def submission_method_not_accepted(measurement_set: SetView, clause: Clause) -> CheckResults:
    """The submission method is missing or not accepted.

    What it checks:
    That submissionMethod is there and is one of the methods by which this category may be sent in
    a file.

    Why it matters:
    The API refuses a measurement set with another method, also where only upper and lower case
    differ. Claims and the web interface are methods of other categories.

    How to fix:
    Write the method under which the submitter is registered with CMS, spelt exactly as the message
    shows it.
    """
    method, accepted = measurement_set.record.submission_method, clause["methods"]
    if method in accepted:
        return None
    return fail_property(
        "submissionMethod",
        method,
        "{name} is missing" if method is None else "{name} {actual!r} is not accepted",
        expected=accepted,
        actual=method,
        methods=" or ".join(accepted),
        remediation="set {name} to {methods}",
    )
