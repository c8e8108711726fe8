from picheck.api import Answers, CheckResults, Clause, Evidence, Rulebook, rule
from picheck_pi.engagement import HISTORY_TERMS, LATER, ask_level, fail_level, find_earlier_levels
from picheck_pi.parameter_types import Prior


@rule("PIC-HST-02", "engagement-moved-back", terms=HISTORY_TERMS, evidence="engagementHistory")
def engagement_moved_back(
    answers: Answers, prior: Prior, evidence: Evidence, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """A registry fell back from data production to pre-production.

    What it checks:
    A registry that is reported at pre-production and validation was not in validated data
    production in an earlier year. Where pre-production itself is repeated, there is a rule of
    its own about that.

    Why it matters:
    Engagement is expected to move forward. A step back is most often a wrong level in this file,
    or was one in the earlier file, and invites the question which of them was true.

    How to fix:
    Compare the two years with the registry's own confirmations. If the step back is real,
    because the registry or the EHR changed, keep the letters that show it.
    """
    message = "{measure} is at pre-production, but was in data production in {year}"
    results = []
    for measure, history in find_earlier_levels(answers, prior, evidence, clause, rulebook):
        if history.spent_in is not None:
            continue
        year = next((y for y, levels in history.reported.items() if LATER in levels), None)
        if year is not None:
            results.append(fail_level(measure, message, rulebook, year=year))
        elif history.unknown:
            results.append(ask_level(measure, history, rulebook))
    return results
