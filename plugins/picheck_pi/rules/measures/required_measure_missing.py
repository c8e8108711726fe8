from picheck.api import Answers, CheckResults, Clause, Rulebook, fail, rule
from picheck_pi.measure_index import label, or_exclude, with_level
from picheck_pi.term_schemas import MEASURE_IDS, TEXT_BY_TEXT, optional


@rule(
    "PIC-MEA-01",
    "required-measure-missing",
    needs="PIC-STR-02",
    terms={"measures": MEASURE_IDS, "left_to_other_rules": optional(TEXT_BY_TEXT)},
)
def required_measure_missing(answers: Answers, clause: Clause, rulebook: Rulebook) -> CheckResults:
    """A required measure is neither reported nor excluded.

    What it checks:
    Every measure that the year requires of everybody is in the measurement set, or one of its
    exclusions is claimed. Measures between which one may choose have their own rules.

    Why it matters:
    A required measure that is left out counts as failed, and one failed required measure brings
    the whole category to zero. An exclusion counts only if the file claims it.

    How to fix:
    Report the measure, or claim an exclusion whose criterion you meet and can prove. Do not
    leave it out because it has no patients to count: that, too, has to be said by an exclusion.
    """
    # such as the query that is missing because e-prescribing is excluded: that is PIC-ERX-01's
    left = clause.terms.get("left_to_other_rules", {})
    return [
        fail(
            "/measurements",
            "{measure} is required, and is neither reported nor excluded",
            expected=[measure_id, *rulebook.exclusions_of(measure_id)],
            measure=label(rulebook, measure_id),
            remediation="report {id}{with_level}{or_exclude}",
            with_level=with_level(rulebook, measure_id),
            id=measure_id,
            or_exclude=or_exclude(rulebook, measure_id),
            key=measure_id,
            measures=[measure_id],
        )
        for measure_id in clause["measures"]
        if not answers.has(measure_id)
        and answers.claimed_exclusion(measure_id) is None
        and not answers.is_yes(left.get(measure_id, ""))
    ]
