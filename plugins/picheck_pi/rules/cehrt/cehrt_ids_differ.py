from picheck.api import CheckResults, fail, related, rule
from picheck_pi.parameter_types import Sets


@rule("PIC-CEH-08", "cehrt-ids-differ", scope="entity")
def cehrt_ids_differ(sets: Sets) -> CheckResults:
    """The measurement sets of one entity name different certified technology.

    What it checks:
    The cehrtId of all measurement sets that one entity submits for the year, in one document or in
    several; upper and lower case are alike, and sets without an id are left out.

    Why it matters:
    One id can cover all products that an entity used. Different ids suggest that one of them is
    left over from another year or from another practice.

    How to fix:
    Put all products into one basket of the Certified Health IT Product List, make one id, and give
    it in every set.
    """
    named = [(view, cehrt_id) for view in sets if (cehrt_id := view.cehrt_id)]
    if not named:
        return None
    first, expected = named[0]
    return [
        fail(
            "/cehrtId",
            "this set names {actual}, another of the same entity names {expected}",
            at=view,
            expected=expected,
            actual=cehrt_id,
            related=[related("/cehrtId", "the first set's id", at=first)],
            remediation="make one id for all products and give it in every set",
        )
        for view, cehrt_id in named
        if cehrt_id.upper() != expected.upper()
    ]
