"""A reweighting is counted on that the year does not grant."""

from __future__ import annotations

from picheck.api import CheckResults, Clause, Evidence, Rulebook, fail, rule
from picheck_pi.eligibility import AUTOMATIC, NOTHING_CLAIMED, automatic, claimed_statuses


@rule(
    "PIC-ELG-02",
    "reweighting-not-available",
    scope="document",
    terms=AUTOMATIC,
    evidence=("eligibility.specialStatuses", "eligibility.clinicianType"),
    without_evidence="notApplicable",
)
def reweighting_not_available(
    evidence: Evidence, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """A reweighting is counted on that the year does not grant.

    What it checks:
    Each special status and the clinician type that the evidence counts on, against those that the
    year reweights by itself.

    Why it matters:
    The list changes from year to year. Whoever counts on an entry that has been struck and reports
    nothing scores zero in the category.

    How to fix:
    Report the category in full, or make sure that a hardship exception is approved. Then drop the
    claim from the evidence.
    """
    claims, available = claimed_statuses(evidence), automatic(clause)
    if not claims:
        return NOTHING_CLAIMED
    return [
        fail(
            "",
            "{actual} is not reweighted automatically in {year}",
            from_root=True,
            expected=available,
            actual=claim,
            key=claim,
            year=rulebook.year,
        )
        for claim in claims
        if claim not in available
    ]
