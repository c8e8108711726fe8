"""A batch: what workers return is written in order, then what entities add, then the summary."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import msgspec

from picheck.engine.acceptance.apply import Acceptance
from picheck.engine.batch.chunk_queue import ChunkQueue, Executors, without_culprit
from picheck.engine.batch.entity_index import EntityIndex
from picheck.engine.batch.reread import pick_documents
from picheck.engine.batch.resume_point import ResumePoint
from picheck.engine.batch.worker import (
    ChunkResult,
    Segment,
    SegmentWriter,
    Worker,
    WorkerConfig,
    start_worker,
)
from picheck.engine.entities import EntityGroups, short_digest
from picheck.engine.entity_rules import EntityRuleRunner
from picheck.engine.notices import plugin_notices, unreadable_notice
from picheck.engine.prior.loader import load_prior
from picheck.engine.recorder import Recorder
from picheck.engine.run_inputs import rulebook_inputs
from picheck.engine.run_report import finish, header
from picheck.engine.summary import RunSummary
from picheck.errors import InputError, UsageError
from picheck.intake.chunk import Chunk
from picheck.intake.chunks import ChunkReader
from picheck.intake.documents import RawDocument, Unreadable
from picheck.intake.files import read_inputs
from picheck.model.report import Notice, Report
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import RuleKey


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
        self._pickled = config.pickle()
        self._worker: Worker = start_worker(self._pickled, registry)
        self._executors = executors
        self._outputs = outputs
        self._progress = progress
        self._written: set[RuleKey] = set()
        self._culprits: dict[int, str] = {}

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
            if self._recorder is not None:
                taken = self._recorder.resume(resume.digests)
                resume = msgspec.structs.replace(resume, recorded=taken)
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
            with self._worker.watchdog.arm() as is_weak:
                run.is_timeout_weak |= is_weak
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
        queue = ChunkQueue(self._executors, self._pickled, resume, self._culprits)
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
        finally:  # a run that is stopped says so at once; else the workers end before this process
            queue.close(wait=not is_stopped)

    def _run_entity_rules(self, chunks: ChunkReader, index: EntityIndex, run: RunSummary) -> None:
        """Read the documents of entities with several sets again, and write what they add."""
        self._reread(chunks, index, run)
        rules = EntityRuleRunner(self._worker.auditor, self._options)
        for group in index.groups():
            self._run_group(rules, group, run)

    def _reread(self, chunks: ChunkReader, index: EntityIndex, run: RunSummary) -> None:
        """Store the documents that entity rules need; say which ones are gone or have changed."""
        for number, digest, raw in pick_documents(chunks, index.list_needed()):
            if isinstance(raw, Unreadable):
                self._write_notice(number, unreadable_notice(raw, raw.error), run)
                continue
            index.store_document(number, raw)
            if short_digest(hashlib.sha256(raw.data).hexdigest()) != digest:
                message = f"{raw.uri} changed while it was read; what was written of it is not sure"
                self._write_changed(number, message, run)

    def _run_group(
        self, rules: EntityRuleRunner, group: Sequence[tuple[int, RawDocument]], run: RunSummary
    ) -> None:
        """Write what the entity rules add to the documents of one entity."""
        sets, documents = EntityGroups(), {}
        try:
            # audited again, for no run keeps the sets of all its documents in memory
            for number, raw in group:
                # a rule that ended a worker on this document would end the run itself here
                with without_culprit(self._culprits.get(number)):
                    audited = self._worker.auditor.audit(raw, number)
                documents[number] = audited.summary
                sets.add(audited.entity_sets)
        except InputError as error:  # it was accepted when the chunk was audited
            message = f"{error.uri} changed while it was read: {error}"
            self._write_changed(group[0][0], message, run)
            return
        for number, more in rules.run(sets, documents, dict(group)):
            run.amend(documents[number], more)
            documents[number] = more.summary
            if self._recorder is not None:
                self._recorder.amend(number, more, documents)
            writer = SegmentWriter(self._worker.reporters, self._worker.auditor)
            writer.add(number, more)
            for segment in writer.segments():
                self._write_segment(segment)

    def _write_changed(self, number: int, message: str, run: RunSummary) -> None:
        notice = Notice(kind="changedWhileRead", message=message, is_incomplete=True)
        self._write_notice(number, notice, run)

    def _write_notice(self, number: int, notice: Notice, run: RunSummary) -> None:
        run.add_notice(notice)
        self._write([reporter.notice(number, notice) for reporter in self._worker.reporters])

    def _write_segment(self, segment: Segment) -> None:
        """Write a stretch of output, after the rules that no earlier one needed."""
        # a worker names the rules that are new to it; what others wrote is known only here
        new = [r for r in segment.rules if (r.code, r.year) not in self._written]
        if new:
            self._written.update((rule.code, rule.year) for rule in new)
            self._write([reporter.rules(new) for reporter in self._worker.reporters])
        self._write(segment.pieces)

    def _write(self, pieces: Sequence[bytes]) -> None:
        for output, piece in zip(self._outputs, pieces, strict=True):
            output.write(piece)
