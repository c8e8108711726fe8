from collections.abc import Iterator
from typing import Final

from picheck.api import CheckResults, Clause, Evidence, Rulebook, fail, rule
from picheck_pi.patterns import fits_any
from picheck_pi.term_schemas import COUNT, SOME_TEXTS, TEXT, optional

_LOOK_UP: Final = "look the id up at chpl.healthit.gov and copy it from there"
#: The remedies for what the form of an id and the evidence show.
_REMEDIES: Final = {
    "refused": "ask the vendor what the products are certified to; correct cehrt.edition in the"
    " evidence, or report a period in which newer products were used",
    "edition": "make a new id at chpl.healthit.gov with the product versions used in {year}, or"
    " give the edition they were certified to in the evidence (cehrt.edition)",
    "series": "make a new id at chpl.healthit.gov with all products used in {year}, and give that"
    " one",
}


@rule(
    "PIC-CEH-04",
    "cehrt-id-suspicious",
    # one fault, one error: missing, then malformed, then not accepted, and only then suspicious
    needs=("PIC-CEH-01", "PIC-CEH-02", "PIC-CEH-03", "PIC-STR-10"),
    terms={
        "documented": SOME_TEXTS,
        "confusing_letters": TEXT,
        "tail_from": COUNT,
        "usual_prefix": TEXT,
        "prefixed": TEXT,
        "older_edition": optional(SOME_TEXTS),
        "earlier_series": optional(SOME_TEXTS),
        "refused_editions": optional(SOME_TEXTS),
    },
    evidence="cehrt.edition",
)
def cehrt_id_suspicious(
    cehrt_id: str | None, evidence: Evidence, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """The CMS EHR Certification ID looks mistyped or is of an undocumented form.

    What it checks:
    Whether cehrtId holds a letter that is never issued because it looks like a digit, begins
    otherwise than ids of its kind do, or has a form that CMS has not documented for the year. And
    whether its form shows an older edition than the year asks for, unless the evidence gives the
    edition, or a series that was issued for the year before. And whether the evidence gives an
    edition that no longer meets the criteria of the year, whatever the id says.

    Why it matters:
    The API may take such an id, but if no one ever issued it, or if it names products that were
    not yet certified as the year demands, the use of certified technology is not proven when CMS
    validates the data.

    How to fix:
    Look the id up on the Certified Health IT Product List and copy it from there, or make a new
    one with the product versions used in the period. Letters that look like digits usually come
    from typing an id off a printed page.
    """
    return [
        fail(
            "/cehrtId",
            "cehrtId {actual!r} {fault}",
            actual=cehrt_id,
            fault=fault,
            year=rulebook.year,
            key=key,
            variant=key if key in {"edition", "series"} else None,
            remediation=_REMEDIES.get(key, _LOOK_UP),
        )
        for key, fault in _find_faults((cehrt_id or "").upper(), evidence, clause, rulebook.year)
    ]


def _find_faults(
    upper: str, evidence: Evidence, clause: Clause, year: int
) -> Iterator[tuple[str, str]]:
    """Yield what is doubtful about an id in capitals: a key, or a variant, and the fault."""
    tail, prefix, terms = upper[clause["tail_from"] :], clause["usual_prefix"], clause.terms
    for letter in clause["confusing_letters"]:
        if letter in tail:
            yield letter, f"holds the letter {letter}, which is not issued there"
    if fits_any([clause["prefixed"]], upper) and not upper.startswith(prefix):
        yield "prefix", f"does not begin with {prefix}"
    if not fits_any(clause["documented"], upper):
        yield "undocumented", f"has a form that CMS has not documented for {year}"
    if fits_any(terms.get("older_edition", ()), upper) and not evidence.get("cehrt.edition"):
        fault = "says that not all products behind it are certified to the edition that"
        yield "edition", f"{fault} {year} asks for"
    if fits_any(terms.get("earlier_series", ()), upper):
        yield "series", "is of the series of an earlier year"
    edition = evidence.get("cehrt.edition")
    if edition in terms.get("refused_editions", ()):
        yield "refused", f"is for {edition} by the evidence, which misses the criteria of {year}"
