from datetime import date

from picheck.api import CheckResult, CheckResults, Clause, Entity, Evidence, Rulebook, fail
from picheck_pi.eligibility import (
    AUTOMATIC,
    NOTHING_CLAIMED,
    NOTHING_LEFT_OUT,
    available_to,
    grounds_of,
    grounds_rule,
    is_left_out,
    name_grounds,
)
from picheck_pi.parameter_types import Sets
from picheck_pi.term_schemas import TEXT, optional


@grounds_rule(
    "PIC-ELG-02",
    "reweighting-not-available",
    scope="document",
    terms={**AUTOMATIC, "apply_until": optional(TEXT), "apply_until_time": optional(TEXT)},
)
def reweighting_not_available(  # noqa: PLR0917 - a rule names what it reads
    entity: Entity, sets: Sets, evidence: Evidence, clause: Clause, rulebook: Rulebook, as_of: date
) -> CheckResults:
    """The category is left out on the strength of a reweighting that the year does not grant.

    What it checks:
    Where nothing is reported for the category: each special status and the clinician type that the
    evidence counts on, against those that the year reweights by itself and that such an entity can
    hold; the status of one clinician against the places where the evidence says they work; and an
    application for a hardship exception that is pending or was denied. One ground that holds is
    enough, and data that is sent counts on no reweighting.

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
        return NOTHING_LEFT_OUT
    if name_grounds(grounds, "granted"):
        return None
    expected = available_to(entity, rulebook, clause)
    results = [
        fail(
            "",
            "{actual} {why}",
            from_root=True,
            expected=expected,
            actual=g.claim,
            key=g.claim,
            why=g.why,
        )
        for g in grounds
        if g.state == "unavailable" and g.why
    ]
    hardship = evidence.eligibility.hardship_exception
    return [*results, _fail_hardship(hardship, clause, rulebook, as_of)] if hardship else results


def _fail_hardship(word: str, clause: Clause, rulebook: Rulebook, as_of: date) -> CheckResult:
    """Return the finding of an application that is not approved, with the last day to apply."""
    message = (
        "nothing is reported for the category, and the hardship exception is {actual}, not"
        " {expected}"
    )
    day, time = clause.terms.get("apply_until"), clause.terms.get("apply_until_time", "")
    is_over = day is not None and date.fromisoformat(day) < as_of
    if day is not None:
        state = "closed on" if is_over else "are taken until"
        message += f"; applications for {{year}} {state} {{closing}}"
    remedy = "report the category in full"
    if word != "denied":
        remedy += ", unless CMS approves the application first"
    elif not is_over:
        remedy += ", or apply again while applications are taken"
    return fail(
        "",
        message,
        from_root=True,
        expected="approved",
        actual=word,
        key="hardshipException",
        year=rulebook.year,
        closing=f"{day} {time}".rstrip(),
        remediation=remedy,
    )
