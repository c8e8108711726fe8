from picheck.api import CheckResults, Clause, Source, rule
from picheck_pi.qrda_source import NO_QRDA, facts_of, fail_at, fail_file, is_qrda, quote
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
    root, accepted = clause["root"], clause["extensions"]
    found = [each for each in facts_of(source, "templates") if each["root"] == root]
    if any(each["extension"] in accepted for each in found):
        return None
    terms = {"root": root, "wanted": " or ".join(accepted), "guide": clause["guide"]}
    remedy = "export the file again by the {guide}"
    if not found:
        message = "the template {root} is missing; CMS takes {wanted} for this year"
        return fail_file(message, expected=accepted, remediation=remedy, **terms)
    return fail_at(
        found[0],
        "the template {root} has the version {shown}; CMS takes {wanted} for this year",
        expected=accepted,
        actual=found[0]["extension"],
        shown=quote(found[0]["extension"]),
        remediation=remedy,
        **terms,
    )
