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
    """Where an entity was met: a digest of it and the year, the program, the document's number.

    A document's sets are all of one entity and year, so whatever is to be looked at together in
    any program shares a digest.
    """

    entity: int
    program: str
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
            self._marks.append(Mark(_digest(key), key.program, views[0].document, len(views)))

    def take(self) -> list[Mark]:
        """Hand over the marks and begin anew."""
        marks, self._marks = self._marks, []
        return marks


def _digest(key: EntityYear) -> int:
    """Return 64 bits that stand for an entity in a year, the same in every process."""
    text = "\0".join([str(key.year), *[part or "" for part in key.entity]])
    hashed = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(hashed[:8], "big", signed=True)


class Whereabouts(NamedTuple):
    """Where earlier submissions were written to, and a token so that no other file will do."""

    path: str
    token: str


class PriorBook:
    """Earlier submissions by program and entity; none, where no path of any was given.

    `place` is where another process may find them.
    """

    place: Whereabouts | None = None

    def before(self, key: EntityYear) -> Mapping[int, tuple[SetView, ...]]:
        """Return the sets of the entity's earlier years."""
        del key
        return {}

    def take(self) -> set[bytes]:
        """Hand over digests of the entities that were asked for and begin anew."""
        return set()

    def absorb(self, used: set[bytes]) -> None:
        """Enter the entities that a part of the run asked for."""

    @property
    def unused(self) -> int:
        """How many entities' earlier submissions no audited document asked for."""
        return 0

    def __len__(self) -> int:
        return 0
