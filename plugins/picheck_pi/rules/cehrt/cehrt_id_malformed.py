from picheck.api import CheckResults, Clause, fail, rule
from picheck_pi.term_schemas import POSITIVE


@rule("PIC-CEH-02", "cehrt-id-malformed", needs="PIC-CEH-01", terms={"length": POSITIVE})
def cehrt_id_malformed(cehrt_id: str | None, clause: Clause) -> CheckResults:
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
    cehrt_id, length = cehrt_id or "", clause["length"]
    strange = [c for c in cehrt_id if not (c.isalnum() and c.isascii())]
    if len(cehrt_id) != length:
        message = "cehrtId {actual!r} has {found} characters, {expected} are needed"
    elif strange:
        message = "cehrtId {actual!r} holds {strange[0]!r}, which is neither a letter nor a digit"
    else:
        return None
    return fail(
        "/cehrtId",
        message,
        expected=length,
        actual=cehrt_id,
        found=len(cehrt_id),
        strange=strange,
        remediation="copy the id again: {expected} letters and digits, no blank and no dot",
    )
