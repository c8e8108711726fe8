"""A property is known neither to the API nor to the schema."""

from __future__ import annotations

from picheck.api import Answers, DocumentContext, rule


@rule("PIC-STR-09", "property-unrecognised", scope="document")
def property_unrecognised(ctx: DocumentContext) -> Answers:
    """A property is known neither to the API nor to the schema.

    What it checks:
    Every property name of the document against those of the Submissions API and of the published
    schema; the nearest known name is shown.

    Why it matters:
    The API takes a misspelt property without a word and reads nothing from it. A CMS tool once
    wrote cehrt for cehrtId: the files were accepted, and the category was not scored.

    How to fix:
    Correct the spelling, or remove the property if it is a note of your own.
    """
    if not ctx.text.unknown_properties:
        return None
    return [
        ctx.fail(
            unknown.pointer,
            "{actual!r} is no property of the API; did you mean {expected}?"
            if unknown.nearest
            else "{actual!r} is no property of the API; whatever it holds is not read",
            expected=unknown.nearest,
            actual=unknown.name,
            fix="rename it to {expected}" if unknown.nearest else "remove it",
        )
        for unknown in ctx.text.unknown_properties
    ]
