"""The kit for authors of plugins: drafts, audits, cases and the verification of a plugin.

Needs the extra `testing` (`pip install "picheck[testing]"`). These names are the whole of it.
"""

from __future__ import annotations

from picheck.testing.auditing import Document, audit
from picheck.testing.builders import Draft, compliant
from picheck.testing.cases import Case, load_cases
from picheck.testing.examples import compliant_parts, shipped_cases
from picheck.testing.pytesting import run_cases

__all__ = [
    "Case",
    "Document",
    "Draft",
    "audit",
    "compliant",
    "compliant_parts",
    "load_cases",
    "run_cases",
    "shipped_cases",
]
