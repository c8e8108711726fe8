from picheck.api import CheckResults, SourceIssues, fail, rule


@rule("PIC-STR-01", "schema-violation", structural=True)
def schema_violation(source_issues: SourceIssues) -> CheckResults:
    """The document does not follow the published schema.

    What it checks:
    The document against the published JSON Schema: the properties that must be there, and whether
    each holds a text, a number, a list or an object as it should. Every violation is named with
    its place.

    Why it matters:
    The Submissions API cannot read a document of another shape and refuses it. Nothing in a
    refused document is scored, and nothing else in it can be checked before its shape is right.

    How to fix:
    Correct the property at the place named, or ask the vendor whose software wrote the file.
    """
    return [
        fail(
            violation.pointer,
            "{violation.message}",
            from_root=True,
            violation=violation,
            expected=violation.expected,
            actual=violation.actual,
            key=violation.expected or "",
        )
        for violation in source_issues.violations
    ]
