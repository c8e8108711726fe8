"""The members of a group, and how many of them hold a special status."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    """The members of one entity as the evidence gives them, one row each.

    `own` are the statuses that the entity can hold by itself. `holders` says of each status for
    each row whether the member holds it: None where the row does not say. `stated` is what the
    evidence says of all members together: whether they all qualify, None where it does not say.
    """

    entity_type: str
    own: tuple[str, ...]
    thresholds: Mapping[str, Mapping[str, Any]]
    holders: Mapping[str, tuple[bool | None, ...]]
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
        says_nothing = unknown == count or limit.keys() <= {"members_up_to"}
        if says_nothing or _is_enough(limit, yes, count):
            return Ground(status, "granted")
        above = limit.get("above_percent")
        needed = f"more than {above} %" if above is not None else f"{limit['from_percent']} %"
        why = f"takes {needed} of the clinicians, and "
        if _is_enough(limit, yes + unknown, count):
            why += f"{unknown} of {count} rows do not say"
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
    return Roster(
        entity_type=entity.entity_type,
        own=clause["own_statuses"].get(entity.entity_type, ()),
        thresholds=clause["thresholds"],
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
