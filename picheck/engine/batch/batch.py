"""A batch: chunks go out to workers, results come back in order, the summary comes last.

Any `concurrent.futures.Executor` can be used. A process that dies loses nothing: its chunks are
handed out again. A chunk that kills every worker is halved until the document that does so is
alone; that one is reported and left behind.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Protocol

import msgspec

from picheck.engine.acceptance.apply import Acceptance
from picheck.engine.batch.entity_index import EntityIndex
from picheck.engine.batch.resume import ResumePoint
from picheck.engine.batch.worker import (
    ChunkResult,
    Segment,
    SegmentWriter,
    Worker,
    WorkerConfig,
    audit_chunk,
    start_worker,
)
from picheck.engine.entities import EntityGroups, short_digest
from picheck.engine.entity_rules import EntityRuleRunner
from picheck.engine.notices import plugin_notices, unreadable_notice
from picheck.engine.prior.loader import load_prior
from picheck.engine.recorder import Recorder
from picheck.engine.run_inputs import rulebook_inputs
from picheck.engine.run_report import finish, header
from picheck.engine.stopwatch import Stopwatch
from picheck.engine.summary import RunSummary
from picheck.errors import InputError, UsageError
from picheck.intake.chunks import Buffered, Chunk, ChunkReader
from picheck.intake.documents import Input, RawDocument, Unreadable
from picheck.intake.files import read_inputs
from picheck.model.report import Notice, Report
from picheck.plugins import deaths
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import RuleKey

MAX_ATTEMPTS = 3
_NO_MORE = (-1, 0)


class Output(Protocol):
    """Where the pieces of one reporter go."""

    def write(self, piece: bytes, /) -> object:
        """Take the next piece."""
        ...


class ProgressListener(Protocol):
    """Something that shows how far a run is."""

    def on_chunk(self, chunk: Chunk, result: ChunkResult) -> None:
        """Take note of a chunk that was written."""
        ...


class Executors(msgspec.Struct, frozen=True):
    """Where chunks are audited: `create` returns an executor, again after one broke.

    `workers` is their number; `worker_errors` are the errors that speak of a process, not of
    what it was given to do.
    """

    create: Callable[[], Executor]
    workers: int
    worker_errors: tuple[type[BaseException], ...] = (BrokenExecutor,)


class Batch:
    """One run over chunks, with an output for each of the reporters of the configuration."""

    def __init__(
        self,
        config: WorkerConfig,
        executors: Executors,
        outputs: Sequence[Output],
        progress: ProgressListener,
        registry: PluginRegistry | None = None,
        *,
        recorder: Recorder | None = None,
    ) -> None:
        if registry is None:
            _, registry = config.open_plugins()
        self._recorder = recorder
        self._options = config.options
        self._registry = registry
        prior = load_prior(read_inputs(config.options.prior, registry.document_suffixes), registry)
        config = msgspec.structs.replace(config, prior=prior.book.location)
        if recorder is not None:
            config = msgspec.structs.replace(
                config, add_archive=recorder.add_archive, make_collector=recorder.make_collector
            )
        self._prior = prior
        self._pickled = config.pickled()
        self._worker: Worker = start_worker(self._pickled, registry)
        self._executors = executors
        self._outputs = outputs
        self._progress = progress
        self._written: set[RuleKey] = set()

    @property
    def opening(self) -> tuple[bytes, ...]:
        """What each output begins with.

        It names every rulebook on offer, for an output that was cut is gone on with under the
        same law alone.
        """
        report = header(self._options, self._registry)
        inputs = (*report.run.inputs, *rulebook_inputs(self._registry.rulebooks))
        run = msgspec.structs.replace(report.run, inputs=inputs)
        report = msgspec.structs.replace(report, run=run)
        return tuple(reporter.opening(report) for reporter in self._worker.reporters)

    @property
    def acceptance(self) -> Acceptance:
        """The waivers and the baseline of the run."""
        return self._worker.auditor.acceptance

    def run(self, chunks: ChunkReader, resume: ResumePoint | None = None) -> Report:
        """Audit every chunk, write as it goes, and return the report without the documents.

        `resume` is what an earlier run wrote, where this one goes on with its output.
        """
        run = RunSummary()
        if resume is None:
            self._write(self.opening)
        else:
            run.merge(resume.summary)
            self._written |= resume.rules
        with EntityIndex() as index:
            inputs = 0
            for chunk, result in self._audit_chunks(chunks, resume or ResumePoint()):
                inputs = chunk.first + chunk.count
                for segment in result.segments:
                    self._write_segment(segment)
                index.add(result.references)
                run.merge(result.summary)
                self._progress.on_chunk(chunk, result)
                if self._recorder is not None:
                    self._recorder.add(result.collected)
                if self._options.stopwatch is not None:
                    self._options.stopwatch.add(result.durations)
            if resume is not None and inputs < resume.next_input:
                raise UsageError(
                    f"the output tells of {resume.next_input:,} inputs, and now there are"
                    f" {inputs:,}; audit again without --resume"
                )
            with self._worker.watchdog.armed():
                self._run_entity_rules(chunks, index, run)
        said = [*plugin_notices(self._registry), *self._prior.notices, *chunks.left_out_notices()]
        auditor = self._worker.auditor
        report = finish(auditor, self._options, self._registry, run, said)
        self._write([reporter.closing(report) for reporter in self._worker.reporters])
        return report

    def _audit_chunks(
        self, chunks: Iterable[Chunk], resume: ResumePoint
    ) -> Iterator[tuple[Chunk, ChunkResult]]:
        """Yield the results in order, with no more chunks under way than workers and some spare."""
        queue = _Queue(self._executors, self._pickled, resume)
        is_stopped = True
        try:
            for chunk in chunks:
                queue.put(chunk)
                if queue.is_full:
                    yield queue.pop()
            while queue:
                yield queue.pop()
            is_stopped = False
        except Exception:
            is_stopped = False
            raise
        finally:  # who stops a run is told so at once; else the workers end before this process
            queue.close(wait=not is_stopped)

    def _run_entity_rules(self, chunks: ChunkReader, index: EntityIndex, run: RunSummary) -> None:
        """Read the documents of entities with several sets again, and write what they add."""
        auditor = self._worker.auditor
        rules = EntityRuleRunner(auditor, self._options)
        for number, digest, raw in _pick_documents(chunks, index.needed()):
            if isinstance(raw, Unreadable):
                self._write_notice(number, unreadable_notice(raw, raw.error), run)
                continue
            index.store_document(number, raw)
            if short_digest(hashlib.sha256(raw.data).hexdigest()) != digest:
                message = f"{raw.uri} changed while it was read; what was written of it is not sure"
                notice = Notice(kind="changedWhileRead", message=message, is_incomplete=True)
                self._write_notice(number, notice, run)
        for group in index.groups():
            sets, documents, in_memory = EntityGroups(), {}, dict(group)
            try:
                for number, raw in group:
                    audited = auditor.audit(raw, number)
                    documents[number] = audited.summary
                    sets.add(audited.entity_sets)
            except InputError as error:
                message = f"{error.uri} changed while it was read: {error}"
                notice = Notice(kind="changedWhileRead", message=message, is_incomplete=True)
                self._write_notice(group[0][0], notice, run)
                continue
            for number, more in rules.run(sets, documents, in_memory):
                run.amend(documents[number], more)
                documents[number] = more.summary
                if self._recorder is not None:
                    self._recorder.amend(number, more)
                writer = SegmentWriter(self._worker.reporters, auditor)
                writer.add(number, more)
                for segment in writer.segments():
                    self._write_segment(segment)

    def _write_notice(self, number: int, notice: Notice, run: RunSummary) -> None:
        run.add_notice(notice)
        self._write([reporter.notice(number, notice) for reporter in self._worker.reporters])

    def _write_segment(self, segment: Segment) -> None:
        """Write a stretch of output, after the rules that no earlier one needed."""
        new = [r for r in segment.rules if (r.code, r.year) not in self._written]
        if new:
            self._written.update((rule.code, rule.year) for rule in new)
            self._write([reporter.rules(new) for reporter in self._worker.reporters])
        self._write(segment.pieces)

    def _write(self, pieces: Sequence[bytes]) -> None:
        for output, piece in zip(self._outputs, pieces, strict=True):
            output.write(piece)


class _Queue:
    """Chunks under way, in order."""

    def __init__(self, executors: Executors, pickled: bytes, resume: ResumePoint) -> None:
        self._executors = executors
        self._pickled = pickled
        self._resume = resume
        self._executor = executors.create()
        self._under_way: deque[tuple[Chunk, Future[ChunkResult]]] = deque()

    def __len__(self) -> int:
        return len(self._under_way)

    @property
    def is_full(self) -> bool:
        return len(self._under_way) >= self._executors.workers * 2

    def put(self, chunk: Chunk) -> None:
        self._under_way.append((chunk, self._submit(chunk)))

    def pop(self) -> tuple[Chunk, ChunkResult]:
        chunk, future = self._under_way.popleft()
        try:
            return chunk, future.result()
        except self._executors.worker_errors:
            return chunk, self._retry(chunk)

    def close(self, *, wait: bool = False) -> None:
        for _, future in self._under_way:
            future.cancel()
        self._executor.shutdown(wait=wait)

    def _submit(self, chunk: Chunk) -> Future[ChunkResult]:
        kept = self._resume.of(chunk.first, chunk.count)
        try:
            return self._executor.submit(audit_chunk, self._pickled, chunk, kept)
        except self._executors.worker_errors as error:
            broken: Future[ChunkResult] = Future()
            broken.set_exception(error)
            return broken

    def _retry(self, chunk: Chunk) -> ChunkResult:
        """Audit a chunk alone in a new executor, then hand out the others again."""
        others = [other for other, _ in self._under_way]
        self._under_way.clear()
        try:
            return self._run_isolated(chunk, MAX_ATTEMPTS - 1)
        finally:
            for other in others:
                self.put(other)

    def _run_isolated(self, chunk: Chunk, attempts: int) -> ChunkResult:
        """Audit a chunk that broke its worker; halve it until what breaks it is alone."""
        for _ in range(attempts):
            self._renew()
            try:
                return self._submit(chunk).result()
            except self._executors.worker_errors:
                continue
        inputs = list(chunk.inputs())
        if len(inputs) <= 1:
            return self._run_without_culprit(chunk, inputs, deaths.call())
        self._renew()
        middle = len(inputs) // 2
        halves = [
            Buffered(tuple(given for _, given in half), half[0][0])
            for half in (inputs[:middle], inputs[middle:])
        ]
        return _join([self._run_isolated(half, 1) for half in halves], chunk)

    def _run_without_culprit(
        self, chunk: Chunk, inputs: Sequence[tuple[int, object]], culprit: deaths.Call | None
    ) -> ChunkResult:
        """Audit a document that ends its process without the rule that does so.

        Where that is not known, or does not help, the document is reported as not audited.
        """
        deaths.forget_call()
        if culprit is not None:
            with deaths.without(culprit.name, "it ended the process that audited this document"):
                self._renew()
                try:
                    return self._submit(chunk).result()
                except self._executors.worker_errors:
                    pass
                finally:
                    self.close()
        self._renew()
        name = culprit.name if culprit else None
        return audit_chunk(self._pickled, _make_failed_chunk(chunk, inputs, name))

    def _renew(self) -> None:
        self.close()
        self._executor = self._executors.create()


def _join(parts: Sequence[ChunkResult], chunk: Chunk) -> ChunkResult:
    """Return the results of the parts of a chunk as the result of the chunk."""
    summary, stopwatch = RunSummary(), Stopwatch()
    for part in parts:
        summary.merge(part.summary)
        stopwatch.add(part.durations)
    return ChunkResult(
        first=chunk.first,
        count=chunk.count,
        segments=tuple(segment for part in parts for segment in part.segments),
        summary=summary,
        references=tuple(reference for part in parts for reference in part.references),
        last=parts[-1].last,
        durations=stopwatch.durations,
        collected=tuple(each for part in parts for each in part.collected),
    )


def _make_failed_chunk(
    chunk: Chunk, inputs: Sequence[tuple[int, object]], culprit: str | None
) -> Chunk:
    """Return a chunk in place of an input that broke every worker that it was given to."""
    given = inputs[0][1] if inputs else None
    uri = given.uri if isinstance(given, RawDocument) else "an input"
    line = given.line if isinstance(given, RawDocument) else None
    why = f" in {culprit}" if culprit else ""
    message = f"was not audited: the process died{why} each of {MAX_ATTEMPTS} times"
    return Buffered((Unreadable(error=InputError(message, uri=uri, line=line)),), chunk.first)


def _pick_documents(
    chunks: ChunkReader, needed: Iterator[tuple[int, int]]
) -> Iterator[tuple[int, int, Input]]:
    """Yield the documents with these numbers, which are in order, each with its digest.

    Reads no chunk without any of them. Where a document is not there any more, an unreadable
    input says so in its place; other inputs that cannot be read were said before.
    """
    number, digest = next(needed, _NO_MORE)
    for chunk in chunks if number >= 0 else ():
        end = chunk.first + chunk.count
        for index, given in chunk.inputs() if 0 <= number < end else ():
            while 0 <= number < index:
                yield number, digest, _gone(number)
                number, digest = next(needed, _NO_MORE)
            if index == number:
                yield index, digest, given
                number, digest = next(needed, _NO_MORE)
        while 0 <= number < end:
            yield number, digest, _gone(number)
            number, digest = next(needed, _NO_MORE)
    while number >= 0:
        yield number, digest, _gone(number)
        number, digest = next(needed, _NO_MORE)


def _gone(number: int) -> Unreadable:
    message = "cannot be read again: it is not there any more"
    return Unreadable(error=InputError(message, uri=f"input {number}"))
