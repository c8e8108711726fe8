"""What rules about QRDA III files share: the facts that only such a file states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from picheck.api import CheckResult, Source, not_applicable

_FORMAT: Final = "qrda3"


def is_qrda(source: Source) -> bool:
    """Whether the document came as QRDA III."""
    return source.format == _FORMAT


def no_qrda() -> CheckResult:
    """Return that there is nothing to check in a document of another format."""
    return not_applicable("the document did not come as QRDA III")


def facts_of(source: Source, kind: str) -> Sequence[Mapping[str, Any]]:
    """Return the facts of one kind, in document order; nothing for another format."""
    facts: Sequence[Mapping[str, Any]] = source.facts.get(kind, ()) if is_qrda(source) else ()
    return facts


def shown(text: str | None) -> str:
    """Return a version or an id for a message; an absent one has a name too."""
    return repr(text) if text else "none"
