"""What would bring points: every change is tried on a copy, and only what helps is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from picheck.api import Attempt, Edit, Scene
from picheck_pi.scoring.arithmetic import scorer_of
from picheck_pi.scoring.edits import combine
from picheck_pi.scoring.format import Record
from picheck_pi.scoring.proposals import Proposal, list_patients, list_proposals


class State(NamedTuple):
    """A state of the set: the entity's points, what still zeroes the set, and its rows."""

    points: int
    without: int
    zeros: Counter[str]
    rows: Sequence[Record]

    def adds_no_zero(self, before: State) -> bool:
        """Whether nothing zeroes this state that did not zero the one before."""
        return not self.zeros - before.zeros


class Repair(NamedTuple):
    """A change that settles a finding, with the states before and after it."""

    proposal: Proposal
    before: State
    after: State


class Improver:
    """Tries changes of one set and keeps those that help."""

    def __init__(self, scene: Scene, record: Record, attempt: Attempt) -> None:
        self._index: int = record["counts"]
        self._view = scene.sets[self._index]
        self._config = scorer_of(scene.rulebook).config
        self._attempt = attempt
        self._now = self._read(record)
        self._proposals = tuple(list_proposals(self._view, self._config))

    def improve(self) -> list[dict[str, Any]]:
        """Return every change that helps, most points first."""
        items: list[dict[str, Any]] = []
        repairs: tuple[Repair, ...] = ()
        if self._now.zeros:
            items += self._single_repairs()
            # several findings may zero the set: then no change alone brings a point, and all are
            # offered as one
            repairs = tuple(self._repairs())
            if len(repairs) > 1 and not repairs[-1].after.zeros:
                items.append(_combine(repairs, self._now))
        items += self._improvements(repairs)
        # what brings points at once comes before what does so only after repairs
        items.sort(key=lambda item: (item["after"], -item["points"], item["size"]))
        return _group(items)

    def _offer(self, state: State) -> list[Proposal]:
        return [*self._proposals, *list_patients(self._view, state.rows, self._config)]

    def _single_repairs(self) -> Iterator[dict[str, Any]]:
        """Yield each change that by itself lifts the set from zero."""
        for proposal in self._offer(self._now):
            after = self._try(proposal.edit)
            if after is not None and after.points > self._now.points and not after.zeros:
                yield _item(proposal, self._now, after)

    def _repairs(self) -> Iterator[Repair]:
        """Yield the best repair again and again, until nothing zeroes the set or none is left."""
        state, edits = self._now, tuple[Edit, ...]()
        while state.zeros:
            tried = [
                Repair(proposal, state, after)
                for proposal in self._offer(state)
                if (after := self._try(*edits, proposal.edit)) is not None
                and after.adds_no_zero(state)
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
        patients = list_patients(self._view, state.rows, self._config)
        # what a repair has changed already is not changed a second time
        for proposal in (*(p for p in self._proposals if p.spot not in touched), *patients):
            after = self._try(*edits, proposal.edit)
            if after is None or not after.adds_no_zero(state):
                continue
            if after.without > state.without:
                yield _item(proposal, state, after, after_repair=bool(self._now.zeros))

    def _try(self, *edits: Edit) -> State | None:
        record = self._attempt(self._view, combine(*edits))
        if not record or len(record["sets"]) <= self._index:
            return None
        return self._read(record)

    def _read(self, record: Record) -> State:
        score = record["sets"][self._index]
        return State(
            record["score"]["points"],
            score["pointsWithoutFindings"],
            Counter(finding["code"] for finding in score["zeroedBy"]),
            score["measures"],
        )


def list_improvements(scene: Scene, record: Record, attempt: Attempt) -> list[dict[str, Any]]:
    """Return the changes that would bring points to the set that counts; none without a set."""
    return [] if record["counts"] is None else Improver(scene, record, attempt).improve()


def _preference(repair: Repair) -> tuple[int, int, int]:
    after = repair.after
    return after.zeros.total(), -after.without, repair.proposal.size


def _item(
    proposal: Proposal, before: State, after: State, *, after_repair: bool = False
) -> dict[str, Any]:
    """Return a change as plain values; `points` is what it brings."""
    gain = after.without - before.without if after_repair else after.points - before.points
    return {
        "change": proposal.change,
        "spot": proposal.spot,
        "points": gain,
        "score": after.without if after_repair else after.points,
        "settles": _settles(before, after),
        "attest": proposal.attest,
        "fact": proposal.fact,
        "after": after_repair,
        "verified": True,
        "size": proposal.size,
        "parts": [],
        "alternatives": [],
    }


def _combine(repairs: Sequence[Repair], before: State) -> dict[str, Any]:
    """Return several repairs as one change, since none of them brings a point alone."""
    parts = [repair.proposal for repair in repairs]
    combined = Proposal(
        f"{len(parts)} changes together; one alone leaves the category at zero",
        "several",
        combine(*(part.edit for part in parts)),
        attest=any(part.attest for part in parts),
        size=sum(part.size for part in parts),
    )
    return _item(combined, before, repairs[-1].after) | {
        "parts": [
            {
                "change": repair.proposal.change,
                "fact": repair.proposal.fact,
                "attest": repair.proposal.attest,
                "settles": _settles(repair.before, repair.after),
            }
            for repair in repairs
        ]
    }


def _settles(before: State, after: State) -> list[str]:
    return sorted((before.zeros - after.zeros).elements())


def _group(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return items; those that bring the same at the same spot are alternatives of the first."""
    first: dict[tuple[Any, ...], dict[str, Any]] = {}
    for item in items:
        key = item["spot"], item["points"], tuple(item["settles"]), item["after"]
        if key in first:
            only = f" (only if: {item['fact']})" if item["fact"] != first[key]["fact"] else ""
            first[key]["alternatives"].append(f"{item['change']}{only}")
        else:
            first[key] = item
    return list(first.values())
