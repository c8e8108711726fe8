"""A history during a run: it is looked back into, and what was audited is recorded in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from picheck.engine.document import AuditedDocument
from picheck.engine.options import AuditOptions
from picheck.errors import HistoryError, UsageError
from picheck.history.archive import HistoryArchive
from picheck.history.chain import Clock, utc_now
from picheck.history.collect import CollectedDocument, HistoryCollector
from picheck.history.database import Database
from picheck.history.keys import read_key
from picheck.history.recorder import AuditRecorder
from picheck.history.terms import describe_terms
from picheck.model.report import HistoryUse, Report
from picheck.plugins.host import Host
from picheck.plugins.registry import PluginRegistry


class AuditHistory:
    """The history of one run, given to the engine as its recorder.

    Whatever fails while it is written is put into `faults`, and nothing more is recorded then: no
    report is lost by it. With `at_end` nothing is written before `finish`, which is when the
    reports of a run that does not stream have been written.
    """

    def __init__(
        self,
        database: Database,
        recorder: AuditRecorder,
        collector: HistoryCollector,
        archive: HistoryArchive,
        *,
        at_end: bool,
    ) -> None:
        self._database = database
        self._recorder = recorder
        self._at_end = at_end
        self._held: list[Callable[[], None]] = []
        self.make_collector = collector
        self.add_archive = archive
        self.faults: list[str] = []

    def add(self, collected: Sequence[CollectedDocument]) -> None:
        """Record the audits of some documents."""
        self._do(partial(self._recorder.add, tuple(collected)))

    def amend(self, number: int, audited: AuditedDocument) -> None:
        """Record what several documents of an entity together showed of one of them."""
        self._do(partial(self._recorder.amend, number, audited))

    def finish(self, report: Report) -> str:
        """Record what was held back and the run itself; return a line about what was recorded."""
        self._at_end = False
        for step in self._held:
            self._do(step)
        line = ""
        if not self.faults:
            try:
                state = self._recorder.finish(report)
                line = f"{state}; {self._recorder.recorded:,} recorded"
                if self._recorder.unchanged:
                    line += f", {self._recorder.unchanged:,} unchanged"
            except HistoryError as error:
                self._fail(error)
        self._database.close()
        return line

    def _do(self, step: Callable[[], None]) -> None:
        if self._at_end:
            self._held.append(step)
        elif not self.faults:
            try:
                step()
            except HistoryError as error:
                self._fail(error)

    def _fail(self, error: HistoryError) -> None:
        self.faults.append(f"{error}; the audit stands, but what follows was not recorded")


def open_history(
    url: str,
    options: AuditOptions,
    host: Host,
    registry: PluginRegistry,
    *,
    by: str,
    keep: bool,
    at_end: bool,
    clock: Clock = utc_now,
) -> tuple[AuditHistory, AuditOptions]:
    """Open a history for a run; returns it with the options that name it in the report.

    Raises UsageError where there is none at this address or where the run cannot be recorded,
    HistoryError where the database does not answer.
    """
    if options.reveal:
        raise UsageError("a history keeps no TIN or NPI in the open; audit without --reveal")
    key = read_key(url)
    database = Database(url)
    state = database.state()
    terms = describe_terms(options, host, registry, keep=keep)
    recorder = AuditRecorder(database, terms, options.as_of.isoformat(), by=by, clock=clock)
    archive = HistoryArchive(url, key, state.size)
    history = AuditHistory(database, recorder, HistoryCollector(key, keep), archive, at_end=at_end)
    use = HistoryUse(records=state.size, head=state.head)
    return history, msgspec.structs.replace(options, history=use)
