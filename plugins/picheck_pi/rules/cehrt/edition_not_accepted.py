from picheck.api import CheckResults, Clause, Evidence, Rulebook, rule
from picheck_pi.findings import fail_property
from picheck_pi.term_schemas import SOME_TEXTS


@rule(
    "PIC-CEH-07", "edition-not-accepted", terms={"editions": SOME_TEXTS}, evidence="cehrt.edition"
)
def edition_not_accepted(
    cehrt_id: str | None, evidence: Evidence, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """The technology is certified to an edition that the year does not accept.

    What it checks:
    The edition of the certification criteria, as the evidence gives it, against the editions that
    count in the performance year.

    Why it matters:
    Numbers collected with technology of an older edition are not collected in certified
    technology in the sense of the program, and the whole category scores zero.

    How to fix:
    Ask the vendor which edition the products were certified to in the period. Where an update was
    installed during the year, choose a period by whose last day it was certified.
    """
    edition, accepted = evidence.require("cehrt.edition"), clause["editions"]
    if edition in accepted:
        return None
    return fail_property(
        "cehrtId",
        cehrt_id,
        "the technology is certified to {actual!r}; {year} accepts {editions}",
        expected=accepted,
        actual=edition,
        year=rulebook.year,
        editions=" or ".join(accepted),
        key="edition",
        remediation="report a period in which technology of an accepted edition was used",
    )
