from picheck.api import Answers, CheckResults, Clause, Rulebook, rule
from picheck_pi.findings import fail_together
from picheck_pi.measure_index import label
from picheck_pi.term_schemas import MEASURE_IDS


@rule(
    "PIC-HIE-02",
    "exchange-options-mixed",
    terms={"exclusions": MEASURE_IDS, "options": MEASURE_IDS},
)
def exchange_options_mixed(answers: Answers, clause: Clause, rulebook: Rulebook) -> CheckResults:
    """Exclusions from sending or receiving are claimed beside a statement that covers both.

    What it checks:
    No exclusion from sending or from receiving is claimed beside one of the statements that
    replace the two measures, whatever its answer.

    Why it matters:
    The file says two things at once: that there was nothing to exchange, and that everything was
    exchanged. No rule of CMS that is known refuses it, so it would be scored, and one of the two
    answers could not be proven in a data validation.

    How to fix:
    If the statement is true, take the exclusions out: it needs none. If it is not, take the
    statement out and report or exclude both sending and receiving.
    """
    claimed = [i for i in clause["exclusions"] if answers.is_yes(i)]
    beside = [i for i in clause["options"] if answers.has(i)]
    if not claimed or not beside:
        return None
    message = "{exclusions} claimed beside {option}, which needs no exclusion"
    exclusions, option = " and ".join(claimed), " and ".join(label(rulebook, i) for i in beside)
    return fail_together([*claimed, *beside], message, exclusions=exclusions, option=option)
