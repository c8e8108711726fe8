"""Files that records name by their digest."""

from __future__ import annotations

import hashlib
import zlib
from typing import Final

import msgspec

#: How hard kept files are compressed: little, for a batch waits for it.
_LEVEL: Final = 1

#: The kinds of files that are kept.
MEDIA: Final = frozenset({
    "application/json", "application/xml", "application/toml", "application/octet-stream",
    "text/plain",
})  # fmt: skip


class Blob(msgspec.Struct, frozen=True):
    """A file that a record names: its digest, its kind, its size, and its bytes, compressed.

    `data` is None where only the digest is kept.
    """

    sha256: str
    media: str
    size: int
    data: bytes | None

    @classmethod
    def of(cls, data: bytes, media: str, *, keep: bool = True) -> Blob:
        """Make a blob of bytes."""
        packed = zlib.compress(data, _LEVEL) if keep else None
        return cls(hashlib.sha256(data).hexdigest(), media, len(data), packed)


def media_of(data: bytes) -> str:
    """Return the media type of a submission: QRDA III is XML, all others are JSON."""
    return "application/xml" if data.lstrip()[:1] == b"<" else "application/json"
