"""The report of a run without its documents: what is known before the first and after the last."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from picheck.engine.acceptance.apply import waiver_notices
from picheck.engine.document import DocumentAuditor
from picheck.engine.notices import (
    left_out_notices,
    no_document_notice,
    preview_notices,
    prior_notices,
    rulebook_uses,
)
from picheck.engine.options import AuditOptions
from picheck.engine.run_inputs import run_inputs
from picheck.engine.summary import RunSummary
from picheck.model.report import Notice, Report, Run
from picheck.plugins.registry import PluginRegistry


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
    for key in run.plans:
        auditor.plans.of(*key)
    plans = tuple(auditor.plans)
    notices = [
        *said,
        *no_document_notice(run),
        *auditor.selection.notices(run.overrides),
        *waiver_notices(auditor.acceptance, run.waiver_uses),
        *left_out_notices(plans),
        *preview_notices(plans),
        *prior_notices(auditor.prior),
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
