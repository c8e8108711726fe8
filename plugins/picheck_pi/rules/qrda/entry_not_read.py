from picheck.api import CheckResult, CheckResults, Rulebook, Source, rule
from picheck_pi.qrda_source import NO_QRDA, Fact, facts_of, fail_at, is_qrda


@rule("PIC-QRD-05", "entry-not-read", structural=True)
def entry_not_read(source: Source, rulebook: Rulebook) -> CheckResults:
    """An entry of the file is passed over by CMS's converter.

    What it checks:
    That every entry of the section follows a template that the converter knows, and that no
    measure of this category is in another section.

    Why it matters:
    The converter drops what it does not know and says nothing. The file is taken, and a required
    yes that is plain to see in it never reaches CMS. Counts in another section make it refuse the
    file.

    How to fix:
    Have the EHR vendor correct the template of the entry: there is one for yes and no, and one
    for numerator and denominator.
    """
    if not is_qrda(source):
        return NO_QRDA
    return [_fail(entry, rulebook) for entry in facts_of(source, "unread")]


def _fail(entry: Fact, rulebook: Rulebook) -> CheckResult:
    measure_id = entry["measure"] or ""
    measure = rulebook.measures.get(measure_id)
    is_needed = measure is not None and (measure.is_required or measure.category == "exclusion")
    variant = "required" if is_needed else None
    message = "{what} follows no template that CMS reads ({templates}), so it is dropped"
    if entry["misplaced"] and entry["counts"]:
        message = "{what} has counts outside of this category's section; CMS refuses the file"
        variant = "refused"
    elif entry["misplaced"]:
        message = "{what} is in another section than this category's, so CMS does not read it there"
    return fail_at(
        entry,
        message,
        actual=entry["answer"],
        what=f"the entry of {entry['measure']}"
        if entry["measure"]
        else "an entry without a measure",
        templates=", ".join(entry["templates"]) or "it names none",
        variant=variant,
        key=measure_id,
    )
