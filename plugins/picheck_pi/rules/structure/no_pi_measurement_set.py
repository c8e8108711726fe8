from typing import Final

from picheck.api import (
    CheckResult,
    CheckResults,
    Entity,
    Evidence,
    MeasurementSet,
    Rulebook,
    SetView,
    Submission,
    fail,
    not_applicable,
    rule,
)
from picheck_pi.eligibility import GROUNDS, grounds_of, is_left_out, name_grounds

#: The evidence that would settle it, as an evidence file spells it.
_SETTLING: Final = (
    "eligibility.specialStatuses",
    "eligibility.clinicianType",
    "eligibility.hardshipException",
    "eligibility.allMembersQualify",
)


@rule("PIC-STR-02", "no-pi-measurement-set", scope="document", evidence=GROUNDS)
def no_pi_measurement_set(
    sets: tuple[SetView, ...],
    submission: Submission,
    entity: Entity,
    evidence: Evidence,
    rulebook: Rulebook,
) -> CheckResults:
    """The document holds no Promoting Interoperability data.

    What it checks:
    That at least one measurement set is of this program's category and holds at least one
    measurement, or that the evidence gives a ground on which the category may be left out: a
    special status or a clinician type that the year reweights, or an approved hardship exception.
    A set that holds answers of this category under another name, such as PI for pi, is named.

    Why it matters:
    A category that is left out scores 0, unless its weight goes to the other categories. For an
    entity that is reweighted it is the other way round: whatever is sent gives the reweighting up.
    A measurement set without any measurement counts as data and earns nothing. The API refuses a
    category that it does not know, and in a set of another category it knows none of the measures.

    How to fix:
    Look the entity up with CMS first. If it is reweighted, say so in the evidence and leave the
    category out. If not, add the measurement set with its category and the answers of the practice.
    """
    # first, for its answers were not read: nothing else can be said of the category
    misnamed = _fail_misnamed(submission, rulebook)
    if misnamed:
        return misnamed
    if not is_left_out(sets):
        return None
    if sets:
        return fail(
            "/measurements",
            "the measurement set of category {program} holds no measurement",
            at=sets[0],
            program=rulebook.program,
            remediation="add the answers of the practice to measurements; if the category is to be"
            " left out, leave out the whole measurement set",
        )
    grounds = grounds_of(entity, evidence, rulebook)
    granted = name_grounds(grounds, "granted")
    if granted:
        message = "nothing of this category is submitted, and the reweighting holds: {granted}"
        return CheckResult(outcome="pass", message=message, values={"granted": granted})
    if grounds:
        return not_applicable(
            "nothing of this category is submitted; whether the evidence's grounds for that hold is"
            " checked by rules of their own"
        )
    return fail(
        "/measurementSets",
        "this file reports nothing for category {expected}: the category scores 0 unless the"
        " practice is exempt from it, or reports it in another file",
        expected=rulebook.program,
        variant="absent",
        remediation="if the practice is exempt, leave the category out and give the reason in the"
        " evidence ({keys}); if not, add a measurement set of category {expected}, here or in"
        " another file",
        keys=", ".join(_SETTLING),
    )


def _fail_misnamed(submission: Submission, rulebook: Rulebook) -> list[CheckResult]:
    """Return a failure for each set that is of this category by its answers, not by its name."""
    return [
        fail(
            f"/measurementSets/{index}/category",
            "category is {actual!r}, so the answers of this measurement set are not read as"
            " answers for category {expected}",
            actual=record.category,
            expected=rulebook.program,
            variant="misnamed",
            remediation="write {expected} for category, in small letters, and audit the file again,"
            " because its answers were not checked; if the set was meant for another category, take"
            " the measures of {expected} out of it",
        )
        for index, record in enumerate(submission.measurement_sets)
        if record.category != rulebook.program and _belongs_here(record, rulebook)
    ]


def _belongs_here(record: MeasurementSet, rulebook: Rulebook) -> bool:
    """Whether a set holds measures of the rulebook, or has its category's name but for capitals."""
    has_name = record.category.casefold() == rulebook.program
    return has_name or any(each.measure_id in rulebook.measures for each in record.measurements)
