"""Grounds on which the category may be left out, and the parts of a complete submission."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
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
    rule,
)
from picheck_pi.roster import Ground, Roster, State, find_contradiction, roster_of
from picheck_pi.spelling import find_same_end
from picheck_pi.term_schemas import MEASURE_IDS, TEXTS, Schema

#: The terms of every clause that says which reweighting the year grants by itself.
AUTOMATIC: Final[Mapping[str, Schema]] = {"special_statuses": TEXTS, "clinician_types": TEXTS}

#: The terms of a clause that says what a submission must at least hold.
MINIMUM: Final[Mapping[str, Schema]] = {"objectives": TEXTS, "statements": MEASURE_IDS}

NOTHING_CLAIMED: Final = not_applicable("the evidence counts on no reweighting of this category")
NOTHING_LEFT_OUT: Final = not_applicable("data is sent for the category")

#: The evidence that grounds are read from.
GROUNDS: Final = ("eligibility", "clinicians")

#: The decorator of rules about grounds: `rule`, where nothing applies without evidence.
grounds_rule = partial(rule, evidence=GROUNDS, without_evidence="notApplicable")

#: The rules whose clauses say what the year grants, and to whom.
_AVAILABLE: Final = "PIC-ELG-02"
_MEMBERS: Final = "PIC-ELG-03"


def grounds_of(
    entity: Entity, evidence: Evidence, rulebook: Rulebook, clause: Clause | None = None
) -> tuple[Ground, ...]:
    """Return every ground that the evidence gives, and what becomes of it in the year.

    `clause` has the terms `AUTOMATIC`; by default it is that of the rule about what the year
    does not grant.
    """
    law, members = clause or rulebook.clauses.get(_AVAILABLE), rulebook.clauses.get(_MEMBERS)
    if law is None:
        return ()
    eligibility = evidence.eligibility
    roster = roster_of(entity, evidence, members, law["special_statuses"])
    claimed = eligibility.special_statuses or ()
    found = [_check_status(status, law, roster, rulebook) for status in claimed]
    if roster is None:
        found = [_check_places(ground, entity, evidence, members) for ground in found]
    else:
        found += [Ground(status, "granted") for status in roster.shown if status not in claimed]
    if eligibility.clinician_type:
        found.append(_check_type(eligibility.clinician_type, law, roster, rulebook))
    if eligibility.hardship_exception is not None:
        found.append(_check_hardship(eligibility.hardship_exception))
    is_settled = any(ground.state in {"granted", "unavailable"} for ground in found)
    if roster is not None and roster.do_all_qualify and not is_settled:
        found.append(Ground("the reweighting of every member", "granted"))
    return tuple(found)


def name_grounds(grounds: Iterable[Ground], *states: State) -> str:
    """Return the grounds in some states as a list for a message; empty for none."""
    return ", ".join(ground.claim for ground in grounds if ground.state in states)


def claims_of(
    entity: Entity, evidence: Evidence, rulebook: Rulebook, clause: Clause | None = None
) -> str:
    """Return the grounds that hold, or may hold for all that is known, as a list for a message.

    The arguments are those of `grounds_of`.
    """
    return name_grounds(grounds_of(entity, evidence, rulebook, clause), "granted", "open")


def available_to(entity: Entity, rulebook: Rulebook, clause: Clause) -> list[str]:
    """Return the statuses and clinician types that the year grants to an entity of its type."""
    members, statuses = rulebook.clauses.get(_MEMBERS), clause["special_statuses"]
    if members is not None and entity.entity_type in members["entity_types"]:
        own = members["own_statuses"].get(entity.entity_type, ())
        statuses = [status for status in statuses if status in own]
    return [*statuses, *clause["clinician_types"]]


def is_left_out(sets: Sequence[SetView]) -> bool:
    """Whether nothing is reported for the category."""
    return not any(view.record.measurements for view in sets)


def is_complete(view: SetView) -> bool:
    """Whether the set holds all that its year asks of a submission.

    A year without a clause for that asks for every objective, the certification id and both dates.
    """
    clause = view.rulebook.clauses.get("PIC-ELG-04")
    minimum = clause.terms if clause else {"objectives": view.rulebook.objectives, "statements": ()}
    return not any(missing_parts(view.answers, view.cehrt_id, view.period, minimum))


def missing_objectives(answers: Answers) -> set[str]:
    """Return the objectives of which a set neither reports nor excludes more than a bonus."""
    measures = answers.rulebook.measures
    reported = (measures[measure_id] for measure_id in answers if answers.is_reported(measure_id))
    covered = {measure.objective for measure in reported if not measure.is_bonus}
    return answers.rulebook.objectives.keys() - covered


def missing_parts(
    answers: Answers, cehrt_id: str | None, period: Period, minimum: Mapping[str, Iterable[str]]
) -> Iterator[str]:
    """Yield the names of the parts that a set does not hold, of those with the terms `MINIMUM`.

    A statement is there with any answer.
    """
    missing, titles = missing_objectives(answers), answers.rulebook.objectives
    yield from (titles.get(name, name) for name in minimum["objectives"] if name in missing)
    yield from (statement for statement in minimum["statements"] if not answers.has(statement))
    if not (cehrt_id or "").strip():
        yield "cehrtId"
    if not period.performance_start:
        yield "performanceStart"
    if not period.performance_end:
        yield "performanceEnd"


def _check_status(status: str, law: Clause, roster: Roster | None, rulebook: Rulebook) -> Ground:
    if status not in law["special_statuses"]:
        return Ground(status, "unavailable", _explain_year(rulebook))
    if roster is None or roster.do_all_qualify:
        return Ground(status, "granted")
    if status in roster.own:
        return roster.check(status)
    why = (
        f"is no status of an entity of type {roster.entity_type}, which can hold"
        f" {' or '.join(roster.own) or 'none'}; it counts only if all members qualify"
    )
    return Ground(status, "unavailable", why)


def _check_places(
    ground: Ground, entity: Entity, evidence: Evidence, members: Clause | None
) -> Ground:
    """Hold the status of one clinician against the places where they work."""
    why = find_contradiction(ground.claim, entity, evidence, members)
    if ground.state != "granted" or not why:
        return ground
    return Ground(ground.claim, "unavailable", why)


def _check_type(name: str, law: Clause, roster: Roster | None, rulebook: Rulebook) -> Ground:
    if name not in law["clinician_types"]:
        near = find_same_end(name, law["clinician_types"])
        question = f" under this name; did you mean {near}?" if near else ""
        return Ground(name, "unavailable", _explain_year(rulebook) + question)
    if roster is None or roster.do_all_qualify:
        return Ground(name, "granted")
    if roster.stated is False:
        why = f"is no status of this {roster.entity_type}, and not all of its members qualify"
        return Ground(name, "unmet", why)
    why = "holds only if all members qualify"
    return Ground(name, "open", why, missing=("eligibility.allMembersQualify",))


def _check_hardship(word: str) -> Ground:
    if word == "approved":
        return Ground("an approved hardship exception", "granted")
    return Ground(f"a hardship exception that is {word}", "unavailable")


def _explain_year(rulebook: Rulebook) -> str:
    return f"is not reweighted automatically in {rulebook.year}"
