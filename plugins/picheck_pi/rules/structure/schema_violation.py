from picheck.api import CheckResults, SourceIssues, fail, rule

#: How a value is written, by what the schema expects of it.
_WRITTEN = {
    "a whole number": "as a whole number, without quotation marks",
    "a string": "in quotation marks",
    "a string or null": "in quotation marks",
    "an array": "as a list in square brackets",
    "an object": "as an object in curly brackets",
}
#: What is expected of a document that is something else altogether.
_WHOLE = "a submission"
_BY_ITSELF = "give the submission by itself: one in a file, or one on each line of an NDJSON file"
_OR_ASK = ", or ask the vendor whose software wrote the file"


@rule("PIC-STR-01", "schema-violation", structural=True)
def schema_violation(source_issues: SourceIssues) -> CheckResults:
    """The document does not follow the published schema.

    What it checks:
    The document against the published JSON Schema: the properties that must be there, and whether
    each holds a text, a number, a list or an object as it should. Every violation is named with
    its property and its place.

    Why it matters:
    The Submissions API cannot read a document of another shape and refuses it. Nothing in a
    refused document is scored, and nothing else in it can be checked before its shape is right.

    How to fix:
    Correct the property at the place named, or ask the vendor whose software wrote the file.
    """
    return [
        fail(
            violation.pointer,
            "{place}{violation.message}",
            place=_name_place(violation.pointer, violation.actual),
            from_root=True,
            violation=violation,
            expected=violation.expected,
            actual=violation.actual,
            key=violation.expected or "",
            remediation=_find_remedy(violation.expected or "", violation.actual),
        )
        for violation in source_issues.violations
    ]


def _name_place(pointer: str, actual: str | None) -> str:
    """Return the property that holds a wrong value: `performanceYear: `; nothing for others."""
    *above, last = pointer.split("/")
    if actual is None or not above:
        return ""
    return f"an entry of {above[-1]}: " if last.isdigit() else f"{last}: "


def _find_remedy(expected: str, actual: str | None) -> str | None:
    """Return how a value is written or which key is added; None leaves it to the rule."""
    if actual is None:
        return _BY_ITSELF if expected == _WHOLE else 'add "{expected}"' + _OR_ASK
    written = _WRITTEN.get(expected)
    return f"write it {written}{_OR_ASK}" if written else None
