from picheck.api import Answers, CheckResults, Clause, Rulebook, rule
from picheck_pi.findings import fail_measure
from picheck_pi.measure_index import label
from picheck_pi.term_schemas import TEXT_BY_TEXT


@rule("PIC-PUB-02", "second-registry-without-first", terms={"second": TEXT_BY_TEXT})
def second_registry_without_first(
    answers: Answers, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """A second registry of a kind is reported without the first.

    What it checks:
    The id for a second registry of the same kind is answered yes only where the kind itself is
    answered yes.

    Why it matters:
    A second registry of a kind counts only beside the first. Alone it is not counted, and it looks
    as if an answer had been lost.

    How to fix:
    If it is the only registry of its kind, report it under the id of the kind. If there are
    two, add the answer that is missing.
    """
    return [
        fail_measure(
            rulebook,
            second_id,
            "{measure} is answered yes without {first}",
            expected=first_id,
            actual=second_id,
            first=label(rulebook, first_id),
            measures=[second_id, first_id],
        )
        for first_id, second_id in clause["second"].items()
        if answers.is_yes(second_id) and not answers.is_yes(first_id)
    ]
