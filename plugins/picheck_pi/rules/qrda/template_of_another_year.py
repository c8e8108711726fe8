from collections.abc import Iterator, Mapping
from typing import Any

from picheck.api import CheckResult, CheckResults, Clause, Source, fail, rule
from picheck_pi.qrda_source import NO_QRDA, facts_of, is_qrda, quote
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
        found = list(_find_versions(source, row))
        if row["part"] == "report" and not found:
            yield fail(
                "",
                "the template of the {title} ({root}) is missing",
                from_root=True,
                expected=row["extension"] or None,
                title=row["title"],
                root=row["root"],
                key="noReport",
            )
        for pointer, version in found:
            if (version or "") != row["extension"]:
                yield fail(
                    pointer,
                    "the template of the {title} has the version {shown}, this year's has {wanted}",
                    from_root=True,
                    expected=row["extension"] or None,
                    actual=version,
                    title=row["title"],
                    shown=quote(version),
                    wanted=quote(row["extension"]),
                    key=row["part"],
                )


def _find_versions(source: Source, row: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Yield the place and the version of each template that a row speaks of."""
    if row["part"] == "report":
        for each in facts_of(source, "templates"):
            if each["root"] == row["root"]:
                yield each["pointer"], each["extension"]
    elif row["part"] == "section":
        for section in facts_of(source, "sections"):
            for each in section["templates"]:
                if each["root"] == row["root"]:
                    yield section["pointer"], each["extension"]
    else:
        for each in facts_of(source, "parameters"):
            yield each["pointer"], each["extension"]


def _check_names(source: Source, clause: Clause) -> Iterator[CheckResult]:
    namespace = source.facts["namespace"]
    if namespace != clause["namespace"]:
        yield fail(
            "",
            "the file is in the namespace {shown}, not in {expected}",
            from_root=True,
            expected=clause["namespace"],
            actual=namespace,
            shown=quote(namespace),
            key="namespace",
        )
    for each in facts_of(source, "measureIds"):
        yield fail(
            each["pointer"],
            "the id of {measure} has the root {shown}, a measure's is {expected}",
            from_root=True,
            expected=clause["measure_root"],
            actual=each["root"],
            shown=quote(each["root"]),
            measure=each["measure"],
            measures=(each["measure"],),
            key="measureRoot",
        )
