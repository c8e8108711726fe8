"""A worker audits chunks of documents and writes what the reporters say of them."""

from __future__ import annotations

import gc
import hashlib
import pickle
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

import msgspec

from picheck.engine.audit import audit_one
from picheck.engine.batch.resume_point import FROM_START, KeptInputs, changed_error, kept_digest
from picheck.engine.document import AuditedDocument, DocumentAuditor
from picheck.engine.entities import EntityReference, PriorBook, references
from picheck.engine.options import AuditOptions
from picheck.engine.prior.loader import load_prior, open_prior
from picheck.engine.prior.store import HistoryLocation
from picheck.engine.recorder import AddArchive, AuditedInput, MakeCollector
from picheck.engine.stopwatch import Duration
from picheck.engine.summary import RunSummary
from picheck.engine.watchdog import Watchdog
from picheck.errors import InputError
from picheck.intake.chunk import Chunk
from picheck.intake.documents import RawDocument
from picheck.intake.files import read_inputs
from picheck.model.report import Notice
from picheck.model.result import RuleRecord
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import RuleKey, StreamingReporter, rules_needed

_thread_local: Final = threading.local()


class WorkerConfig(msgspec.Struct, frozen=True, kw_only=True):
    """All that a process on any machine needs to audit chunks.

    `open_plugins` loads the plugins; it is pickled by name, so it is a function of a module, or
    a `functools.partial` of one. `reporters` are names. `prior` is where the process that began
    the run wrote the earlier submissions; a process that cannot see that file reads them itself.
    `add_archive` adds a history to these; `make_collector` makes what the documents of a chunk are
    given to, and `ChunkResult.collected` is what it returned.
    """

    open_plugins: Callable[[], tuple[Any, PluginRegistry]]
    options: AuditOptions
    reporters: tuple[str, ...]
    prior: HistoryLocation | None = None
    add_archive: AddArchive | None = None
    make_collector: MakeCollector | None = None

    def pickle(self) -> bytes:
        """Return the configuration as bytes, sent with each chunk and unpacked once."""
        return pickle.dumps(self)


class Segment(msgspec.Struct, frozen=True):
    """A stretch of output that begins with documents which need `rules`; a piece a reporter."""

    rules: tuple[RuleRecord, ...]
    pieces: tuple[bytes, ...]


class ChunkResult(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one chunk: its output, its counts, and the entities that it has sets of.

    `durations` say how long rules took, by code, where the run measures that.
    """

    first: int
    count: int
    segments: tuple[Segment, ...]
    summary: RunSummary
    references: tuple[EntityReference, ...]
    last: str = ""
    durations: dict[str, Duration] = {}
    collected: tuple[Any, ...] = ()


class Worker:
    """Audits chunks one after the other."""

    def __init__(self, config: WorkerConfig, registry: PluginRegistry | None = None) -> None:
        if registry is None:
            _, registry = config.open_plugins()
        self.registry = registry
        self.auditor = DocumentAuditor(registry, config.options, _open_prior(config, registry))
        self.reporters = [_find_reporter(registry, name) for name in config.reporters]
        self.watchdog = Watchdog(config.options.rule_timeout)
        self._stopwatch = config.options.stopwatch
        make = config.make_collector
        self.collect = None if make is None else make(self.auditor, registry)

    def audit(self, chunk: Chunk, kept: KeptInputs = FROM_START) -> ChunkResult:
        """Audit a chunk. `kept` says which of its inputs were written by an earlier run."""
        with self.watchdog.arm() as is_weak:
            result = self._audit(chunk, kept)
        result.summary.is_timeout_weak = is_weak
        return result

    def _audit(self, chunk: Chunk, kept: KeptInputs) -> ChunkResult:
        summary, found = RunSummary(), list[EntityReference]()
        writer = SegmentWriter(self.reporters, self.auditor)
        last, gone = "", set(kept.documents())
        audits: list[AuditedInput] = []
        for index, given in chunk.inputs():
            if index < kept.until:
                gone.discard(index)
                if again := self._enter_kept(given, index, kept, summary, found):
                    audits.append(again)
                continue
            audited = audit_one(self.auditor, given, index)
            if isinstance(audited, Notice):
                writer.add_notice(index, audited)
                summary.add_notice(audited)
            else:
                writer.add(index, audited)
                summary.add(audited)
                for notice in audited.notices:
                    summary.add_notice(notice)
                found += references(audited.entity_sets, audited.summary.sha256)
                if self.collect is not None and isinstance(given, RawDocument):
                    audits.append(AuditedInput(index, given, audited))
            if isinstance(given, RawDocument):
                last = given.uri if given.line is None else f"{given.uri}:{given.line}"
        # a document that was written and is now a blank line, or not there
        if gone:
            raise changed_error(f"the input with number {min(gone)}")
        summary.plans = set(self.auditor.plans.keys)
        summary.prior_used = self.auditor.prior.take_used()
        return ChunkResult(
            first=chunk.first,
            count=chunk.count,
            segments=writer.segments(),
            summary=summary,
            references=tuple(found),
            last=last,
            durations=self._stopwatch.take() if self._stopwatch is not None else {},
            collected=() if self.collect is None else tuple(self.collect(audits)),
        )

    def _enter_kept(
        self,
        given: Any,
        index: int,
        kept: KeptInputs,
        summary: RunSummary,
        found: list[EntityReference],
    ) -> AuditedInput | None:
        """Enter an input whose results were written by an earlier run, without auditing it.

        Only where a waiver may have met one of its findings it is audited again, for the uses of
        the waivers, and where it is not recorded yet; only then it is returned. Raises UsageError
        where the document has changed since.
        """
        before, now = kept.digest_of(index), 0
        if isinstance(given, RawDocument):
            name = given.uri if given.line is None else f"{given.uri}:{given.line}"
            sha256 = hashlib.sha256(given.data).hexdigest()
            with suppress(InputError):  # which the earlier run has said
                sets = self.auditor.entity_sets(given, index)
                uses = self.auditor.evidence_inputs(given)
                now = kept_digest(sha256, [use.sha256 for use in uses])
        else:
            name = given.error.uri
        if now != before:
            raise changed_error(name)
        if not now:
            return None
        found += references(sets, sha256)
        summary.overrides.update(self.auditor.selection.overrides_of(given.uri))
        is_recorded = self.collect is None or index < kept.recorded
        if is_recorded and index not in kept.waived:
            return None
        audited = self.auditor.audit(given, index)
        for waiver, entity in audited.waiver_uses:
            summary.waiver_uses.setdefault(waiver, set()).add(entity)
        return None if is_recorded else AuditedInput(index, given, audited)


class SegmentWriter:
    """Gathers what the reporters write, cut where a document needs a rule for the first time."""

    def __init__(self, reporters: Sequence[StreamingReporter], auditor: DocumentAuditor) -> None:
        self._reporters = reporters
        self._auditor = auditor
        self._rules: dict[RuleKey, RuleRecord] = {}
        self._begins_with: tuple[RuleRecord, ...] = ()
        self._pieces: list[list[bytes]] = [[] for _ in reporters]
        self._segments: list[Segment] = []

    def add(self, index: int, audited: AuditedDocument) -> None:
        """Write a document with its results and notices."""
        needed = rules_needed(audited.summary, audited.results)
        if new := [key for key in needed if key not in self._rules]:
            self._cut()
            self._begins_with = tuple([self._auditor.plans.record(*key) for key in new])
            self._rules.update(zip(new, self._begins_with, strict=True))
        for reporter, pieces in zip(self._reporters, self._pieces, strict=True):
            pieces.append(reporter.document(index, audited.summary, audited.results, self._rules))
        for notice in audited.notices:
            self.add_notice(index, notice)

    def add_notice(self, index: int, notice: Notice) -> None:
        """Write a notice about an input."""
        for reporter, pieces in zip(self._reporters, self._pieces, strict=True):
            pieces.append(reporter.notice(index, notice))

    def segments(self) -> tuple[Segment, ...]:
        """Return everything that was written."""
        self._cut()
        return tuple(self._segments)

    def _cut(self) -> None:
        pieces = tuple([b"".join(pieces) for pieces in self._pieces])
        if self._begins_with or any(pieces):
            self._segments.append(Segment(self._begins_with, pieces))
        self._begins_with = ()
        self._pieces = [[] for _ in self._reporters]


def start_worker(pickled: bytes, registry: PluginRegistry | None = None) -> Worker:
    """Set up this thread's worker; a process that is forked off has it too.

    `registry` is what the configuration would load, where that was done already.
    """
    config: WorkerConfig = pickle.loads(pickled)  # noqa: S301 - from our own parent process
    # an audit makes no circles: looking for some after every few documents costs a fifth
    gc.set_threshold(100_000)
    worker = Worker(config, registry)
    _thread_local.worker = pickled, worker
    return worker


def audit_chunk(pickled: bytes, chunk: Chunk, kept: KeptInputs = FROM_START) -> ChunkResult:
    """Audit one chunk: the task that an executor of any kind is given."""
    known: tuple[bytes, Worker] | None = getattr(_thread_local, "worker", None)
    # a process of a cluster may have served another run before
    worker = known[1] if known and known[0] == pickled else start_worker(pickled)
    return worker.audit(chunk, kept)


def _open_prior(config: WorkerConfig, registry: PluginRegistry) -> PriorBook:
    found = None if config.prior is None else open_prior(config.prior, registry.rulebooks)
    if found is None:
        given = read_inputs(config.options.prior, registry.document_suffixes)
        found = load_prior(given, registry)
    if config.add_archive is None:
        return found.book
    return config.add_archive(found.book, registry.rulebooks)


def _find_reporter(registry: PluginRegistry, name: str) -> StreamingReporter:
    reporter = registry.reporters[name]
    if not isinstance(reporter, StreamingReporter):
        raise TypeError(f"reporter {name} cannot write a run piece by piece")
    return reporter


def pieces_of(
    reporters: Sequence[StreamingReporter], write: Callable[[StreamingReporter], bytes]
) -> Iterator[bytes]:
    """Yield one piece of each reporter."""
    return (write(reporter) for reporter in reporters)
