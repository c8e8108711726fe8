from typing import Final

from picheck.api import Answers, CheckResults, Clause, Evidence, Rulebook, rule
from picheck_pi.engagement import HISTORY_TERMS, LATER, ask_level, fail_level, find_earlier_levels
from picheck_pi.parameter_types import Prior

_MESSAGE: Final = (
    "{measure} is at pre-production, and was so already in {year}; only one performance period may"
    " be spent there{conflict}"
)
_CONFLICT: Final = "; the records of that year contradict each other, and the worse is taken"


@rule("PIC-HST-01", "pre-production-repeated", terms=HISTORY_TERMS, evidence="engagementHistory")
def pre_production_repeated(
    answers: Answers, prior: Prior, evidence: Evidence, clause: Clause, rulebook: Rulebook
) -> CheckResults:
    """A registry is at pre-production for a second time.

    What it checks:
    A registry that is reported at pre-production and validation was not at that level in any
    earlier year that counts, even where it was in data production, excluded or left out in
    between. Earlier submissions or the evidence file say what was reported.

    Why it matters:
    A practice may spend only one performance period at pre-production for each registry, once for
    all, and must then be in validated data production. A second period there does not meet the
    measure: the category is zero for a required registry, and the bonus is lost for a bonus
    registry.

    How to fix:
    Find out from the registry whether data production was reached in the period, and report that
    level if so. If not, see whether an exclusion fits.
    """
    results = []
    for measure, history in find_earlier_levels(answers, prior, evidence, clause, rulebook):
        year = history.spent_in
        if year is not None:
            suppressed = "suppressed" if measure.is_suppressed else None
            details = {
                "year": year,
                "conflict": _CONFLICT if LATER in history.reported[year] else "",
                "variant": "bonus" if measure.is_bonus else suppressed,
            }
            results.append(fail_level(measure, _MESSAGE, rulebook, **details))
        elif history.unknown:
            results.append(ask_level(measure, history, rulebook))
    return results
