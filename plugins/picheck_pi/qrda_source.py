"""What rules about QRDA III files share: the facts that only such a file states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from picheck.api import Source, not_applicable

_FORMAT: Final = "qrda3"

NO_QRDA: Final = not_applicable("the document did not come as QRDA III")


def is_qrda(source: Source) -> bool:
    """Whether the document came as QRDA III."""
    return source.format == _FORMAT


def facts_of(source: Source, kind: str) -> Sequence[Mapping[str, Any]]:
    """Return the facts of one kind, in document order."""
    facts: Sequence[Mapping[str, Any]] = source.facts.get(kind, ())
    return facts


def quote(text: str | None) -> str:
    """Return a version or an id for a message; an absent one has a name too."""
    return repr(text) if text else "none"
