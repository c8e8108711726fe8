from typing import Final

from picheck.api import Answers, CheckResults, Clause, Rulebook, rule
from picheck_pi.findings import fail_measure
from picheck_pi.term_schemas import TEXT_BY_TEXT, choice

_YES: Final = "yes"


@rule(
    "PIC-ATT-01",
    "attestation-missing",
    # where nothing is sent, PIC-STR-02 says so, and once is enough
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
    statements = clause["statements"]
    yes = {i for i, demand in statements.items() if demand == _YES}
    faults = {i: "{measure} is not answered" for i in statements if not answers.has(i)}
    faults |= dict.fromkeys(yes & answers.no, "{measure} is answered no, and {year} demands a yes")
    return [
        fail_measure(
            rulebook,
            i,
            faults[i],
            expected=True if i in yes else [True, False],
            actual=False if answers.has(i) else None,
            year=rulebook.year,
            remediation="answer {id} with yes if that is true and can be proven"
            if i in yes
            else "answer {id} with yes or no",
        )
        for i in statements
        if i in faults
    ]
