"""A history behind the service: audits look back into it and are recorded in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from picheck.engine.audit import audit_inputs
from picheck.engine.options import AuditOptions
from picheck.engine.prior.loader import LoadedPrior
from picheck.engine.verdicts import exit_status
from picheck.errors import HistoryError
from picheck.intake.documents import Input
from picheck.model.report import Notice, Report
from picheck.plugins.registry import PluginRegistry
from picheck.service.user import USER

if TYPE_CHECKING:
    from picheck.history.audit_history import History


class ServiceHistory:
    """Audits with a history, any number at one time.

    Who sent the request is recorded; where no one has to say it, the name that the service was
    begun with.
    """

    def __init__(self, history: History, by: str) -> None:
        self._history = history
        self._by = by

    def audit(
        self,
        inputs: Iterable[Input],
        options: AuditOptions,
        registry: PluginRegistry,
        prior: LoadedPrior,
    ) -> Report:
        """Audit documents and record what the history does not have yet.

        A database that fails costs no report: a notice says that nothing was recorded.
        """
        try:
            run, options = self._history.begin_run(options, by=USER.get() or self._by, at_end=False)
        except HistoryError as error:
            report = audit_inputs(inputs, options, registry, prior.book, prior.notices)
            return _with_fault(report, f"{error}; nothing was recorded")
        book = run.add_archive(prior.book, registry.rulebooks)
        report = audit_inputs(inputs, options, registry, book, prior.notices, recorder=run)
        # a request that brought nothing new leaves no record of its run either
        if run.has_recorded:
            run.finish(report)
        for fault in run.faults:
            report = _with_fault(report, fault)
        return report

    def add_archive(self, prior: LoadedPrior, registry: PluginRegistry) -> LoadedPrior:
        """Add the history to earlier submissions, for a run that records nothing."""
        from picheck.history.archive import look_back  # noqa: PLC0415 - only a history needs it

        return look_back(self._history.database.url, prior, registry.rulebooks)

    def list_records(self, **wanted: Any) -> Mapping[str, Any]:
        """Return records, as `picheck history list` has them."""
        from picheck.history.queries import view_list  # noqa: PLC0415 - only a history needs it

        return view_list(self._history.database, **wanted)

    def find_record(self, seq: int) -> Mapping[str, Any]:
        """Return one record. Raises UsageError where there is none with this number."""
        from picheck.history.queries import view_record  # noqa: PLC0415 - as above

        return view_record(self._history.database, seq)

    def list_trends(self, **wanted: Any) -> Mapping[str, Any]:
        """Return what became of each entity, as `picheck history trend` has it."""
        from picheck.history.queries import view_trend  # noqa: PLC0415 - as above

        return view_trend(self._history.database, **wanted)


def _with_fault(report: Report, fault: str) -> Report:
    """Return a report that says that it was not recorded, and is incomplete by that."""
    notice = Notice(kind="historyFailed", message=fault, is_incomplete=True)
    run = msgspec.structs.replace(report.run, notices=(*report.run.notices, notice))
    reasons: Sequence[str] = (*report.summary.exit.reasons, "incomplete")
    summary = msgspec.structs.replace(report.summary, exit=exit_status(reasons))
    return msgspec.structs.replace(report, run=run, summary=summary)
