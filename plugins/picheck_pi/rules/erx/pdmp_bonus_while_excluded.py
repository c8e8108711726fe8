from picheck.api import Answers, CheckResults, Clause, Rulebook, fail, related, rule
from picheck_pi.measure_index import label
from picheck_pi.term_schemas import MEASURE_ID


@rule(
    "PIC-ERX-03",
    "pdmp-bonus-while-excluded",
    terms={"exclusion": MEASURE_ID, "measure": MEASURE_ID},
)
def pdmp_bonus_while_excluded(answers: Answers, clause: Clause, rulebook: Rulebook) -> CheckResults:
    """The PDMP bonus is claimed while electronic prescribing is excluded.

    What it checks:
    The bonus for querying the prescription drug monitoring program (PDMP) is not claimed beside
    the exclusion from electronic prescribing.

    Why it matters:
    The bonus needs a query for a drug that was prescribed electronically with the certified
    technology. Where the exclusion says that there was little to prescribe, an auditor will ask for
    that prescription.

    How to fix:
    Keep the proof of at least one such query and prescription, or leave the bonus out: it is
    voluntary, and leaving it out costs nothing else.
    """
    exclusion_id, measure_id = clause["exclusion"], clause["measure"]
    if not (answers.is_yes(exclusion_id) and answers.is_yes(measure_id)):
        return None
    return fail(
        f"/measurements/{measure_id}",
        "{measure} is claimed as a bonus although {exclusion} is claimed",
        actual=True,
        measure=label(rulebook, measure_id),
        exclusion=label(rulebook, exclusion_id),
        related=[related(f"/measurements/{exclusion_id}", exclusion_id)],
    )
