"""Earlier submissions in memory, for one document: a service writes to no file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from picheck.engine.entities import EntityYear, PriorBook, earlier_views
from picheck.model.submission import MeasurementSet
from picheck.rulebook.registry import Rulebooks
from picheck.rules.measurement_set import Entity, SetView

_Owner = tuple[str, Entity]


class MemoryWriter:
    """Takes in earlier submissions one by one, and keeps them."""

    def __init__(self) -> None:
        self._sets: dict[_Owner, dict[int, tuple[MeasurementSet, ...]]] = {}

    def add(self, key: EntityYear, records: tuple[MeasurementSet, ...]) -> None:
        """Enter the sets of one earlier submission."""
        years = self._sets.setdefault((key.program, key.entity), {})
        years[key.year] = (*years.get(key.year, ()), *records)

    def close(self, rulebooks: Rulebooks) -> PriorBook:
        """Return what was entered."""
        return MemoryBook(self._sets, rulebooks)


class MemoryBook(PriorBook):
    """Earlier submissions that few documents look back into."""

    def __init__(
        self,
        sets: Mapping[_Owner, Mapping[int, tuple[MeasurementSet, ...]]],
        rulebooks: Rulebooks,
    ) -> None:
        self._sets = sets
        self._rulebooks = rulebooks
        self._used: set[_Owner] = set()

    def before(self, key: EntityYear) -> Mapping[int, tuple[SetView, ...]]:
        """Return the sets of the entity's earlier years."""
        owner = key.program, key.entity
        years = {
            year: earlier_views(records, self._rulebooks.rulebook(key.program, year))
            for year, records in self._sets.get(owner, {}).items()
            if year < key.year
        }
        if years:
            self._used.add(owner)
        return MappingProxyType(years)

    @property
    def unused(self) -> int:
        """How many entities' earlier submissions no audited document asked for."""
        return len(self._sets) - len(self._used)

    def __len__(self) -> int:
        return len(self._sets)
