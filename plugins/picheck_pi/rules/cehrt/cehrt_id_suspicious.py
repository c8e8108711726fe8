"""The CMS EHR Certification ID looks mistyped or is of an undocumented form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from picheck.api import Answer, Answers, SetContext, rule
from picheck_pi.patterns import fits_any

_TEXT: Final = {"type": "string"}


@rule(
    "PIC-CEH-04",
    "cehrt-id-suspicious",
    scope="set",
    needs=("PIC-CEH-01", "PIC-CEH-02", "PIC-CEH-03", "PIC-STR-10"),
    terms={
        "documented": {"type": "list", "minlength": 1, "schema": _TEXT},
        "confusing_letters": _TEXT,
        "tail_from": {"type": "integer", "min": 0},
        "usual_prefix": _TEXT,
        "prefixed": _TEXT,
    },
)
def cehrt_id_suspicious(ctx: SetContext) -> Answers:
    """The CMS EHR Certification ID looks mistyped or is of an undocumented form.

    What it checks:
    Whether cehrtId holds a letter that is never issued because it looks like a digit, begins
    otherwise than ids of its kind do, or has a form that CMS has not documented for the year.

    Why it matters:
    The API may take such an id, but if nobody ever issued it the use of certified technology is
    not proven when CMS validates the data.

    How to fix:
    Look the id up on the Certified Health IT Product List and copy it from there. Letters that
    look like digits usually come from typing an id off a printed page.
    """
    return list(_suspicions(ctx, (ctx.set.record.cehrt_id or "").upper())) or None


def _suspicions(ctx: SetContext, cehrt_id: str) -> Iterator[Answer]:
    clause = ctx.clause
    tail = cehrt_id[clause["tail_from"] :]
    for letter in clause["confusing_letters"]:
        if letter in tail:
            yield _answer(ctx, letter, f"holds the letter {letter}, which is not issued there")
    if not cehrt_id.startswith(clause["usual_prefix"]) and fits_any(
        (clause["prefixed"],), cehrt_id
    ):
        yield _answer(ctx, "prefix", f"does not begin with {clause['usual_prefix']}")
    if not fits_any(clause["documented"], cehrt_id):
        yield _answer(
            ctx, "undocumented", f"has a form that CMS has not documented for {ctx.rulebook.year}"
        )


def _answer(ctx: SetContext, key: str, fault: str) -> Answer:
    return ctx.fail(
        "/cehrtId",
        "cehrtId {actual!r} {fault}",
        actual=ctx.set.record.cehrt_id,
        fault=fault,
        key=key,
        fix="look the id up at chpl.healthit.gov and copy it from there",
    )
