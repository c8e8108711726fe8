"""The members of a group, and how many of them hold a special status."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

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
#: By how much a share may be too large because it was rounded to a whole percentage.
_ROUNDING: Final = 0.5

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


#: What becomes of a ground: it holds; the year does not grant it to such an entity, or on such
#: facts; too few of the entity's members hold it; or facts are missing that would decide.
State = Literal["granted", "unavailable", "unmet", "open"]


class Ground(NamedTuple):
    """One ground on which the evidence counts to leave the category out.

    `why` says what speaks against it, `missing` are the evidence keys that would decide.
    `is_contradicted` says that another part of the evidence speaks against it.
    """

    claim: str
    state: State
    why: str = ""
    missing: tuple[str, ...] = ()
    is_contradicted: bool = False


class Roster(NamedTuple):
    """The members of one entity as the evidence gives them.

    `own` are the statuses that the entity can hold by itself. `holders` says of each status for
    each member whether they hold it: None where the member's rows do not say, or contradict each
    other. `unmentioned` are the statuses of which no row says anything. `stated` is what the
    evidence says of all members together: whether they all qualify, None where it does not say.
    """

    entity_type: str
    own: tuple[str, ...]
    thresholds: Mapping[str, Mapping[str, Any]]
    holders: Mapping[str, tuple[bool | None, ...]]
    unmentioned: frozenset[str]
    size: int
    stated: bool | None

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
            if any(self.holders.get(status, ())) and self._count(status).state == "granted":
                yield status

    def check(self, status: str) -> Ground:
        """Return what becomes of an own status that is claimed."""
        is_for_all = self.thresholds.get(status, {}).get("from_percent", 0) >= _ALL
        if is_for_all and self.stated is False:
            why = "takes every member, and the evidence says that not all members qualify"
            return Ground(status, "unmet", why, is_contradicted=True)
        return self._count(status)

    def _count(self, status: str) -> Ground:
        """Hold the number of members who hold a status against what the entity needs."""
        limit = self.thresholds.get(status, {})
        most = limit.get("members_up_to")
        if most is not None and self.size > most:
            why = f"takes {most} clinicians at most, and the evidence lists {self.size}"
            return Ground(status, "unmet", why, is_contradicted=True)
        rows = self.holders.get(status, ())
        yes, unknown, count = rows.count(True), rows.count(None), len(rows)
        says_nothing = status in self.unmentioned or limit.keys() <= {"members_up_to"}
        if says_nothing or _is_enough(limit, yes, count):
            return Ground(status, "granted")
        above = limit.get("above_percent")
        needed = f"more than {above} %" if above is not None else f"{limit['from_percent']} %"
        why = f"takes {needed} of the clinicians, and "
        if _is_enough(limit, yes + unknown, count):
            why += f"{unknown} of {count} do not say, or contradict themselves"
            return Ground(status, "open", why, missing=("clinicians.specialStatuses",))
        return Ground(status, "unmet", f"{why}{yes} of {count} hold it", is_contradicted=True)


def _is_enough(limit: Mapping[str, Any], holders: int, count: int) -> bool:
    """Whether so many of the members reach a threshold."""
    if "above_percent" in limit:
        return bool(holders * _ALL > limit["above_percent"] * count)
    return bool(holders * _ALL >= limit["from_percent"] * count)


def roster_of(
    entity: Entity, evidence: Evidence, clause: Clause | None, statuses: Iterable[str]
) -> Roster | None:
    """Return the members of an entity; None for an entity that has none.

    `statuses` are those that the year reweights.
    """
    if clause is None or entity.entity_type not in clause["entity_types"]:
        return None
    rows = evidence.clinicians or ()
    members = _group_members(rows)
    return Roster(
        entity_type=entity.entity_type,
        own=clause["own_statuses"].get(entity.entity_type, ()),
        thresholds=clause["thresholds"],
        holders={
            status: tuple(_holds(status, own_rows, clause["places"]) for own_rows in members)
            for status in statuses
        },
        unmentioned=frozenset(
            status
            for status in statuses
            if not any(_mentions(status, row, clause["places"]) for row in rows)
        ),
        size=len(members),
        stated=evidence.eligibility.all_members_qualify,
    )


def _group_members(rows: Iterable[Any]) -> list[list[Any]]:
    """Return the rows of each member: those of one NPI are one member's, without one each is."""
    members: dict[object, list[Any]] = {}
    for number, row in enumerate(rows):
        members.setdefault(number if row.npi is None else row.npi, []).append(row)
    return list(members.values())


def find_contradiction(
    status: str, entity: Entity, evidence: Evidence, clause: Clause | None
) -> str:
    """Return what a clinician's places of service say against a status; empty for nothing.

    The clinician's rows are those with their NPI, or without any. They speak against it where none
    of them bears it out.
    """
    place = clause["places"].get(status) if clause is not None else None
    own = [row for row in evidence.clinicians or () if row.npi in {None, entity.npi}]
    rows = [row for row in own if row.place_of_service_share is not None]
    if place is None or not rows:
        return ""
    if excessive := [row for row in rows if is_excessive(row)]:
        return f"rests on shares of the services that add up to {add_all_shares(excessive[0]):g} %"
    needed, most = place["from_percent"], max(_add_shares(row, place) for row in rows)
    if most >= needed:
        return ""
    codes = ", ".join(place["codes"])
    return (
        f"takes {needed} % of the services at the places of service {codes}, and the evidence gives"
        f" {most:g} %"
    )


def add_all_shares(row: Any) -> float:
    """Return the percentage of a clinician's services over all places that a row gives."""
    shares: Mapping[str, float] = row.place_of_service_share or {}
    return round(sum(shares.values()), _PLACES_OF_A_SHARE)


def is_excessive(row: Any) -> bool:
    """Whether a row gives more services than there are, by more than rounding explains."""
    return add_all_shares(row) > _ALL + _ROUNDING * len(row.place_of_service_share or ())


def _add_shares(row: Any, place: Mapping[str, Any]) -> float:
    """Return the percentage of a clinician's services at the places of a status."""
    shares: Mapping[str, float] = row.place_of_service_share
    return round(sum(shares.get(code, 0.0) for code in place["codes"]), _PLACES_OF_A_SHARE)


def _holds(
    status: str, rows: Iterable[Any], places: Mapping[str, Mapping[str, Any]]
) -> bool | None:
    """Return whether a member holds a status; None where the rows do not say, or contradict."""
    said = {_row_holds(status, row, places) for row in rows} - {None}
    return said.pop() if len(said) == 1 else None


def _mentions(status: str, row: Any, places: Mapping[str, Any]) -> bool:
    """Whether a row says anything of a status."""
    has_shares = status in places and row.place_of_service_share is not None
    return has_shares or row.special_statuses is not None


def _row_holds(status: str, row: Any, places: Mapping[str, Mapping[str, Any]]) -> bool | None:
    """Return whether a row shows a status: by the places of service, else as it is said.

    Shares that add up to more than all services show nothing.
    """
    place = places.get(status)
    if place is not None and row.place_of_service_share is not None:
        if is_excessive(row):
            return None
        return bool(_add_shares(row, place) >= place["from_percent"])
    return None if row.special_statuses is None else status in row.special_statuses
