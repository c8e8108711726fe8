"""The submission method is missing or not accepted."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule


@rule(
    "PIC-STR-06",
    "submission-method-not-accepted",
    scope="set",
    terms={"methods": {"type": "list", "minlength": 1, "schema": {"type": "string"}}},
)
def submission_method_not_accepted(ctx: SetContext) -> Answers:
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
    method, accepted = ctx.set.record.submission_method, ctx.clause["methods"]
    if method in accepted:
        return None
    return ctx.fail(
        "" if method is None else "/submissionMethod",
        "submissionMethod is missing"
        if method is None
        else "submissionMethod {actual!r} is not accepted",
        expected=list(accepted),
        actual=method,
        key="submissionMethod",
        methods=" or ".join(accepted),
        fix="set submissionMethod to {methods}",
    )
