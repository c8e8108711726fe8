from picheck.api import CheckResults, Source, fail, related, rule
from picheck_pi.qrda_source import NO_QRDA, NO_YEAR, facts_of, has_year, is_qrda


@rule("PIC-QRD-08", "year-from-another-section", structural=True)
def year_from_another_section(source: Source) -> CheckResults:
    """The year that CMS reads is not the one of this category's period.

    What it checks:
    That the first period of the file, which may be another section's, is of the same year as the
    period of this category.

    Why it matters:
    CMS's converter takes the performance year from the first period that it meets. If that is of
    another year, the whole file is taken for that year.

    How to fix:
    Correct the period of the first section, or export the categories of each year to a file of
    their own.
    """
    if not is_qrda(source):
        return NO_QRDA
    if not has_year(source):
        return NO_YEAR
    year = source.facts["performanceYear"]
    return [
        fail(
            "/performanceYear",
            "CMS reads {actual} from the first period of the file; this category's is of {own}",
            expected=int(own) if own.isdecimal() else own,
            actual=year,
            own=own,
            related=[related(section["pointer"], "the section of this category")],
            key=own,
        )
        for section in facts_of(source, "sections")
        if section["kind"] == "pi"
        for own in section["years"]
        if own != str(year)
    ]
