"""What the chosen reporters want of an audit, and what each of them is then given."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from picheck.engine.terms import Terms
from picheck.hooks.reporter import Reporter
from picheck.model.report import Report


def wanted(terms: Terms, reporters: Iterable[Reporter]) -> Terms:
    """Return the terms with what the reporters ask for: every result, facts for a picture."""
    chosen = tuple(reporters)
    return msgspec.structs.replace(
        terms,
        keeps_all=terms.keeps_all or any(_wants(r, "wants_all") for r in chosen),
        wants_facts=terms.wants_facts or any(_wants(r, "wants_facts") for r in chosen),
    )


def fitted(report: Report, reporter: Reporter, *, keeps_all: bool) -> Report:
    """Return the report without what another reporter asked for and this one did not."""
    if not keeps_all and not _wants(reporter, "wants_all"):
        told = tuple(r for r in report.results if r.outcome not in {"pass", "notApplicable"})
        report = msgspec.structs.replace(report, results=told)
    if not _wants(reporter, "wants_facts") and any(d.facts for d in report.documents):
        plain = tuple(msgspec.structs.replace(d, facts=None) for d in report.documents)
        report = msgspec.structs.replace(report, documents=plain)
    return report


def _wants(reporter: Reporter, attribute: str) -> bool:
    return bool(getattr(reporter, attribute, False))
