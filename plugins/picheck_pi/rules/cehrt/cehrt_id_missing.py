from picheck.api import CheckResults, rule
from picheck_pi.findings import fail_property


@rule("PIC-CEH-01", "cehrt-id-missing")
def cehrt_id_missing(cehrt_id: str | None) -> CheckResults:
    """The CMS EHR Certification ID is missing.

    What it checks:
    That cehrtId is there and holds more than blanks.

    Why it matters:
    The id is the proof that certified technology was used. The API may take a set without it, but
    the whole category then scores zero.

    How to fix:
    Put the products the practice used into the basket of the Certified Health IT Product List
    (chpl.healthit.gov), let it make the id, and give it as cehrtId.
    """
    if (cehrt_id or "").strip():
        return None
    message = "{name} is missing" if cehrt_id is None else "{name} is blank"
    remedy = "give the id of the certified products as {name}; chpl.healthit.gov makes it"
    return fail_property("cehrtId", cehrt_id, message, remediation=remedy)
