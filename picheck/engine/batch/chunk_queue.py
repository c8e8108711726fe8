"""Chunks go out to workers, and their results come back in order.

Any `concurrent.futures.Executor` can be used. A process that dies loses nothing: its chunks are
handed out again. A chunk that kills every worker is halved until the document that does so is
alone; that one is reported and left behind.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, MutableMapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import AbstractContextManager, nullcontext
from typing import Final

import msgspec

from picheck.engine.batch.resume_point import ResumePoint
from picheck.engine.batch.worker import ChunkResult, audit_chunk
from picheck.engine.stopwatch import Stopwatch
from picheck.engine.summary import RunSummary
from picheck.errors import InputError
from picheck.intake.chunk import Buffered, Chunk
from picheck.intake.documents import RawDocument, Unreadable
from picheck.plugins import deaths

#: How often a chunk is handed out whole: a worker may die of something else than its chunk.
MAX_ATTEMPTS: Final = 3


class Executors(msgspec.Struct, frozen=True):
    """Where chunks are audited: `create` returns an executor, again after one broke.

    `workers` is their number; `worker_errors` are the errors that speak of a process, not of
    what it was given to do.
    """

    create: Callable[[], Executor]
    workers: int
    worker_errors: tuple[type[BaseException], ...] = (BrokenExecutor,)


class ChunkQueue:
    """Chunks under way, in order.

    `pickled` is the configuration of the workers, `resume` what an earlier run wrote. `culprits`
    takes up, by the number of a document, whose code ended the process that audited it.
    """

    def __init__(
        self,
        executors: Executors,
        pickled: bytes,
        resume: ResumePoint,
        culprits: MutableMapping[int, str],
    ) -> None:
        self._executors = executors
        self._pickled = pickled
        self._resume = resume
        self._culprits = culprits
        self._executor = executors.create()
        self._under_way: deque[tuple[Chunk, Future[ChunkResult]]] = deque()

    def __len__(self) -> int:
        return len(self._under_way)

    @property
    def is_full(self) -> bool:
        """Whether every worker has a chunk, and one that waits for it."""
        return len(self._under_way) >= self._executors.workers * 2

    def put(self, chunk: Chunk) -> None:
        """Hand a chunk out."""
        self._under_way.append((chunk, self._submit(chunk)))

    def pop(self) -> tuple[Chunk, ChunkResult]:
        """Wait for the result of the first chunk under way; audit it again if its worker died."""
        chunk, future = self._under_way.popleft()
        try:
            return chunk, future.result()
        except self._executors.worker_errors:
            return chunk, self._retry(chunk)

    def close(self, *, wait: bool = False) -> None:
        """Call off what is under way, and end the workers."""
        for _, future in self._under_way:
            future.cancel()
        self._executor.shutdown(wait=wait)

    def _submit(self, chunk: Chunk) -> Future[ChunkResult]:
        kept = self._resume.of(chunk.first, chunk.count)
        try:
            return self._executor.submit(audit_chunk, self._pickled, chunk, kept)
        except self._executors.worker_errors as error:
            # a pool that broke refuses at once; the chunk is tried again in its turn, as the others
            # are
            broken: Future[ChunkResult] = Future()
            broken.set_exception(error)
            return broken

    def _retry(self, chunk: Chunk) -> ChunkResult:
        """Audit a chunk alone in a new executor, then hand out the others again."""
        # a pool that breaks fails all its futures, and none says whose document it was: alone, the
        # chunk shows it
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
            return self._run_without_culprit(chunk, inputs, deaths.find_call())
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
        if culprit is not None:
            self._culprits.update((number, culprit.name) for number, _ in inputs)
            try:
                with without_culprit(culprit.name):
                    self._renew()
                    return self._submit(chunk).result()
            except self._executors.worker_errors:
                pass
            finally:  # the chunks that follow are audited with all code
                self._renew()
        else:
            self._renew()
        name = culprit.name if culprit else None
        return audit_chunk(self._pickled, _make_failed_chunk(chunk, inputs, name))

    def _renew(self) -> None:
        self.close()
        deaths.forget_calls()  # of the processes that are gone
        self._executor = self._executors.create()


def without_culprit(name: str | None) -> AbstractContextManager[None]:
    """Run no code of a plugin that ended the process of a document; all code for None."""
    if name is None:
        return nullcontext()
    return deaths.without(name, "it ended the process that audited this document")


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
