"""Who and what results are about, and how an entity is named in a report."""

from __future__ import annotations

import base64
import hashlib

import msgspec

from picheck.masking import Masker
from picheck.rules.measurement_set import Entity, SetView


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """The document that results are about: where it is, whose it is, and how to hide that.

    `entity_json` is the entity's key as fingerprints take it; `keys_pointer` leads to the
    submission's own keys; `sets` are the sets of the program (of all documents, for an entity);
    `set_` is the set that rules of scope "set" are run on. `other_levels` are sets of other
    entities, which a result may name as related and cannot be about.
    """

    document: int
    year: int | None
    masker: Masker
    entity_json: bytes
    uri: str = ""
    line: int | None = None
    entity: Entity | None = None
    keys_pointer: str = ""
    sets: tuple[SetView, ...] = ()
    other_levels: tuple[SetView, ...] = ()
    set_: SetView | None = None

    def on(self, view: SetView) -> Subject:
        """Return the subject of one of its sets."""
        return msgspec.structs.replace(self, set_=view)


def pseudonym(subject: Subject, key: bytes) -> str:
    """Return the pseudonym of an entity: equal for one entity, different for any two.

    It is a keyed digest. Without a secret key (`--entity-key`) it only keeps entities apart
    within a run: whoever knows all TINs can try them.
    """
    # BLAKE2b takes a key of 64 bytes at most
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
