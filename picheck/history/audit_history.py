"""A history during a run: it is looked back into, and what was audited is recorded in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from picheck.engine.document import AuditedDocument
from picheck.engine.locations import Documents
from picheck.engine.options import AuditOptions
from picheck.engine.recorder import RunEnd
from picheck.errors import HistoryError, UsageError
from picheck.history.archive import HistoryArchive
from picheck.history.blob import Blob
from picheck.history.chain import Clock, utc_now
from picheck.history.collect import CollectedAudit, HistoryCollector, document_numbers
from picheck.history.database import Database
from picheck.history.keys import read_key
from picheck.history.recorder import AuditRecorder
from picheck.history.resume import check_beginning
from picheck.history.terms import describe_environment, describe_terms
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
        recorder: AuditRecorder,
        collector: HistoryCollector,
        archive: HistoryArchive,
        *,
        at_end: bool,
    ) -> None:
        self._recorder = recorder
        self._since = archive.until
        self._at_end = at_end
        self._held: list[Callable[[], None]] = []
        self.make_collector = collector
        self.add_archive = archive
        self.faults: list[str] = []

    def has_ended(self, end: RunEnd) -> bool:
        """Whether a run with such an end was recorded since this one began.

        Raises HistoryError where the database does not answer.
        """
        return self._recorder.has_ended(self._since, end)

    def resume(self, digests: Sequence[int]) -> int:
        """Go on with a run that was cut short; `digests` are those of what it wrote.

        Returns the number of the first input of which nothing may be recorded.
        """
        try:
            return self._recorder.resume(self._since, digests)
        except HistoryError as error:
            self._fail(error)
            # nothing is recorded from here on, so nothing has to be audited again for its record
            return len(digests)

    def add(self, collected: Sequence[CollectedAudit]) -> None:
        """Record the audits of some documents."""
        self._do(partial(self._recorder.add, tuple(collected)))

    def amend(self, number: int, audited: AuditedDocument, documents: Documents) -> None:
        """Record what several documents of an entity together showed of one of them."""
        together = {each: documents[each] for each in sorted(document_numbers(audited))}
        self._do(partial(self._recorder.amend, number, audited, together))

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
        return line

    @property
    def has_recorded(self) -> bool:
        """Whether anything was recorded that the history did not have."""
        return self._recorder.recorded > 0

    def _do(self, step: Callable[[], None]) -> None:
        if self._at_end:
            self._held.append(step)
        elif not self.faults:
            try:
                step()
            except HistoryError as error:
                self._fail(error)

    def _fail(self, error: HistoryError) -> None:
        self.faults.append(f"{error}; the audit is valid, but what follows was not recorded")


class History:
    """An open history, for as many runs as there are: each of them begins with `begin_run`.

    `keep` says whether the bytes of files are kept beside their digests. Raises UsageError where
    there is no history at this address, HistoryError where the database does not answer.
    """

    def __init__(self, url: str, host: Host, registry: PluginRegistry, *, keep: bool) -> None:
        self._url = url
        self.database = Database(url)  # first, for where there is no history there is no key either
        self._key = read_key(url)
        self._keep = keep
        environment = describe_environment(host, registry).encode()
        self._environment = Blob.of(environment, "application/toml")

    def begin_run(
        self,
        options: AuditOptions,
        *,
        by: str,
        at_end: bool,
        begun: HistoryUse | None = None,
        clock: Clock = utc_now,
    ) -> tuple[AuditHistory, AuditOptions]:
        """Return the recorder of a run, and its options, which name the history in the report.

        `begun` is the state of the history when a run began that this one goes on with.
        Raises UsageError where the run cannot be recorded, HistoryError where the database does
        not answer.
        """
        if options.reveal:
            raise UsageError("a history keeps no TIN or NPI in the open; audit without --reveal")
        use = begun or self._state()
        if begun is not None:
            check_beginning(self.database, begun)
        terms = describe_terms(options, self._environment, keep=self._keep)
        day = options.as_of.isoformat()
        recorder = AuditRecorder(self.database, terms, day, by=by, clock=clock)
        collector = HistoryCollector(
            url=self._url, key=self._key, keep=self._keep, terms=terms.digests, as_of=day
        )
        archive = HistoryArchive(self._url, self._key, use.records)
        run = AuditHistory(recorder, collector, archive, at_end=at_end)
        return run, msgspec.structs.replace(options, history=use)

    def _state(self) -> HistoryUse:
        state = self.database.state()
        return HistoryUse(records=state.records, head=state.head)
