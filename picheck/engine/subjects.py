"""The entities of a run: whose sets belong together, and what they sent in earlier years."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from picheck.model.evidence import Evidence
from picheck.rules.view import Entity, SetView


class EntityYear(NamedTuple):
    """One entity in one performance year of one program."""

    program: str
    year: int
    entity: Entity


class Gathered(NamedTuple):
    """The sets of one entity and year, with the evidence of the first document that had any."""

    views: list[SetView]
    evidence: Evidence


class EntityBook:
    """The sets of a run by entity; rules of scope "entity" look at those with several."""

    def __init__(self) -> None:
        self._gathered: dict[EntityYear, Gathered] = {}

    def add(self, key: EntityYear, views: tuple[SetView, ...], evidence: Evidence) -> None:
        """Enter the sets of one document."""
        if key.entity.is_identified:
            self._gathered.setdefault(key, Gathered([], evidence)).views.extend(views)

    def several(self) -> Iterator[tuple[EntityYear, Gathered]]:
        """Yield the entities that have more than one set, in input order."""
        return (pair for pair in self._gathered.items() if len(pair[1].views) > 1)

    def clear(self) -> None:
        """Forget everything: other entities come."""
        self._gathered.clear()


class PriorBook:
    """Earlier submissions by program and entity."""

    def __init__(self) -> None:
        self._years: dict[tuple[str, Entity], dict[int, tuple[SetView, ...]]] = {}
        self._used: set[tuple[str, Entity]] = set()

    def add(self, key: EntityYear, views: tuple[SetView, ...]) -> None:
        """Enter the sets of one earlier submission."""
        years = self._years.setdefault((key.program, key.entity), {})
        years[key.year] = (*years.get(key.year, ()), *views)

    def before(self, key: EntityYear) -> Mapping[int, tuple[SetView, ...]]:
        """Return the sets of the entity's earlier years."""
        years = self._years.get((key.program, key.entity))
        if not years:
            return {}
        earlier = {year: views for year, views in years.items() if year < key.year}
        if earlier:
            self._used.add((key.program, key.entity))
        return earlier

    def take(self) -> set[tuple[str, Entity]]:
        """Hand over the entities that were asked for and begin anew."""
        used, self._used = self._used, set()
        return used

    def absorb(self, used: set[tuple[str, Entity]]) -> None:
        """Enter the entities that a part of the run asked for."""
        self._used |= used

    @property
    def unused(self) -> int:
        """How many entities' earlier submissions no audited document asked for."""
        return len(self._years.keys() - self._used)

    def __len__(self) -> int:
        return len(self._years)
