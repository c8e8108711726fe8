from typing import Final

from picheck.api import Answers, CheckResults, Rulebook, rule
from picheck_pi.findings import fail_measure
from picheck_pi.measure_index import index_of

_NOT_ANSWERED: Final = "add {levels}, whichever is true"
# Both levels may not be in one set, whatever they say.
_ANSWERED_NO: Final = (
    "keep the one of {levels} that is true, answer it with yes, and leave the other out"
)


@rule("PIC-PUB-03", "engagement-level-missing")
def engagement_level_missing(answers: Answers, rulebook: Rulebook) -> CheckResults:
    """A registry is reported without the level of engagement.

    What it checks:
    Each registry that is answered yes comes with one of its levels of active engagement:
    pre-production and validation, or validated data production.

    Why it matters:
    A yes without its level is half an answer. For a required registry it brings the whole
    category to zero; for a bonus registry the bonus is lost.

    How to fix:
    Ask the registry or the EHR vendor which level was reached in the period, and add the one id
    of that level with the value true.
    """
    return [
        fail_measure(
            rulebook,
            measure.id,
            "{measure} is answered yes without its level of active engagement",
            expected=measure.levels,
            remediation=_ANSWERED_NO
            if any(answers.has(level) for level in measure.levels)
            else _NOT_ANSWERED,
            levels=" or ".join(measure.levels),
            variant="bonus" if measure.is_bonus else None,
        )
        for measure in index_of(rulebook).with_levels
        if answers.is_yes(measure.id) and answers.yes.isdisjoint(measure.levels)
    ]
