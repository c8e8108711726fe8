"""What the chosen reporters want of an audit, and what each of them is then given."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from picheck.engine.options import AuditOptions
from picheck.model.report import Report
from picheck.plugins.reporter import Reporter

#: Outcomes that only a reporter or a user who asks for all results wants to see.
_QUIET = frozenset({"pass", "notApplicable", "indeterminate"})
#: The same where open questions count at the gate.
_QUIET_AT_THE_GATE = frozenset({"pass", "notApplicable"})


def ask_for(terms: AuditOptions, reporters: Iterable[Reporter]) -> AuditOptions:
    """Return the terms with what the reporters ask for: every result, facts for a picture."""
    chosen = tuple(reporters)
    return msgspec.structs.replace(
        terms,
        all_results=terms.all_results or any(_wants(r, "wants_all") for r in chosen),
        with_chart_data=terms.with_chart_data or any(_wants(r, "wants_facts") for r in chosen),
    )


def fit_report(report: Report, reporter: Reporter, *, keeps_all: bool) -> Report:
    """Return the report without what another reporter asked for and this one did not."""
    if not keeps_all and not _wants(reporter, "wants_all"):
        quiet = _QUIET_AT_THE_GATE if _asks_for_all_evidence(report) else _QUIET
        shown = tuple(r for r in report.results if r.outcome not in quiet)
        report = msgspec.structs.replace(report, results=shown)
    if not _wants(reporter, "wants_facts") and any(d.facts for d in report.documents):
        plain = tuple(msgspec.structs.replace(d, facts=None) for d in report.documents)
        report = msgspec.structs.replace(report, documents=plain)
    return report


def _asks_for_all_evidence(report: Report) -> bool:
    """Whether open questions count at the gate of the run, or of some of its files."""
    overrides = report.run.options.get("overrides", ())
    return "indeterminate" in {report.run.gate, *(override["gate"] for override in overrides)}


def _wants(reporter: Reporter, attribute: str) -> bool:
    return bool(getattr(reporter, attribute, False))
