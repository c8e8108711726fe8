from picheck.api import Answers, CheckResults, Clause, CountsByMeasure, Evidence, Rulebook, rule
from picheck_pi.findings import fail_measure
from picheck_pi.measure_index import label
from picheck_pi.term_schemas import EVIDENCE_KEY, INTEGER, MEASURE_ID


@rule(
    "PIC-ERX-02",
    "pdmp-exclusion-doubtful",
    terms={
        "exclusion": MEASURE_ID,
        "beside": MEASURE_ID,
        "measure": MEASURE_ID,
        "large_denominator": INTEGER,
        "evidence": EVIDENCE_KEY,
    },
    evidence="counts.controlledSubstancePrescriptions",
)
def pdmp_exclusion_doubtful(
    answers: Answers,
    counts: CountsByMeasure,
    evidence: Evidence,
    clause: Clause,
    rulebook: Rulebook,
) -> CheckResults:
    """A PDMP exclusion is claimed where controlled drugs may well have been prescribed.

    What it checks:
    The exclusion for those who prescribed no controlled drug electronically is not claimed with
    nothing but the low-volume exclusion from electronic prescribing beside it, nor beside a
    large number of electronic prescriptions. A count in the evidence file settles the doubt.

    Why it matters:
    The exclusion asks that no controlled drug was prescribed, not that few were. Many practices
    still claim it for low volume, which it once meant, and could not prove it today.

    How to fix:
    Count the controlled drugs that were prescribed electronically in the period and state the
    number in the evidence file. If there was one, report the query instead of the exclusion.
    """
    exclusion_id, beside = clause["exclusion"], clause["beside"]
    if not answers.is_yes(exclusion_id) or _is_excused_otherwise(answers, exclusion_id, rulebook):
        return None
    if evidence.get(clause["evidence"]) is not None:
        return None  # PIC-MEA-08 compares the count with the claim
    pair = counts.pair(clause["measure"])
    if answers.is_yes(beside):
        doubt = f"beside {label(rulebook, beside)}, which is about low volume only"
    elif pair is not None and pair[1] >= clause["large_denominator"]:
        doubt = f"beside {pair[1]} prescriptions in {clause['measure']}"
    else:
        return None
    return fail_measure(
        rulebook,
        exclusion_id,
        "{measure} is claimed {doubt}: it needs that no controlled drug was e-prescribed",
        expected=0,
        doubt=doubt,
        key="",
        remediation="state the number of controlled drugs that were e-prescribed in {source}; if it"
        " is not zero, report the measure instead",
        source=clause["evidence"],
    )


def _is_excused_otherwise(answers: Answers, exclusion_id: str, rulebook: Rulebook) -> bool:
    """Whether another exclusion of the same measure is claimed too."""
    return any(
        other != exclusion_id and answers.is_yes(other)
        for measure_id in rulebook.measures_excluded_by(exclusion_id)
        for other in rulebook.exclusions_of(measure_id)
    )
