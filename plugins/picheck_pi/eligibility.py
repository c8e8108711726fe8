"""Claims to leave the category out, and the parts of a complete submission."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from picheck.api import (
    Answers,
    Clause,
    Entity,
    Evidence,
    Period,
    Rulebook,
    SetView,
    not_applicable,
)
from picheck_pi.term_schemas import MEASURE_IDS, TEXTS, Schema

#: The terms of every clause that says which reweighting the year grants by itself.
AUTOMATIC: Final[Mapping[str, Schema]] = {"special_statuses": TEXTS, "clinician_types": TEXTS}

#: The terms of a clause that says what a submission must at least hold.
MINIMUM: Final[Mapping[str, Schema]] = {"objectives": TEXTS, "statements": MEASURE_IDS}

NOTHING_CLAIMED: Final = not_applicable("the evidence counts on no reweighting of this category")


def claimed_statuses(evidence: Evidence) -> list[str]:
    """Return the special statuses and the clinician type that the evidence counts on."""
    eligibility = evidence.eligibility
    types = [eligibility.clinician_type] if eligibility.clinician_type else []
    return [*(eligibility.special_statuses or ()), *types]


def other_claims(evidence: Evidence) -> list[str]:
    """Return what else the evidence counts on: an exception that was granted, or all members."""
    eligibility = evidence.eligibility
    claims = []
    if eligibility.hardship_exception == "approved":
        claims.append("an approved hardship exception")
    if eligibility.all_members_qualify and not claimed_statuses(evidence):
        claims.append("the reweighting of every member")
    return claims


def automatic(clause: Clause) -> list[str]:
    """Return the statuses and clinician types that a clause with the terms `AUTOMATIC` grants."""
    return [*clause["special_statuses"], *clause["clinician_types"]]


def granted_statuses(evidence: Evidence, clause: Clause) -> list[str]:
    """Return the claimed statuses and clinician types that the clause grants."""
    return [claim for claim in claimed_statuses(evidence) if claim in automatic(clause)]


def rest_on_members(entity: Entity, statuses: Iterable[str], rulebook: Rulebook) -> bool:
    """Whether the entity has members and none of the statuses can be its own."""
    clause = rulebook.clauses.get("PIC-ELG-03")
    if clause is None or entity.entity_type not in clause["entity_types"]:
        return False
    return set(clause["own_statuses"].get(entity.entity_type, ())).isdisjoint(statuses)


def granted_claims(entity: Entity, evidence: Evidence, clause: Clause, rulebook: Rulebook) -> str:
    """Return the claims that the year grants, as a list for a message; empty for none.

    Statuses that only some members hold grant nothing.
    """
    statuses = granted_statuses(evidence, clause)
    if evidence.eligibility.all_members_qualify is False and rest_on_members(
        entity, statuses, rulebook
    ):
        statuses = []
    return ", ".join([*statuses, *other_claims(evidence)])


def is_complete(view: SetView) -> bool:
    """Whether the set holds all that its year asks of a submission.

    A year without a clause for that asks for every objective, the certification id and both dates.
    """
    clause = view.rulebook.clauses.get("PIC-ELG-04")
    minimum = clause.terms if clause else {"objectives": view.rulebook.objectives, "statements": ()}
    return not any(missing_parts(view.answers, view.cehrt_id, view.period, minimum))


def missing_parts(
    answers: Answers, cehrt_id: str | None, period: Period, minimum: Mapping[str, Iterable[str]]
) -> Iterator[str]:
    """Yield the names of the parts that a set does not hold, of those with the terms `MINIMUM`.

    An objective is there with one reported measure or claimed exclusion, a statement with any
    answer.
    """
    measures, titles = answers.rulebook.measures, answers.rulebook.objectives
    covered = {measures[id_].objective for id_ in answers if answers.is_reported(id_)}
    yield from (titles.get(name, name) for name in minimum["objectives"] if name not in covered)
    yield from (statement for statement in minimum["statements"] if not answers.has(statement))
    if not (cehrt_id or "").strip():
        yield "cehrtId"
    if not period.performance_start:
        yield "performanceStart"
    if not period.performance_end:
        yield "performanceEnd"
