"""What would bring points: every change is tried on a copy, and only what helps is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from picheck.api import Attempt, Edit, Scene, SetView
from picheck_pi.scoring.arithmetic import scorer_of
from picheck_pi.scoring.edits import in_order
from picheck_pi.scoring.patients import more_patients
from picheck_pi.scoring.proposal import Proposal
from picheck_pi.scoring.proposals import proposals
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


class Repair(NamedTuple):
    """A change that settles a finding, with the states before and after it."""

    proposal: Proposal
    before: Tried
    after: Tried


class Improver:
    """Tries changes of one set and keeps those that help."""

    def __init__(self, scene: Scene, record: Mapping[str, Any], attempt: Attempt) -> None:
        self._place: int = record["counts"]
        self._view: SetView = scene.sets[self._place]
        self._tariff: Tariff = scorer_of(scene.rulebook).tariff
        self._attempt = attempt
        self._now = self._read(record)
        self._fixed = tuple(proposals(self._view, self._tariff))

    def items(self) -> list[dict[str, Any]]:
        """Return every change that helps, most points first."""
        found: list[dict[str, Any]] = []
        repairs: tuple[Repair, ...] = ()
        if self._now.zeros:
            found += self._single_repairs()
            repairs = tuple(self._repairs())
            if len(repairs) > 1 and not repairs[-1].after.zeros:
                found.append(_together(repairs, self._now))
        found += self._improvements(repairs)
        found.sort(key=lambda item: (item["after"], -item["points"], item["size"]))
        return list(_grouped(found))

    def _offered(self, state: Tried) -> list[Proposal]:
        return [*self._fixed, *more_patients(self._view, state.rows, self._tariff)]

    def _single_repairs(self) -> Iterator[dict[str, Any]]:
        """Yield each change that by itself lifts the set from zero."""
        for proposal in self._offered(self._now):
            after = self._try(proposal.edit)
            if after is not None and after.points > self._now.points and not after.zeros:
                yield _item(proposal, self._now, after)

    def _repairs(self) -> Iterator[Repair]:
        """Yield the best repair again and again, until nothing zeroes the set or none is left."""
        state, edits = self._now, tuple[Edit, ...]()
        while state.zeros:
            tried = [
                Repair(proposal, state, after)
                for proposal in self._offered(state)
                if (after := self._try(*edits, proposal.edit)) is not None
                and after.is_clean_beside(state)
                and after.zeros.total() < state.zeros.total()
            ]
            if not tried:
                return
            best = min(tried, key=_preference)
            state, edits = best.after, (*edits, best.proposal.edit)
            yield best

    def _improvements(self, repairs: tuple[Repair, ...]) -> Iterator[dict[str, Any]]:
        """Yield what brings points on top of the repairs, or of what zeroes being settled."""
        state = repairs[-1].after if repairs else self._now
        edits = tuple(repair.proposal.edit for repair in repairs)
        touched = {repair.proposal.spot for repair in repairs}
        patients = more_patients(self._view, state.rows, self._tariff)
        for proposal in (*(p for p in self._fixed if p.spot not in touched), *patients):
            after = self._try(*edits, proposal.edit)
            if after is None or not after.is_clean_beside(state):
                continue
            if after.without > state.without:
                yield _item(proposal, state, after, after_repair=bool(self._now.zeros))

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


def _preference(repair: Repair) -> tuple[int, int, int]:
    after = repair.after
    return after.zeros.total(), -after.without, repair.proposal.size


def _item(
    proposal: Proposal, before: Tried, after: Tried, *, after_repair: bool = False
) -> dict[str, Any]:
    """Return a change as plain values; `points` is what it brings."""
    gain = after.without - before.without if after_repair else after.points - before.points
    return {
        "change": proposal.change,
        "spot": proposal.spot,
        "points": gain,
        "score": after.without if after_repair else after.points,
        "settles": _settled(before, after),
        "attest": proposal.attest,
        "fact": proposal.fact,
        "after": after_repair,
        "verified": True,
        "size": proposal.size,
        "parts": [],
        "alternatives": [],
    }


def _together(repairs: Sequence[Repair], before: Tried) -> dict[str, Any]:
    """Return several repairs as one change, since none of them brings a point alone."""
    after = repairs[-1].after
    return {
        "change": f"{len(repairs)} changes together; one alone leaves the category at zero",
        "spot": "several",
        "points": after.points - before.points,
        "score": after.points,
        "settles": _settled(before, after),
        "attest": any(repair.proposal.attest for repair in repairs),
        "fact": None,
        "after": False,
        "verified": True,
        "size": sum(repair.proposal.size for repair in repairs),
        "parts": [
            {
                "change": repair.proposal.change,
                "fact": repair.proposal.fact,
                "attest": repair.proposal.attest,
                "settles": _settled(repair.before, repair.after),
            }
            for repair in repairs
        ],
        "alternatives": [],
    }


def _settled(before: Tried, after: Tried) -> list[str]:
    return sorted((before.zeros - after.zeros).elements())


def _grouped(items: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield items, those that bring the same at the same spot told as alternatives of the first."""
    first: dict[tuple[Any, ...], dict[str, Any]] = {}
    for item in items:
        key = item["spot"], item["points"], tuple(item["settles"]), item["after"]
        if key in first:
            only = f" (only if: {item['fact']})" if item["fact"] != first[key]["fact"] else ""
            first[key]["alternatives"].append(f"{item['change']}{only}")
        else:
            first[key] = item
    yield from first.values()
