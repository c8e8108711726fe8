"""What the evidence counts on to leave the category out, and what makes a submission whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from picheck.api import Clause, DocumentContext, Evidence, SetView

_NAMES: Final[Mapping[str, Any]] = {"type": "list", "schema": {"type": "string"}}

#: The terms of every clause that must tell a reweighting which the year grants by itself.
AUTOMATIC: Final[Mapping[str, Any]] = {"special_statuses": _NAMES, "clinician_types": _NAMES}

#: The terms of a clause that says what a submission must at least hold.
MINIMUM: Final[Mapping[str, Any]] = {"objectives": _NAMES, "statements": _NAMES}

NOTHING_CLAIMED: Final = "the evidence counts on no reweighting of this category"


def statuses_claimed(evidence: Evidence) -> list[str]:
    """Return the special statuses and the clinician type that the evidence counts on."""
    eligibility = evidence.eligibility
    kind = eligibility.clinician_type
    return [*(eligibility.special_statuses or ()), *([kind] if kind else [])]


def others_claimed(evidence: Evidence) -> list[str]:
    """Return what else the evidence counts on: an exception that was granted, or all members."""
    eligibility = evidence.eligibility
    claims = []
    if eligibility.hardship_exception == "approved":
        claims.append("an approved hardship exception")
    if eligibility.all_members_qualify and not statuses_claimed(evidence):
        claims.append("the reweighting of every member")
    return claims


def is_automatic(clause: Clause, claim: str) -> bool:
    """Whether a clause with the terms of `AUTOMATIC` grants a status or a clinician type."""
    return claim in clause["special_statuses"] or claim in clause["clinician_types"]


def statuses_granted(ctx: DocumentContext, clause: Clause) -> list[str]:
    """Return the claimed statuses and clinician types that the clause grants."""
    return [claim for claim in statuses_claimed(ctx.evidence) if is_automatic(clause, claim)]


def rest_on_members(ctx: DocumentContext, statuses: Iterable[str]) -> bool:
    """Whether the entity has members and none of the statuses can be its own."""
    clause = ctx.rulebook.clauses.get("PIC-ELG-03")
    entity_type = ctx.submission.entity_type if ctx.submission else ""
    if clause is None or entity_type not in clause["entity_types"]:
        return False
    return set(clause["own_statuses"].get(entity_type, ())).isdisjoint(statuses)


def granted(ctx: DocumentContext) -> str:
    """Name the claims that the year grants, by the terms of `AUTOMATIC`; empty for none.

    Statuses that only some members hold grant nothing.
    """
    statuses = statuses_granted(ctx, ctx.clause)
    if ctx.evidence.eligibility.all_members_qualify is False and rest_on_members(ctx, statuses):
        statuses = []
    return ", ".join([*statuses, *others_claimed(ctx.evidence)])


def is_whole(view: SetView) -> bool:
    """Whether the set holds all that its year asks of a submission.

    A year without a clause for that asks for every objective, the certification id and both dates.
    """
    clause = view.rulebook.clauses.get("PIC-ELG-04")
    if clause is None:
        return not any(lacking(view, view.rulebook.objectives, ()))
    return not any(lacking(view, clause["objectives"], clause["statements"]))


def lacking(view: SetView, objectives: Iterable[str], statements: Iterable[str]) -> Iterator[str]:
    """Yield the names of the parts that a set does not hold.

    An objective is there with one reported measure or claimed exclusion, a statement with any
    answer.
    """
    measures, titles, record = view.rulebook.measures, view.rulebook.objectives, view.record
    covered = {
        measures[measure_id].objective
        for measure_id in view.answers
        if measure_id in measures and view.is_reported(measure_id)
    }
    yield from (titles.get(name, name) for name in objectives if name not in covered)
    yield from (statement for statement in statements if not view.has(statement))
    if not (record.cehrt_id or "").strip():
        yield "cehrtId"
    if not record.performance_start:
        yield "performanceStart"
    if not record.performance_end:
        yield "performanceEnd"
