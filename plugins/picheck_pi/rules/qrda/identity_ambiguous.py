from collections.abc import Iterator

from picheck.api import CheckResult, CheckResults, Clause, Source, fail, rule
from picheck_pi.qrda_source import NO_QRDA, facts_of, is_qrda
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
    found = [*_check_several(source, "cehrtIds", None, "CMS EHR Certification IDs")]
    entity_type = source.facts["entityType"]
    if entity_type in clause["with_tin"]:
        found += _check_several(source, "performers", "tin", "TINs")
    if entity_type in clause["with_npi"]:
        found += _check_several(source, "performers", "npi", "NPIs")
    elif entity_type is not None:
        found += _check_unused(source, entity_type)
    return found


def _check_several(
    source: Source, kind: str, which: str | None, title: str
) -> Iterator[CheckResult]:
    given = [e for e in facts_of(source, kind) if which is None or e["kind"] == which]
    if len(given) > 1:
        yield fail(
            given[1]["pointer"],
            "the file gives {actual} {title}; the first one counts, the others are not read",
            from_root=True,
            expected=1,
            actual=len(given),
            title=title,
            key=which or kind,
        )


def _check_unused(source: Source, entity_type: str) -> Iterator[CheckResult]:
    given = [each for each in facts_of(source, "performers") if each["kind"] == "npi"]
    if given:
        yield fail(
            given[0]["pointer"],
            "the file gives an NPI, which is not read for the entity type {entity_type}",
            from_root=True,
            entity_type=entity_type,
            remediation='write nullFlavor="NA" in place of the NPI, or report as an individual',
            key="npi",
        )
