from collections.abc import Sequence

from picheck.api import CheckResult, CheckResults, Clause, Source, rule
from picheck_pi.qrda_source import NO_QRDA, Fact, facts_of, fail_at, fail_several, is_qrda
from picheck_pi.term_schemas import SOME_TEXTS


@rule(
    "PIC-QRD-04",
    "identity-ambiguous",
    structural=True,
    terms={"with_tin": SOME_TEXTS, "with_npi": SOME_TEXTS},
)
def identity_ambiguous(source: Source, clause: Clause) -> CheckResults:
    """The file gives an identifier several times, or one that its program has no use for.

    What it checks:
    That there is one CMS EHR Certification ID, one TIN for a practice, one NPI for an individual,
    and no NPI for any other entity type.

    Why it matters:
    Of several identifiers CMS's converter takes the first and passes over the others without a
    word. A file that holds several clinicians reports for one of them only.

    How to fix:
    Write one file for each clinician or practice, and leave only the certification id that covers
    the whole period.
    """
    if not is_qrda(source):
        return NO_QRDA
    performers, entity_type = facts_of(source, "performers"), source.facts["entityType"]
    npis = [each for each in performers if each["kind"] == "npi"]
    found = [_check_single(facts_of(source, "cehrtIds"), "cehrtIds", "CMS EHR Certification IDs")]
    if entity_type in clause["with_tin"]:
        tins = [each for each in performers if each["kind"] == "tin"]
        found.append(_check_single(tins, "tin", "TINs"))
    if entity_type in clause["with_npi"]:
        found.append(_check_single(npis, "npi", "NPIs"))
    elif entity_type is not None and npis:
        found.append(_fail_unused(npis[0], entity_type))
    return [result for result in found if result]


def _check_single(given: Sequence[Fact], key: str, title: str) -> CheckResult | None:
    """Return the failure of an identifier that is given more than once."""
    message = "the file gives {actual} {title}; the first one counts, the others are not read"
    return fail_several(given, message, title=title, key=key) if len(given) > 1 else None


def _fail_unused(npi: Fact, entity_type: str) -> CheckResult:
    """Return the failure of an NPI for an entity type that has none."""
    message = "the file gives an NPI, which is not read for the entity type {entity_type}"
    remedy = 'write nullFlavor="NA" in place of the NPI, or report as an individual'
    return fail_at(npi, message, entity_type=entity_type, remediation=remedy, key="npi")
