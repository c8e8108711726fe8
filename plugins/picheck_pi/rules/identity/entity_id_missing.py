"""The entity id is missing."""

from __future__ import annotations

from picheck.api import Answers, DocumentContext, rule


@rule(
    "PIC-IDN-05",
    "entity-id-missing",
    scope="document",
    terms={"entity_types": {"type": "list", "minlength": 1, "schema": {"type": "string"}}},
)
def entity_id_missing(ctx: DocumentContext) -> Answers:
    """The entity id is missing.

    What it checks:
    That an APM Entity, a virtual group or a subgroup gives the entityId that CMS assigned to it.

    Why it matters:
    These entities are not identified by a TIN. Without the id the API cannot tell whose data it is
    and refuses the document.

    How to fix:
    Copy the id from the letter or the QPP account of the entity. It is not a TIN and not an NPI.
    """
    submission = ctx.submission
    if submission is None or submission.entity_type not in ctx.clause["entity_types"]:
        return ctx.not_applicable("this entity type is not identified by an entityId")
    entity_id = submission.entity_id
    if entity_id is not None and entity_id.strip():
        return None
    return ctx.fail(
        ctx.keys_pointer if entity_id is None else ctx.place("entityId"),
        "entityId is missing: a submission of type {entity_type} cannot do without it",
        entity_type=submission.entity_type,
        key="entityId",
        fix="give the id that CMS assigned to this entity as entityId",
    )
