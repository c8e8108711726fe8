from collections.abc import Iterator

from picheck.api import CheckResult, CheckResults, Clause, Source, rule
from picheck_pi.qrda_source import (
    FILE,
    NO_QRDA,
    NO_YEAR,
    Fact,
    facts_of,
    fail_at,
    has_year,
    is_qrda,
    quote,
)
from picheck_pi.term_schemas import TEXT, VERSION, rows


@rule(
    "PIC-QRD-02",
    "template-of-another-year",
    structural=True,
    terms={
        "templates": rows(part=TEXT, title=TEXT, root=TEXT, extension=VERSION),
        "namespace": TEXT,
        "measure_root": TEXT,
    },
)
def template_of_another_year(source: Source, clause: Clause) -> CheckResults:
    """A part of the file follows another year's template, or is named by another id.

    What it checks:
    The versions of the templates of the report, of the section and of its reporting parameters,
    the namespace of the file, and the root of the measures' ids.

    Why it matters:
    CMS's converter looks at the ids of templates and not at their versions, and takes the file;
    the published Schematron, with which certified software is tested, does not. Such a file comes
    from software that was set up for another year.

    How to fix:
    Update the export of the EHR for the performance year and write the file again.
    """
    if not is_qrda(source):
        return NO_QRDA
    if not has_year(source):
        return NO_YEAR
    results = [result for row in clause["templates"] for result in _check_versions(source, row)]
    namespace, expected = source.facts["namespace"], clause["namespace"]
    if namespace != expected:
        message = "the file is in the namespace {shown}, not in {expected}"
        details = {"expected": expected, "actual": namespace, "key": "namespace"}
        results.append(fail_at(FILE, message, **details))
    message = "the id of {measure} has the root {shown}, a measure's is {expected}"
    root = clause["measure_root"]
    return results + [
        fail_at(each, message, expected=root, actual=each["root"], key="measureRoot")
        for each in facts_of(source, "measureIds")
    ]


def _check_versions(source: Source, row: Fact) -> Iterator[CheckResult]:
    """Yield a finding for each template of a row that has another version than the row says."""
    found, version = list(_find_templates(source, row)), row["extension"]
    details = {"expected": version or None, "title": row["title"]}
    if row["part"] == "report" and not found:
        message = "the template of the {title} ({root}) is missing"
        yield fail_at(FILE, message, root=row["root"], key="noReport", **details)
    message = "the template of the {title} has the version {shown}, this year's has {wanted}"
    details |= {"wanted": quote(version), "key": row["part"]}
    for each in found:
        if (each["extension"] or "") != version:
            yield fail_at(each, message, actual=each["extension"], **details)


def _find_templates(source: Source, row: Fact) -> Iterator[Fact]:
    """Yield each template that a row speaks of; the place of a section's is the section."""
    if row["part"] == "parameters":
        yield from facts_of(source, "parameters")
        return
    templates = facts_of(source, "templates")
    if row["part"] == "section":
        sections = facts_of(source, "sections")
        templates = [{**s, **template} for s in sections for template in s["templates"]]
    yield from (each for each in templates if each["root"] == row["root"])
