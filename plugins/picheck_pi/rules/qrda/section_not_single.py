from picheck.api import CheckResults, Source, related, rule
from picheck_pi.qrda_source import FILE, NO_QRDA, facts_of, fail_at, fail_several, has_year, is_qrda


@rule("PIC-QRD-09", "section-not-single", structural=True)
def section_not_single(source: Source) -> CheckResults:
    """The file does not have exactly one section of this category.

    What it checks:
    That the QRDA III file has one section of this category. A file that has none is reported here
    where nothing else could be read of it either; otherwise the missing measurement set is.

    Why it matters:
    CMS's converter refuses a file with two such sections, and one without any section.

    How to fix:
    Export one section with all answers and counts. A file that is meant for other categories only
    need not be checked here.
    """
    if not is_qrda(source):
        return NO_QRDA
    sections = facts_of(source, "sections")
    own = [section for section in sections if section["kind"] == "pi"]
    if len(own) > 1:
        message = "the file has {actual} sections of this category, one is allowed"
        first = related(own[0]["pointer"], "the first of them")
        return fail_several(own, message, related=[first], key="several")
    if own or has_year(source):
        return None
    kinds = sorted({section["kind"] or "unknown" for section in sections})
    message = "the file has no section of this category; its sections are: {kinds}"
    if not kinds:
        message = "the file has no section at all"
    return fail_at(FILE, message, kinds=", ".join(kinds), variant="missing", key="missing")
