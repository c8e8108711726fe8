"""The entities of a run: which sets belong together, and which documents they are in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from picheck.model.evidence import NO_EVIDENCE, Evidence
from picheck.model.submission import MeasurementSet
from picheck.rulebook.models import Rulebook
from picheck.rules.measurement_set import Entity, SetView

_NO_LEVELS: Final[Mapping[str, tuple[SetView, ...]]] = MappingProxyType({})
_NO_YEARS: Final[Mapping[int, tuple[SetView, ...]]] = MappingProxyType({})


class EntityYear(NamedTuple):
    """One entity in one performance year of one program."""

    program: str
    year: int
    entity: Entity


class EntitySets(NamedTuple):
    """The sets of one document, or of a run, by the entity and year that they belong to.

    `other_levels` are the sets of the same practice as other entity types, of the whole run.
    """

    key: EntityYear
    views: tuple[SetView, ...]
    evidence: Evidence = NO_EVIDENCE
    other_levels: Mapping[str, tuple[SetView, ...]] = _NO_LEVELS


class EntityReference(NamedTuple):
    """A document has sets of an entity: digests of the entity and year and of the document.

    `practice` is a digest of the TIN and year, for an entity that names no TIN that of the entity;
    `level` is the entity type. All sets of a document are of one entity and year, so whatever is
    looked at together in any program shares the digest of the practice.
    """

    entity: int
    practice: int
    level: str
    program: str
    document: int
    sets: int
    digest: int


def references(entity_sets: Iterable[EntitySets], sha256: str) -> Iterator[EntityReference]:
    """Yield what must be kept of a document's sets in a run that cannot keep the sets.

    Not even a key is kept, for it may hold a Social Security number, but a digest of it. Two
    entities that share one are kept apart when their documents are read again.
    """
    for key, views, *_ in entity_sets:
        if key.entity.is_identified:
            entity = key.entity
            yield EntityReference(
                entity=_digest(key.year, *entity),
                practice=_digest(key.year, *_practice(entity)),
                level=entity.entity_type,
                program=key.program,
                document=views[0].document,
                sets=len(views),
                digest=short_digest(sha256),
            )


def short_digest(sha256: str) -> int:
    """Return the first 64 bits of a SHA-256 as a signed number, as a database keeps it."""
    return int.from_bytes(bytes.fromhex(sha256[:16]), "big", signed=True)


def _practice(entity: Entity) -> tuple[str | None, ...]:
    """Return what all entities of one practice share: the TIN; without one, the entity itself."""
    return (entity.tin,) if entity.tin else tuple(entity)


def _digest(year: int, *parts: str | None) -> int:
    """Return 64 bits for an entity or a practice in a year, the same in every process."""
    # a separator that no identifier holds; JSON may hold half of a surrogate pair
    text = "\0".join([str(year), *[part or "" for part in parts]])
    hashed = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(hashed, "big", signed=True)


class EntityGroups:
    """The sets of a run by entity and year, in input order."""

    def __init__(self) -> None:
        self._groups: dict[EntityYear, tuple[list[SetView], Evidence]] = {}
        self._levels: dict[tuple[str, int, str | None], dict[str, list[SetView]]] = {}

    def add(self, entity_sets: Iterable[EntitySets]) -> None:
        """Enter the sets of one document; the evidence of the first document counts."""
        for key, views, evidence, _ in entity_sets:
            if key.entity.is_identified:
                self._groups.setdefault(key, ([], evidence))[0].extend(views)
                # only the TIN says that two entities are of one practice
                if key.entity.tin:
                    self._levels_of(key).setdefault(key.entity.entity_type, []).extend(views)

    def with_several_sets(self) -> Iterator[EntitySets]:
        """Yield the entities that have more than one set, or others at another level.

        In input order.
        """
        for key, (views, evidence) in self._groups.items():
            levels = self._levels_of(key) if key.entity.tin else {}
            own = key.entity.entity_type
            others = {level: tuple(found) for level, found in levels.items() if level != own}
            if len(views) > 1 or others:
                yield EntitySets(key, tuple(views), evidence, MappingProxyType(others))

    def _levels_of(self, key: EntityYear) -> dict[str, list[SetView]]:
        """Return the sets of the entity's practice by their level."""
        return self._levels.setdefault((key.program, key.year, key.entity.tin), {})


class Remark(NamedTuple):
    """What a reader must know of where earlier years come from, and whether it leaves a gap."""

    message: str
    is_incomplete: bool = False


def earlier_views(records: Iterable[MeasurementSet], rulebook: Rulebook) -> tuple[SetView, ...]:
    """Return sets of an earlier year as rules look at them; they have no place in any document."""
    return tuple([SetView(record, "", rulebook) for record in records])


class PriorBook:
    """Earlier submissions by program and entity; here none, for no path of any was given.

    `location` is where another process may find them.
    """

    location: Any = None

    def before(self, key: EntityYear) -> Mapping[int, tuple[SetView, ...]]:
        """Return the sets of the entity's earlier years, by year."""
        del key
        return _NO_YEARS

    def remarks(self, key: EntityYear) -> tuple[Remark, ...]:
        """Return what a reader must know of where the earlier years come from."""
        del key
        return ()

    def take_used(self) -> set[bytes]:
        """Return digests of the entities that were asked for since the last call."""
        return set()

    def add_used(self, used: set[bytes]) -> None:
        """Enter the entities that another part of the run asked for."""

    @property
    def unused(self) -> int:
        """How many entities' earlier submissions no audited document asked for."""
        return 0

    def __len__(self) -> int:
        return 0
