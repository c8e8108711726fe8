"""The entities of a run: which sets belong together, and how an entity is named in a report."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from picheck.engine.results import Subject
from picheck.masking import Masker
from picheck.model.evidence import NO_EVIDENCE, Evidence
from picheck.rules.measurement_set import Entity, SetView

_NO_YEARS: Final[Mapping[int, tuple[SetView, ...]]] = MappingProxyType({})


class EntityYear(NamedTuple):
    """One entity in one performance year of one program."""

    program: str
    year: int
    entity: Entity


class EntitySets(NamedTuple):
    """The sets of one document by the entity and year that they belong to."""

    key: EntityYear
    views: tuple[SetView, ...]
    evidence: Evidence = NO_EVIDENCE


class EntityReference(NamedTuple):
    """That a document has sets of an entity: a digest of the entity and year, the
    number of the document and the beginning of its SHA-256.

    All sets of a document are of one entity and year, so whatever is looked at together in any
    program shares a digest.
    """

    entity: int
    program: str
    document: int
    sets: int
    digest: int


def references(entity_sets: Iterable[EntitySets], sha256: str) -> Iterator[EntityReference]:
    """Yield what must be kept of a document's sets in a run that cannot keep the sets.

    Not even a key is kept, for it may hold a Social Security number, but a digest of it. Two
    entities that share one are told apart when their documents are read again.
    """
    for key, views, _ in entity_sets:
        if key.entity.is_identified:
            yield EntityReference(
                _digest(key), key.program, views[0].document, len(views), short_digest(sha256)
            )


def short_digest(sha256: str) -> int:
    """Return the first 64 bits of a SHA-256 as a signed number, as a database keeps it."""
    return int.from_bytes(bytes.fromhex(sha256[:16]), "big", signed=True)


def _digest(key: EntityYear) -> int:
    """Return 64 bits for an entity in a year, the same in every process."""
    text = "\0".join([str(key.year), *[part or "" for part in key.entity]])
    hashed = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(hashed, "big", signed=True)


class EntityGroups:
    """The sets of a run by entity and year, in input order."""

    def __init__(self) -> None:
        self._groups: dict[EntityYear, tuple[list[SetView], Evidence]] = {}

    def add(self, entity_sets: Iterable[EntitySets]) -> None:
        """Enter the sets of one document; the evidence of the first document counts."""
        for key, views, evidence in entity_sets:
            if key.entity.is_identified:
                self._groups.setdefault(key, ([], evidence))[0].extend(views)

    def with_several_sets(self) -> Iterator[EntitySets]:
        """Yield the entities that have more than one set, in input order."""
        for key, (views, evidence) in self._groups.items():
            if len(views) > 1:
                yield EntitySets(key, tuple(views), evidence)


class PriorBook:
    """Earlier submissions by program and entity; here none, for no path of any was given.

    `location` is where another process may find them.
    """

    location: Any = None

    def before(self, key: EntityYear) -> Mapping[int, tuple[SetView, ...]]:
        """Return the sets of the entity's earlier years, by year."""
        del key
        return _NO_YEARS

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


def pseudonym(subject: Subject, key: bytes) -> str:
    """Return the pseudonym of an entity: equal for one entity, different for any two.

    It is a keyed digest. Without a secret key (`--entity-key`) it only keeps entities apart
    within a run: whoever knows all TINs can try them.
    """
    digest = hashlib.blake2b(subject.entity_json, key=key[:64], digest_size=12).digest()
    return base64.urlsafe_b64encode(digest).decode()


def subject_name(entity: Entity | None, masker: Masker) -> str:
    """Return the name of an entity for a reader: `tin *****6789, npi ******3210`."""
    if entity is None:
        return "no entity named"
    parts = [
        f"{label} {masker.identifier(value)}"
        for label, value in (("tin", entity.tin), ("npi", entity.npi))
        if value
    ]
    if entity.entity_id:
        parts.append(f"entity {masker.text(entity.entity_id)}")
    return ", ".join(parts) or "no entity named"
