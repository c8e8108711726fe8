"""The CMS EHR Certification ID looks mistyped or is of an undocumented form."""

from __future__ import annotations

from picheck.api import CheckResults, Clause, Rulebook, fail, rule
from picheck_pi.patterns import fits_any
from picheck_pi.term_schemas import COUNT, SOME_TEXTS, TEXT


@rule(
    "PIC-CEH-04",
    "cehrt-id-suspicious",
    needs=("PIC-CEH-01", "PIC-CEH-02", "PIC-CEH-03", "PIC-STR-10"),
    terms={
        "documented": SOME_TEXTS,
        "confusing_letters": TEXT,
        "tail_from": COUNT,
        "usual_prefix": TEXT,
        "prefixed": TEXT,
    },
)
def cehrt_id_suspicious(cehrt_id: str | None, clause: Clause, rulebook: Rulebook) -> CheckResults:
    """The CMS EHR Certification ID looks mistyped or is of an undocumented form.

    What it checks:
    Whether cehrtId holds a letter that is never issued because it looks like a digit, begins
    otherwise than ids of its kind do, or has a form that CMS has not documented for the year.

    Why it matters:
    The API may take such an id, but if no one ever issued it the use of certified technology is
    not proven when CMS validates the data.

    How to fix:
    Look the id up on the Certified Health IT Product List and copy it from there. Letters that
    look like digits usually come from typing an id off a printed page.
    """
    upper = (cehrt_id or "").upper()
    tail, prefix = upper[clause["tail_from"] :], clause["usual_prefix"]
    faults = {
        letter: f"holds the letter {letter}, which is not issued there"
        for letter in clause["confusing_letters"]
        if letter in tail
    }
    if fits_any([clause["prefixed"]], upper) and not upper.startswith(prefix):
        faults["prefix"] = f"does not begin with {prefix}"
    if not fits_any(clause["documented"], upper):
        faults["undocumented"] = f"has a form that CMS has not documented for {rulebook.year}"
    return [
        fail(
            "/cehrtId",
            "cehrtId {actual!r} {fault}",
            actual=cehrt_id,
            fault=fault,
            key=key,
            remediation="look the id up at chpl.healthit.gov and copy it from there",
        )
        for key, fault in faults.items()
    ]
