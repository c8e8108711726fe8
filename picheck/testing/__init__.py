"""The kit for authors of plugins: drafts, audits, cases and the verification of a plugin.

Needs the extra `testing` (`pip install "picheck[testing]"`). These names are the whole of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from picheck.testing.builders import Draft, compliant
from picheck.testing.cases import Case, load_cases
from picheck.testing.examples import compliant_parts, shipped_cases
from picheck.testing.harness import Document, audit, evidence_of
from picheck.testing.pytest_plugin import run_cases

if TYPE_CHECKING:
    from picheck.testing.certificate import Certificate, Check, Cost
    from picheck.testing.verify import verify_plugin

__all__ = [
    "Case",
    "Certificate",
    "Check",
    "Cost",
    "Document",
    "Draft",
    "audit",
    "compliant",
    "compliant_parts",
    "evidence_of",
    "load_cases",
    "run_cases",
    "shipped_cases",
    "verify_plugin",
]


def __getattr__(name: str) -> Any:
    """Import the verification when it is asked for: it brings hypothesis with it."""
    if name == "verify_plugin":
        from picheck.testing.verify import verify_plugin  # noqa: PLC0415

        return verify_plugin
    if name in {"Certificate", "Check", "Cost"}:
        from picheck.testing import certificate  # noqa: PLC0415

        return getattr(certificate, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
