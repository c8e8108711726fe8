from picheck.api import CheckResults, Clause, Entity, fail, rule
from picheck_pi.parameter_types import Sets
from picheck_pi.patterns import is_in_any
from picheck_pi.term_schemas import TEXTS


@rule(
    "PIC-STR-10",
    "sample-value-left-in",
    scope="document",
    terms={"cehrt_id_patterns": TEXTS, "tin_prefixes": TEXTS, "npis": TEXTS},
)
def sample_value_left_in(entity: Entity, sets: Sets, clause: Clause) -> CheckResults:
    """A placeholder of the published samples was left in.

    What it checks:
    The TIN, the NPI and the CMS EHR Certification ID against the placeholders of the published
    sample files: a row of X in the certification id, a TIN or an NPI that only samples use.

    Why it matters:
    A placeholder has the right form, so the API may take it. The data is then scored for no one,
    or without certified technology.

    How to fix:
    Put in the practice's own number. The certification id is the one that the Certified Health IT
    Product List gives for the products the practice used.
    """
    are_samples = {
        "taxpayerIdentificationNumber": (entity.tin or "").startswith(clause["tin_prefixes"]),
        "nationalProviderIdentifier": entity.npi in clause["npis"],
    }
    # without the number itself: it may be someone's after all
    message, remedy = "{name} is one that only samples use", "put in the practice's own {name}"
    numbers = [
        fail(f"/{name}", message, name=name, remediation=remedy)
        for name, is_sample in are_samples.items()
        if is_sample
    ]
    message = "cehrtId {actual!r} still holds a placeholder"
    remedy = "put in the CMS EHR Certification ID of the products that were used"
    cehrt_ids = [
        fail("/cehrtId", message, at=view, actual=view.cehrt_id, remediation=remedy)
        for view in sets
        if is_in_any(clause["cehrt_id_patterns"], (view.cehrt_id or "").upper())
    ]
    return numbers + cehrt_ids
