"""What would bring points: every change is tried on a copy, and only what helps is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from picheck.api import Attempt, Edit, Scene, SetView
from picheck_pi.scoring.arithmetic import scorer_of
from picheck_pi.scoring.edits import in_order
from picheck_pi.scoring.proposals import Proposal, more_patients, proposals
from picheck_pi.scoring.tariff import Tariff


class Tried(NamedTuple):
    """A state of the set: the entity's points, what still zeroes the set, and its rows."""

    points: int
    without: int
    zeros: Counter[str]
    rows: Sequence[Mapping[str, Any]]

    def is_clean_beside(self, other: Tried) -> bool:
        """Whether nothing zeroes this state that did not zero the other."""
        return not self.zeros - other.zeros


class Improver:
    """Tries changes of one set and keeps those that help."""

    def __init__(self, scene: Scene, record: Mapping[str, Any], attempt: Attempt) -> None:
        self._place: int = record["counts"]
        self._view: SetView = scene.sets[self._place]
        self._tariff: Tariff = scorer_of(scene.rulebook).tariff
        self._attempt = attempt
        self._now = self._read(record)

    def items(self) -> list[dict[str, Any]]:
        """Return every change that helps, most points first."""
        repairs: tuple[Proposal, ...] = ()
        found: list[dict[str, Any]] = []
        state = self._now
        offered = list(proposals(self._view, self._now.rows, self._tariff))
        if self._now.zeros:
            found = list(self._single_repairs(offered))
            repairs, state = self._repaired(offered)
            if len(repairs) > 1 and not state.zeros:
                found.append(_item(repairs, self._now, state))
        found += self._improvements(offered, repairs, state)
        found.sort(key=lambda item: (item["after"], -item["points"], item["size"]))
        return list(_grouped(found))

    def _single_repairs(self, offered: Iterable[Proposal]) -> Iterator[dict[str, Any]]:
        """Yield each change that by itself lifts the set from zero."""
        for proposal in offered:
            after = self._try(proposal.edit)
            if after is not None and after.points > self._now.points and not after.zeros:
                yield _item((proposal,), self._now, after)

    def _repaired(self, offered: Sequence[Proposal]) -> tuple[tuple[Proposal, ...], Tried]:
        """Take the best repair again and again, until nothing zeroes the set or none is left."""
        repairs: tuple[Proposal, ...] = ()
        state = self._now
        while state.zeros:
            tried = [
                (proposal, after)
                for proposal in offered
                if (after := self._try(*(r.edit for r in repairs), proposal.edit)) is not None
                and after.is_clean_beside(state)
                and after.zeros.total() < state.zeros.total()
            ]
            if not tried:
                break
            best, state = min(tried, key=_preference)
            repairs = (*repairs, best)
        return repairs, state

    def _improvements(
        self, offered: Sequence[Proposal], repairs: tuple[Proposal, ...], state: Tried
    ) -> Iterator[dict[str, Any]]:
        """Yield what brings points on top of the repairs, or of what zeroes being settled."""
        edits = tuple(repair.edit for repair in repairs)
        touched = {repair.spot for repair in repairs}
        others = [p for p in offered if p.spot not in touched and not p.change[0].isdigit()]
        patients = list(more_patients(self._view, state.rows, self._tariff))
        rates = {proposal.spot for proposal in patients}
        keep = [p for p in others if not (p.spot in rates and "numerator of" in p.change)]
        for proposal in (*keep, *patients):
            after = self._try(*edits, proposal.edit)
            if after is None or not after.is_clean_beside(state):
                continue
            if after.without > state.without:
                yield _item((proposal,), state, after, after_repair=bool(self._now.zeros))

    def _try(self, *edits: Edit) -> Tried | None:
        record = self._attempt(self._view, in_order(*edits))
        if not record or len(record["sets"]) <= self._place:
            return None
        return self._read(record)

    def _read(self, record: Mapping[str, Any]) -> Tried:
        mine = record["sets"][self._place]
        return Tried(
            record["score"]["points"],
            mine["pointsWithoutFindings"],
            Counter(finding["code"] for finding in mine["zeroedBy"]),
            mine["measures"],
        )


def improvements(scene: Scene, record: Mapping[str, Any], attempt: Attempt) -> list[dict[str, Any]]:
    """Return the changes that would bring points to the set that counts; none without a set."""
    if record["counts"] is None:
        return []
    return Improver(scene, record, attempt).items()


def _preference(tried: tuple[Proposal, Tried]) -> tuple[int, int, int]:
    proposal, after = tried
    return after.zeros.total(), -after.without, proposal.size


def _item(
    made: Sequence[Proposal], before: Tried, after: Tried, *, after_repair: bool = False
) -> dict[str, Any]:
    """Return a change as plain values; `points` is what it brings."""
    gain = after.without - before.without if after_repair else after.points - before.points
    return {
        "change": "; and ".join(proposal.change for proposal in made),
        "spot": made[0].spot if len(made) == 1 else "several",
        "points": gain,
        "score": after.without if after_repair else after.points,
        "settles": sorted((before.zeros - after.zeros).elements()),
        "attest": any(proposal.attest for proposal in made),
        "fact": "; and ".join(dict.fromkeys(p.fact for p in made if p.fact)) or None,
        "after": after_repair,
        "verified": True,
        "size": sum(proposal.size for proposal in made),
        "alternatives": [],
    }


def _grouped(items: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield items, those that bring the same at the same spot told as alternatives of the first."""
    first: dict[tuple[Any, ...], dict[str, Any]] = {}
    for item in items:
        key = item["spot"], item["points"], tuple(item["settles"]), item["after"]
        if key in first:
            first[key]["alternatives"].append(item["change"])
        else:
            first[key] = item
    yield from first.values()
