from picheck.api import CheckResults, Clause, SourceIssues, fail, rule
from picheck_pi.term_schemas import TEXTS_BY_TEXT

_HOMES = {
    "submission": "the submission itself",
    "measurementSet": "the measurement set",
    "measurement": "the measurement",
    "value": "the value of the measurement",
}


@rule(
    "PIC-STR-09",
    "property-unrecognised",
    terms={"echoes": TEXTS_BY_TEXT, "not_read": TEXTS_BY_TEXT},
)
def property_unrecognised(source_issues: SourceIssues, clause: Clause) -> CheckResults:
    """A property is known neither to the API nor to the schema.

    What it checks:
    Every property name of the document against those of the Submissions API and of the published
    schema. Where the name belongs to another part of the document, that part is shown; else the
    name that is spelt most like it and is missing. What CMS's own tools and the API's answers write
    beside them is let pass in the years that know it, and only named where it is not read.

    Why it matters:
    The API takes a misspelt property without a word and reads nothing from it. A CMS tool once
    wrote cehrt for cehrtId: the files were accepted, and the category was not scored.

    How to fix:
    Correct the spelling, move the property to where it belongs, or remove it if it is a note of
    your own.
    """
    results = []
    for issue in source_issues.unknown_properties:
        name, near, variant = issue.name, issue.closest_match, None
        if name in clause["echoes"].get(issue.level, ()):
            continue
        if name in clause["not_read"].get(issue.level, ()):
            near, variant = None, "notRead"
            message = "{actual!r} is not read here; whatever it holds does not count"
            remedy = "nothing has to be done, unless something was meant to count by it"
        elif issue.home:
            message = "{actual!r} belongs to {home} and is not read here"
            remedy = "move it to {home}, if it is not there already"
        elif near:
            message = "{actual!r} is no property of the API; did you mean {expected}?"
            remedy = "rename it to {expected}"
        else:
            message = "{actual!r} is no property of the API; whatever it holds is not read"
            remedy = "remove it"
        result = fail(
            issue.pointer,
            message,
            from_root=True,
            expected=near,
            actual=name,
            home=_HOMES.get(issue.home or ""),
            variant=variant,
            remediation=remedy,
        )
        results.append(result)
    return results
