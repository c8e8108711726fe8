from collections.abc import Iterator

from picheck.api import CheckResult, CheckResults, Clause, Source, rule
from picheck_pi.qrda_source import NO_QRDA, Fact, facts_of, fail_at, fail_file, is_qrda, quote
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
    return [*_check_versions(source, clause), *_check_names(source, clause)]


def _check_versions(source: Source, clause: Clause) -> Iterator[CheckResult]:
    for row in clause["templates"]:
        found = list(_find_templates(source, row))
        if row["part"] == "report" and not found:
            yield fail_file(
                "the template of the {title} ({root}) is missing",
                expected=row["extension"] or None,
                title=row["title"],
                root=row["root"],
                key="noReport",
            )
        for each in found:
            version = each["extension"]
            if (version or "") != row["extension"]:
                yield fail_at(
                    each,
                    "the template of the {title} has the version {shown}, this year's has {wanted}",
                    expected=row["extension"] or None,
                    actual=version,
                    title=row["title"],
                    shown=quote(version),
                    wanted=quote(row["extension"]),
                    key=row["part"],
                )


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


def _check_names(source: Source, clause: Clause) -> Iterator[CheckResult]:
    namespace = source.facts["namespace"]
    if namespace != clause["namespace"]:
        yield fail_file(
            "the file is in the namespace {shown}, not in {expected}",
            expected=clause["namespace"],
            actual=namespace,
            shown=quote(namespace),
            key="namespace",
        )
    for each in facts_of(source, "measureIds"):
        yield fail_at(
            each,
            "the id of {measure} has the root {shown}, a measure's is {expected}",
            expected=clause["measure_root"],
            actual=each["root"],
            shown=quote(each["root"]),
            key="measureRoot",
        )
