from datetime import date

from picheck.api import (
    CheckResult,
    CheckResults,
    Clause,
    Entity,
    Evidence,
    Rulebook,
    SetView,
    fail,
    not_applicable,
    rule,
)
from picheck_pi.eligibility import (
    AUTOMATIC,
    GROUNDS,
    NOTHING_CLAIMED,
    available_to,
    grounds_of,
    is_left_out,
    name_grounds,
)
from picheck_pi.term_schemas import TEXT, optional


@rule(
    "PIC-ELG-02",
    "reweighting-not-available",
    scope="document",
    terms={**AUTOMATIC, "apply_until": optional(TEXT), "apply_until_time": optional(TEXT)},
    evidence=GROUNDS,
    without_evidence="notApplicable",
)
def reweighting_not_available(  # noqa: PLR0917 - a rule names what it reads
    entity: Entity,
    sets: tuple[SetView, ...],
    evidence: Evidence,
    clause: Clause,
    rulebook: Rulebook,
    as_of: date,
) -> CheckResults:
    """The category is left out on the strength of a reweighting that the year does not grant.

    What it checks:
    Where nothing is reported for the category: each special status and the clinician type that the
    evidence counts on, against those that the year reweights by itself and that such an entity can
    hold; and an application for a hardship exception that is pending or was denied. One ground
    that holds is enough, and data that is sent counts on no reweighting.

    Why it matters:
    The list changes from year to year, and an application counts once it is approved. Whoever
    relies on anything else and reports nothing scores zero in the category.

    How to fix:
    Report the category in full, or make sure that a hardship exception is approved. Then drop the
    claim from the evidence.
    """
    grounds = grounds_of(entity, evidence, rulebook, clause)
    if not grounds:
        return NOTHING_CLAIMED
    if not is_left_out(sets):
        return not_applicable("data is sent for the category")
    if name_grounds(grounds, "granted"):
        return None
    results = [
        fail(
            "",
            "{actual} {why}",
            from_root=True,
            expected=available_to(entity, rulebook, clause),
            actual=ground.claim,
            key=ground.claim,
            why=ground.why,
        )
        for ground in grounds
        if ground.state == "unavailable" and ground.why
    ]
    hardship = evidence.eligibility.hardship_exception
    return [*results, _fail_hardship(hardship, clause, rulebook, as_of)] if hardship else results


def _fail_hardship(word: str, clause: Clause, rulebook: Rulebook, as_of: date) -> CheckResult:
    """Return the finding of an application that is not approved, with the last day to apply."""
    day = clause.terms.get("apply_until")
    is_over = day is not None and date.fromisoformat(day) < as_of
    closing = " ".join(filter(None, (day, clause.terms.get("apply_until_time"))))
    deadline = (
        f"; applications for {{year}} {'closed on' if is_over else 'are taken until'} {{closing}}"
    )
    again = "" if is_over else ", or apply again while applications are taken"
    return fail(
        "",
        "nothing is reported for the category, and the hardship exception is {actual}, not"
        " {expected}" + (deadline if day else ""),
        from_root=True,
        expected="approved",
        actual=word,
        key="hardshipException",
        year=rulebook.year,
        closing=closing,
        remediation="report the category in full"
        + (again if word == "denied" else ", unless CMS approves the application first"),
    )
