"""The members of a group, and how many of them hold a special status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from picheck.api import Clause, Entity, Evidence
from picheck_pi.term_schemas import (
    INTEGER,
    SOME_TEXTS,
    TEXTS,
    TEXTS_BY_TEXT,
    Schema,
    optional,
    table,
)

_ALL: Final = 100
#: Shares are added up as they are written, without the dust of binary fractions.
_PLACES_OF_A_SHARE: Final = 6


#: The terms of the clause that says when an entity with members holds a status: `thresholds` in
#: percent of its members (or how many it may have), `places` where a member must work for it.
MEMBERS: Final[Mapping[str, Schema]] = {
    "entity_types": TEXTS,
    "own_statuses": TEXTS_BY_TEXT,
    "thresholds": table(
        above_percent=optional(INTEGER),
        from_percent=optional(INTEGER),
        members_up_to=optional(INTEGER),
    ),
    "places": table(codes=SOME_TEXTS, from_percent=INTEGER),
}


class Tally(NamedTuple):
    """Whether enough members hold a status: None where too few rows say; `why` in words."""

    is_met: bool | None
    why: str = ""


class Roster(NamedTuple):
    """The members of one entity as the evidence gives them, one row each.

    `holders` says of each status for each row whether the member holds it: None where the row
    does not say. `stated` is what the evidence says of all members together.
    """

    entity_type: str
    own: tuple[str, ...]
    clause: Clause
    holders: Mapping[str, tuple[bool | None, ...]]
    size: int
    stated: bool | None

    @property
    def says_not_all_qualify(self) -> bool:
        """Whether the evidence says that not all members qualify."""
        return self.stated is False

    @property
    def do_all_qualify(self) -> bool:
        """Whether all members qualify: by the evidence's word for it, or row by row."""
        if self.stated is not None:
            return self.stated
        rows = list(zip(*self.holders.values(), strict=True))
        return bool(rows) and all(any(row) for row in rows)

    @property
    def shown(self) -> Iterator[str]:
        """The own statuses that the rows by themselves show to be held."""
        for status in self.own:
            if any(self.holders.get(status, ())) and self.tally(status).is_met:
                yield status

    def needs_all(self, status: str) -> bool:
        """Whether the entity holds a status only if all of its members do."""
        return bool(self._find_threshold(status).get("from_percent", 0) >= _ALL)

    def tally(self, status: str) -> Tally:
        """Count the members who hold a status against what the entity needs."""
        limit = self._find_threshold(status)
        most = limit.get("members_up_to")
        if most is not None and self.size > most:
            return Tally(
                is_met=False,
                why=f"takes {most} clinicians at most, and the evidence lists {self.size}",
            )
        rows = self.holders.get(status, ())
        yes, unknown = rows.count(True), rows.count(None)
        if unknown == len(rows) or limit.keys() <= {"members_up_to"}:
            return Tally(is_met=True)  # the rows say nothing: the status is taken as it is claimed
        met, could_be_met = (
            self._is_enough(limit, holders * 100, len(rows)) for holders in (yes, yes + unknown)
        )
        if met:
            return Tally(is_met=True)
        above = limit.get("above_percent")
        needed = f"more than {above} %" if above is not None else f"{limit['from_percent']} %"
        if could_be_met:
            why = f"takes {needed} of the clinicians, and {unknown} of {len(rows)} rows do not say"
            return Tally(is_met=None, why=why)
        why = f"takes {needed} of the clinicians, and {yes} of {len(rows)} hold it"
        return Tally(is_met=False, why=why)

    def _find_threshold(self, status: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.clause["thresholds"].get(status, {})
        return found

    def _is_enough(self, limit: Mapping[str, Any], percents: int, count: int) -> bool:
        above = limit.get("above_percent")
        if above is not None:
            return bool(percents > above * count)
        return bool(percents >= limit["from_percent"] * count)


def roster_of(
    entity: Entity, evidence: Evidence, clause: Clause | None, statuses: Iterable[str]
) -> Roster | None:
    """Return the members of an entity; None for an entity that has none.

    `statuses` are those that the year reweights.
    """
    if clause is None or entity.entity_type not in clause["entity_types"]:
        return None
    rows = evidence.clinicians or ()
    return Roster(
        entity_type=entity.entity_type,
        own=clause["own_statuses"].get(entity.entity_type, ()),
        clause=clause,
        holders={
            status: tuple(_find_holders(status, rows, clause["places"])) for status in statuses
        },
        size=len(rows),
        stated=evidence.eligibility.all_members_qualify,
    )


def find_contradiction(
    status: str, entity: Entity, evidence: Evidence, clause: Clause | None
) -> str:
    """Return what one clinician's places of service say against a status; empty for nothing.

    The clinician's row is the one with their NPI, or without any.
    """
    place = clause["places"].get(status) if clause is not None else None
    rows = [row for row in evidence.clinicians or () if row.npi in {None, entity.npi}]
    if place is None or len(rows) != 1 or rows[0].place_of_service_share is None:
        return ""
    share, needed = _add_shares(rows[0], place), place["from_percent"]
    if share >= needed:
        return ""
    codes = ", ".join(place["codes"])
    return (
        f"takes {needed} % of the services at the places of service {codes}, and the evidence gives"
        f" {share:g} %"
    )


def _add_shares(row: Any, place: Mapping[str, Any]) -> float:
    """Return the percentage of a clinician's services at the places of a status."""
    shares: Mapping[str, float] = row.place_of_service_share
    return round(sum(shares.get(code, 0.0) for code in place["codes"]), _PLACES_OF_A_SHARE)


def _find_holders(
    status: str, rows: Sequence[Any], places: Mapping[str, Mapping[str, Any]]
) -> Iterator[bool | None]:
    """Yield whether each member holds a status: by the places of service, else as it is said."""
    place = places.get(status)
    for row in rows:
        if place is not None and row.place_of_service_share is not None:
            yield _add_shares(row, place) >= place["from_percent"]
        elif row.special_statuses is not None:
            yield status in row.special_statuses
        else:
            yield None
