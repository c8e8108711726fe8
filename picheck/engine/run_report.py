"""The report of a run without its documents: what is known before the first and after the last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from picheck.engine.acceptance.apply import waiver_notices
from picheck.engine.charts.facts import chart_facts
from picheck.engine.document import DocumentAuditor
from picheck.engine.notices import (
    left_out_notices,
    preview_notices,
    prior_notices,
    rulebook_uses,
    timeout_notices,
)
from picheck.engine.options import AuditOptions
from picheck.engine.run_inputs import run_inputs
from picheck.engine.summary import RunSummary
from picheck.model.report import DocumentSummary, Notice, Report, Run
from picheck.model.result import Result
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import rules_needed


def header(options: AuditOptions, registry: PluginRegistry) -> Report:
    """Return what is known before the first document: a report without any yet."""
    run = Run(
        as_of=options.as_of.isoformat(),
        gate=options.gate,
        options=options.in_report(),
        inputs=run_inputs(options),
        plugins=registry.plugins,
        history=options.history or msgspec.UNSET,
    )
    return Report(run=run, documents=(), results=(), summary=RunSummary().summary())


def finish(
    auditor: DocumentAuditor,
    options: AuditOptions,
    registry: PluginRegistry,
    run: RunSummary,
    said: Iterable[Notice],
) -> Report:
    """Return the report without documents and results: the summary and the notices."""
    auditor.prior.add_used(run.prior_used)
    # workers made these plans; the process that began the run may have audited nothing
    for key in run.plans:
        auditor.plans.of(*key)
    plans = tuple(auditor.plans)
    notices = [
        *said,
        *_no_document_notice(run),
        *auditor.selection.notices(run.overrides),
        *waiver_notices(auditor.acceptance, run.waiver_uses),
        *left_out_notices(plans),
        *preview_notices(plans),
        *prior_notices(auditor.prior),
        *(timeout_notices(options, registry) if run.is_timeout_weak else ()),
    ]
    for notice in notices:
        run.add_notice(notice)
    opening = header(options, registry)
    return msgspec.structs.replace(
        opening,
        run=msgspec.structs.replace(
            opening.run,
            rulebooks=rulebook_uses(plans, registry.rulebooks),
            notices=tuple(notices),
        ),
        summary=run.summary(),
    )


def _no_document_notice(run: RunSummary) -> Iterator[Notice]:
    """Say that there was nothing to audit, where nothing unreadable explains it."""
    if not run.number and "unreadable" not in run.reasons:
        yield Notice(kind="noDocument", message="no document was found")


def add_documents(
    report: Report,
    auditor: DocumentAuditor,
    documents: Sequence[DocumentSummary],
    results: Iterable[Result],
) -> Report:
    """Return a report with documents, their results in order, and the rules that they name."""
    # in an order of its own: rules are called in groups, and groups may change
    in_order = sorted(results, key=lambda r: (r.document, r.location.pointer, r.code))
    if auditor.options.with_chart_data:
        documents = chart_facts(documents, in_order)
    keys = {key for document in documents for key in rules_needed(document, ())}
    keys |= {(result.code, result.year) for result in in_order}
    by_year = sorted(keys, key=lambda key: (key[1] or 0, key[0]))
    return msgspec.structs.replace(
        report,
        rules=tuple([auditor.plans.record(*key) for key in by_year]),
        documents=tuple(documents),
        results=tuple(in_order),
    )
