"""The entity type is not accepted for this category."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from picheck.api import Answer, Answers, DocumentContext, nearest, rule

_TYPES: Final = {"type": "list", "schema": {"type": "string"}}


@rule(
    "PIC-IDN-01",
    "entity-type-not-accepted",
    scope="document",
    terms={
        "entity_types": {**_TYPES, "minlength": 1},
        "refused_programs": {"type": "dict", "valuesrules": _TYPES},
        "doubtful": _TYPES,
    },
)
def entity_type_not_accepted(ctx: DocumentContext) -> Answers:
    """The entity type is not accepted for this category.

    What it checks:
    That entityType is one that may submit this category in the performance year, and that it may
    do so under the program of the measurement set.

    Why it matters:
    The API refuses the whole document. Which entities may submit has changed over the years: APM
    Entities and subgroups could not always, and virtual groups cannot use the APM pathways.

    How to fix:
    Submit as the entity that CMS has on record, spelt as the message shows it, or under a program
    that is open to it.
    """
    submission, clause = ctx.submission, ctx.clause
    if submission is None:
        return None
    entity_type = submission.entity_type
    if entity_type in clause["doubtful"]:
        return [*_refused_programs(ctx, entity_type)] or _doubtful(ctx, entity_type)
    if entity_type not in clause["entity_types"]:
        return _unknown(ctx, entity_type)
    if entity_type in clause["refused_programs"]:
        return [*_refused_programs(ctx, entity_type)] or None
    return None


def _unknown(ctx: DocumentContext, entity_type: str) -> Answer:
    accepted = list(ctx.clause["entity_types"])
    near = nearest(entity_type, accepted)
    return ctx.fail(
        ctx.place("entityType"),
        "entityType {actual!r} is not accepted in {year}{hint}",
        expected=accepted,
        actual=entity_type,
        year=ctx.rulebook.year,
        hint=f"; did you mean {near}?" if near else "",
        accepted=", ".join(accepted),
        fix="submit as one of: {accepted}",
    )


def _doubtful(ctx: DocumentContext, entity_type: str) -> Answer:
    return ctx.fail(
        ctx.place("entityType"),
        "sources disagree whether {actual} may submit this category in {year}",
        actual=entity_type,
        year=ctx.rulebook.year,
        variant="doubtful",
        fix="ask CMS or the registry before sending; the API may refuse the document",
    )


def _refused_programs(ctx: DocumentContext, entity_type: str) -> Iterator[Answer]:
    refused = ctx.clause["refused_programs"].get(entity_type, ())
    for view in ctx.sets:
        if view.record.program_name in refused:
            yield ctx.fail(
                "/programName",
                "{entity_type} cannot submit under {actual}",
                at=view,
                actual=view.record.program_name,
                entity_type=entity_type,
                related=[ctx.also(ctx.place("entityType"), entity_type)],
                fix="submit under another program, or as the APM Entity",
            )
