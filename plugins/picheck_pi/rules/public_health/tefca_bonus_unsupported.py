from picheck.api import Answers, CheckResults, Clause, Rulebook, fail, rule
from picheck_pi.measure_index import label
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
    if not answers.is_yes(measure_id):
        return None
    if any(_is_in_production(answers, registry, rulebook) for registry in registries):
        return None
    return fail(
        f"/measurements/{measure_id}",
        "{measure} is claimed, but no public health registry is reported in data production",
        expected=registries,
        actual=True,
        measure=label(rulebook, measure_id),
        remediation="report {registries} at the level of validated data production, or leave the"
        " bonus out",
        registries=" or ".join(registries),
    )


def _is_in_production(answers: Answers, registry: str, rulebook: Rulebook) -> bool:
    """Whether a registry is answered yes at its last level."""
    measure = rulebook.measures.get(registry)
    last = measure.levels[-1:] if measure else ()
    return answers.is_yes(registry) and any(map(answers.is_yes, last))
