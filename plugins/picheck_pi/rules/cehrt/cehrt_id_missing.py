from picheck.api import CheckResults, fail, rule


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
    return fail(
        "" if cehrt_id is None else "/cehrtId",
        "cehrtId is missing" if cehrt_id is None else "cehrtId is blank",
        key="cehrtId",
        remediation="give the id of the certified products as cehrtId; chpl.healthit.gov makes it",
    )
