from picheck.api import Answers, CheckResults, Clause, Rulebook, rule
from picheck_pi.findings import fail_measure
from picheck_pi.term_schemas import MEASURE_ID, MEASURE_IDS


@rule(
    "PIC-PUB-07",
    "tefca-bonus-unsupported",
    terms={"measure": MEASURE_ID, "needs_one_of": MEASURE_IDS},
)
def tefca_bonus_unsupported(answers: Answers, clause: Clause, rulebook: Rulebook) -> CheckResults:
    """The TEFCA bonus is claimed without a registry in data production.

    What it checks:
    The bonus for public health reporting by the national exchange (TEFCA) is claimed beside at
    least one public health registry that is answered yes at the level of validated data
    production.

    Why it matters:
    The bonus is for data that really flows to a public health agency. Without one such registry
    in the file there is nothing for the bonus to rest on, and its points are lost.

    How to fix:
    Report the registry to which the data flows, with its level. If none has reached data
    production yet, leave the bonus out.
    """
    measure_id, registries = clause["measure"], clause["needs_one_of"]
    reported = [rulebook.measures.get(i) for i in registries if answers.is_yes(i)]
    last_levels = [level for measure in reported if measure for level in measure.levels[-1:]]
    if not answers.is_yes(measure_id) or any(map(answers.is_yes, last_levels)):
        return None
    return fail_measure(
        rulebook,
        measure_id,
        "{measure} is claimed, but no public health registry is reported in data production",
        expected=registries,
        actual=True,
        key="",
        remediation="report {registries} at the level of validated data production, or leave the"
        " bonus out",
        registries=" or ".join(registries),
    )
