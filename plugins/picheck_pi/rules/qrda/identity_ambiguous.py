from picheck.api import CheckResults, Clause, Source, rule
from picheck_pi.qrda_source import NO_QRDA, facts_of, fail_at, fail_several, is_qrda
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
    given = [("cehrtIds", "CMS EHR Certification IDs", facts_of(source, "cehrtIds"))]
    if entity_type in clause["with_tin"]:
        given.append(("tin", "TINs", [each for each in performers if each["kind"] == "tin"]))
    if entity_type in clause["with_npi"]:
        given.append(("npi", "NPIs", npis))
    message = "the file gives {actual} {title}; the first one counts, the others are not read"
    results = [
        fail_several(found, message, title=title, key=key)
        for key, title, found in given
        if len(found) > 1
    ]
    if npis and entity_type is not None and entity_type not in clause["with_npi"]:
        message = "the file gives an NPI, which is not read for the entity type {type}"
        remedy = 'write nullFlavor="NA" in place of the NPI, or report as an individual'
        results.append(fail_at(npis[0], message, type=entity_type, remediation=remedy, key="npi"))
    return results
