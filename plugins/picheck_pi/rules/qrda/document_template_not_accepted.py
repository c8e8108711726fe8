from picheck.api import CheckResults, Clause, Source, rule
from picheck_pi.qrda_source import FILE, NO_QRDA, NO_YEAR, facts_of, fail_at, has_year, is_qrda
from picheck_pi.term_schemas import SOME_TEXTS, TEXT


@rule(
    "PIC-QRD-01",
    "document-template-not-accepted",
    structural=True,
    terms={"root": TEXT, "extensions": SOME_TEXTS, "guide": TEXT},
)
def document_template_not_accepted(source: Source, clause: Clause) -> CheckResults:
    """The document does not follow the year's template.

    What it checks:
    That the QRDA III file carries the template of CMS's implementation guide in the version of
    the performance year.

    Why it matters:
    CMS's converter takes a file by this version alone. One of another year, or of a draft of the
    guide, is refused as a whole, whatever is in it.

    How to fix:
    Have the EHR export the file again for the performance year; ask the vendor for the version of
    the guide that the message names. Changing the version by hand does not change the rest.
    """
    if not is_qrda(source):
        return NO_QRDA
    if not has_year(source):
        return NO_YEAR
    root, accepted = clause["root"], clause["extensions"]
    found = [each for each in facts_of(source, "templates") if each["root"] == root]
    if any(each["extension"] in accepted for each in found):
        return None
    first = found[0] if found else FILE
    fault = "has the version {shown}" if found else "is missing"
    return fail_at(
        first,
        f"the template {{root}} {fault}; CMS takes {{wanted}} for this year",
        expected=accepted,
        actual=first.get("extension"),
        root=root,
        wanted=" or ".join(accepted),
        guide=clause["guide"],
        remediation="export the file again by the {guide}",
    )
