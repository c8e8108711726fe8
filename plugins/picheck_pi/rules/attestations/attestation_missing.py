from typing import Final

from picheck.api import Answers, CheckResults, Clause, Rulebook, rule
from picheck_pi.findings import fail_measure
from picheck_pi.term_schemas import TEXT_BY_TEXT, choice

_YES: Final = "yes"


@rule(
    "PIC-ATT-01",
    "attestation-missing",
    needs="PIC-STR-02",
    terms={"statements": {**TEXT_BY_TEXT, "minlength": 1, "valuesrules": choice(_YES, "answered")}},
)
def attestation_missing(answers: Answers, clause: Clause, rulebook: Rulebook) -> CheckResults:
    """A required statement is missing or not answered as the year demands.

    What it checks:
    Each statement that the year requires: most must be answered yes, some may only need an answer.
    An answer that is neither yes nor no is left to the check of value types.

    Why it matters:
    The statements earn no points themselves, but without them the whole category scores zero.
    That holds also where the form of a registry offers "no" as an answer.

    How to fix:
    Answer the statement if it is true and the practice can prove it. Only the practice itself can
    answer it; where it is not true, the category cannot be earned.
    """
    results = []
    for measure_id, demand in clause["statements"].items():
        needs_yes = demand == _YES
        if not answers.has(measure_id):
            message, actual = "{measure} is not answered", None
        elif needs_yes and answers.is_no(measure_id):
            message, actual = "{measure} is answered no, and {year} demands a yes", False
        else:
            continue
        result = fail_measure(
            rulebook,
            measure_id,
            message,
            expected=True if needs_yes else [True, False],
            actual=actual,
            year=rulebook.year,
            remediation="answer {id} with yes if that is true and can be proven"
            if needs_yes
            else "answer {id} with yes or no",
        )
        results.append(result)
    return results
