"""The entities of a run: whose sets belong together, and what they sent in earlier years."""

from __future__ import annotations

import hashlib
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


class Mark(NamedTuple):
    """Where an entity was met: a digest of its key, the document's number, its sets' number."""

    entity: int
    document: int
    sets: int


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

    def take(self) -> list[Mark]:
        """Hand over marks of the entities met; none, where the sets themselves are kept."""
        return []


class EntityMarks(EntityBook):
    """The entities of a run that is too large to keep their sets: only where they stand.

    Not even a key is kept, for it may hold a Social Security number, but a digest of it. Two
    entities that share one are told apart when their documents are read again.
    """

    def __init__(self) -> None:
        super().__init__()
        self._marks: list[Mark] = []

    def add(self, key: EntityYear, views: tuple[SetView, ...], evidence: Evidence) -> None:
        """Mark the sets of one document."""
        del evidence  # it is read again with its document
        if key.entity.is_identified:
            self._marks.append(Mark(_digest(key), views[0].document, len(views)))

    def take(self) -> list[Mark]:
        """Hand over the marks and begin anew."""
        marks, self._marks = self._marks, []
        return marks


def _digest(key: EntityYear) -> int:
    """Return 64 bits that stand for an entity in a year, the same in every process."""
    text = "\0".join([key.program, str(key.year), *[part or "" for part in key.entity]])
    hashed = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(hashed.digest(), "big", signed=True)


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
