"""The CMS EHR Certification ID has the wrong length or wrong characters."""

from __future__ import annotations

from picheck.api import Answers, SetContext, rule


@rule(
    "PIC-CEH-02",
    "cehrt-id-malformed",
    scope="set",
    needs="PIC-CEH-01",
    terms={"length": {"type": "integer", "min": 1}},
)
def cehrt_id_malformed(ctx: SetContext) -> Answers:
    """The CMS EHR Certification ID has the wrong length or wrong characters.

    What it checks:
    That cehrtId has exactly as many characters as these ids have, all of them letters or digits.

    Why it matters:
    The API refuses an id of another form. The usual causes are a character lost in copying, a
    blank at the end, or the certificate number of one product in place of the id of all of them.

    How to fix:
    Copy the id once more from the Certified Health IT Product List. A product's own certificate
    number, which has dots in it, is something else.
    """
    cehrt_id, length = ctx.set.record.cehrt_id or "", ctx.clause["length"]
    if len(cehrt_id) == length and cehrt_id.isalnum() and cehrt_id.isascii():
        return None
    fault = (
        "holds {strange!r}, which is neither a letter nor a digit"
        if len(cehrt_id) == length
        else "has {found} characters, {expected} are needed"
    )
    return ctx.fail(
        "/cehrtId",
        "cehrtId {actual!r} " + fault,
        expected=length,
        actual=cehrt_id,
        found=len(cehrt_id),
        strange=next((c for c in cehrt_id if not (c.isalnum() and c.isascii())), ""),
        fix="copy the id again: {expected} letters and digits, no blank and no dot",
    )
