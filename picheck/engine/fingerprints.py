"""How a finding is identified across runs."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Final

import msgspec

from picheck.rules.measurement_set import Entity, SetView

_encode: Final = msgspec.json.Encoder().encode
_SET_INDEX: Final = re.compile(r"/measurementSets/\d+")


def entity_json(entity: Entity | None) -> bytes:
    """Return the key of an entity as a JSON text; `"-"` where the document names none."""
    return _encode("-" if entity is None else ":".join([part or "" for part in entity]))


def fingerprint(  # noqa: PLR0917 - all of them are what identifies a finding
    code: str, year: int | None, entity: bytes, pointer: str, key: str, view: SetView | None = None
) -> str:
    """Return the SHA-256 that identifies a finding across runs.

    It is made of the code, the year, the entity (`entity_json`), category, method and program of
    the set that the finding lies in, the pointer with measure ids in place of indexes (from that
    set, if there is one) and the rule's own key. No message, line or file name takes part.
    """
    kind = ""
    if view is not None:
        record = view.record
        # a set that names no program is one of MIPS: to name it makes no other finding
        kind = f"{record.category}|{record.submission_method}|{record.program_name or 'mips'}"
    head, tail = _around(code, year, kind, pointer, key)
    return hashlib.sha256(head + entity + tail).hexdigest()


# without the entity, which differs for nearly every document: the rest comes up again and again
@lru_cache(maxsize=4096)
def _around(code: str, year: int | None, kind: str, pointer: str, key: str) -> tuple[bytes, bytes]:
    """Return the canonical JSON before and after the entity."""
    # outside of its program's sets a pointer has no name for the set that it leads into, and the
    # number of a set changes where others are added
    place = pointer if kind else _SET_INDEX.sub("/measurementSets", pointer)
    return _encode([code, year])[:-1] + b",", b"," + _encode([kind, place, key])[1:]
