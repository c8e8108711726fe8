"""A property is known neither to the API nor to the schema."""

from __future__ import annotations

from picheck.api import CheckResults, SourceIssues, fail, rule


@rule("PIC-STR-09", "property-unrecognised")
def property_unrecognised(source_issues: SourceIssues) -> CheckResults:
    """A property is known neither to the API nor to the schema.

    What it checks:
    Every property name of the document against those of the Submissions API and of the published
    schema; the name that is spelt most like it is shown.

    Why it matters:
    The API takes a misspelt property without a word and reads nothing from it. A CMS tool once
    wrote cehrt for cehrtId: the files were accepted, and the category was not scored.

    How to fix:
    Correct the spelling, or remove the property if it is a note of your own.
    """
    return [
        fail(
            issue.pointer,
            "{actual!r} is no property of the API; did you mean {expected}?"
            if issue.closest_match
            else "{actual!r} is no property of the API; whatever it holds is not read",
            from_root=True,
            expected=issue.closest_match,
            actual=issue.name,
            remediation="rename it to {expected}" if issue.closest_match else "remove it",
        )
        for issue in source_issues.unknown_properties
    ]
