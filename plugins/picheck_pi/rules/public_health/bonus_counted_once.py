from picheck.api import Answers, CheckResults, Clause, rule
from picheck_pi.findings import fail_together
from picheck_pi.term_schemas import INTEGER, MEASURE_IDS


@rule("PIC-PUB-06", "bonus-counted-once", terms={"measures": MEASURE_IDS, "points": INTEGER})
def bonus_counted_once(answers: Answers, clause: Clause) -> CheckResults:
    """Several bonus registries are reported for one bonus.

    What it checks:
    Not more than one of the bonus registries is answered yes.

    Why it matters:
    The bonus is given once, however many registries are reported. Each further one adds nothing
    to the score, but has to be proved in an audit like the first.

    How to fix:
    Nothing has to be changed. You may keep the registry that is easiest to prove and leave the
    others out.
    """
    claimed = [i for i in clause["measures"] if answers.is_yes(i)]
    if len(claimed) <= 1:
        return None
    return fail_together(
        claimed,
        "{count} bonus registries are reported ({claimed}); together they earn {points} points",
        place=claimed[1],
        count=len(claimed),
        claimed=", ".join(claimed),
        points=clause["points"],
    )
