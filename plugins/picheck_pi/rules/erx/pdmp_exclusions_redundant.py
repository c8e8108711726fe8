from picheck.api import Answers, CheckResults, Clause, Rulebook, rule
from picheck_pi.findings import fail_together
from picheck_pi.measure_index import label
from picheck_pi.term_schemas import MEASURE_ID


@rule("PIC-ERX-04", "pdmp-exclusions-redundant", terms={"measure": MEASURE_ID})
def pdmp_exclusions_redundant(answers: Answers, clause: Clause, rulebook: Rulebook) -> CheckResults:
    """More PDMP exclusions are claimed than are needed.

    What it checks:
    Only one exclusion from querying the prescription drug monitoring program (PDMP) is claimed.

    Why it matters:
    One exclusion excuses fully; a further one adds nothing but another statement that has to be
    proved in an audit.

    How to fix:
    Keep the exclusion that is easiest to prove and leave the others out.
    """
    claimed = [i for i in rulebook.exclusions_of(clause["measure"]) if answers.is_yes(i)]
    if len(claimed) <= 1:
        return None
    return fail_together(
        claimed,
        "{measure} is excluded {count} times: {exclusions}; one is enough",
        place=claimed[1],
        measure=label(rulebook, clause["measure"]),
        count=len(claimed),
        exclusions=" and ".join(claimed),
    )
