"""Who a document speaks for, and how its findings are told apart across runs."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from picheck.model.location import pointer_join, pointer_tokens
from picheck.rules.view import Entity, SetView

_encode: Final = msgspec.json.Encoder().encode
#: How many characters of an identifier a reader may see.
_SHOWN: Final = 4
_SET_PLACE: Final = re.compile(r"/measurementSets/\d+")


def mask(identifier: str) -> str:
    """Hide all but the last four characters of an identifier."""
    shown = identifier[-_SHOWN:] if len(identifier) > _SHOWN else ""
    return shown.rjust(len(identifier), "*")


def masked_text(text: str, entity: Entity) -> str:
    """Hide the entity's TIN and NPI wherever they stand in a text."""
    for identifier in (entity.tin, entity.npi):
        if identifier and len(identifier) > _SHOWN and identifier in text:
            text = text.replace(identifier, mask(identifier))
    return text


def subject_name(entity: Entity, *, reveals: bool) -> str:
    """Name an entity for a reader: `tin *****6789, npi ******3210`."""
    parts = [
        f"{label} {value if reveals else mask(value)}"
        for label, value in (("tin", entity.tin), ("npi", entity.npi))
        if value
    ]
    if entity.entity_id:
        parts.append(f"entity {entity.entity_id}")
    return ", ".join(parts) or "nobody named"


def entity_key(entity: Entity | None) -> str:
    """Return the canonical key of an entity; `-` for a document that names none."""
    return "-" if entity is None else ":".join([part or "" for part in entity])


class Mark(NamedTuple):
    """What names a finding across runs, but for the entity, whose key goes in between."""

    head: bytes
    tail: bytes

    def fingerprint(self, entity: bytes) -> str:
        """Return the SHA-256 of it all; `entity` is the entity's key as `entity_json` has it."""
        return hashlib.sha256(self.head + entity + self.tail).hexdigest()


@lru_cache(maxsize=16)
def entity_json(entity: Entity | None) -> bytes:
    """Return the canonical key of an entity as a JSON string."""
    return _encode(entity_key(entity))


def mark_of(code: str, year: int | None, named: str, key: str, view: SetView | None) -> Mark:
    """Say what a finding is about, never how it was worded or where it stood.

    That is code, year, `category|method|program` of the set, the `named` pointer with measure
    ids in place of array indexes, and the rule's own key.
    """
    if view is None:
        kind, place = "", _SET_PLACE.sub("/measurementSets", named)
    else:
        record = view.record
        kind = f"{record.category}|{record.submission_method}|{record.program_name or 'mips'}"
        place = named.removeprefix(view.pointer)
    return Mark(_encode([code, year])[:-1] + b",", b"," + _encode([kind, place, key])[1:])


def fingerprint(
    code: str,
    year: int | None,
    entity: Entity | None,
    named: str,
    *,
    key: str,
    view: SetView | None = None,
) -> str:
    """Return the SHA-256 that names a finding across runs."""
    return mark_of(code, year, named, key, view).fingerprint(entity_json(entity))


def named_pointer(view: SetView | None, pointer: str) -> str:
    """Return the pointer with the measure's id in place of its index, where it has one."""
    if view is None or not pointer.startswith(view.pointer):
        return pointer
    match pointer_tokens(pointer.removeprefix(view.pointer)):
        case ("measurements", index, *rest) if index.isdecimal():
            measurements = view.record.measurements
            if int(index) < len(measurements):
                named = measurements[int(index)].measure_id
                return pointer_join(view.pointer, "measurements", named, *rest)
    return pointer
