"""The batch's story: packets go out to processes, parts come back in order, then the sum is drawn.

Any `concurrent.futures.Executor` will do. A process that dies loses nothing: its packets are
handed out again, and a packet that kills whoever takes it is told of and left behind.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import partial
from typing import Protocol

import msgspec

from picheck.engine.accepting import Acceptance
from picheck.engine.document import Audited
from picheck.engine.parts import Part
from picheck.engine.resuming import NOTHING_KEPT, Kept
from picheck.engine.spilling import EntityIndex
from picheck.engine.streaming import Recipe, audit_packet, begin
from picheck.errors import InputError
from picheck.hooks.inventory import Inventory
from picheck.hooks.reporter import StreamingReporter
from picheck.intake.chunks import Buffered, Chunk, ChunkReader, NumberedInput
from picheck.intake.documents import RawDocument, Unreadable
from picheck.model.report import Report

_TRIES = 3


class Sink(Protocol):
    """Where the pieces of one reporter go."""

    def write(self, piece: bytes, /) -> object:
        """Take the next piece."""
        ...


class Watcher(Protocol):
    """Somebody who wants to know how far a run is."""

    def tell(self, packet: Chunk, part: Part) -> None:
        """Hear of a part that was written."""
        ...


class Crew(msgspec.Struct, frozen=True):
    """Who audits: `hire` gives an executor, anew after one broke; `size` is its number of hands.

    `deaths` are the errors that speak of a process, not of what it was given to do.
    """

    hire: Callable[[], Executor]
    size: int
    deaths: tuple[type[BaseException], ...] = (BrokenExecutor,)


class Batch:
    """One run over packets, with an output for each of the recipe's reporters."""

    def __init__(
        self,
        recipe: Recipe,
        crew: Crew,
        sinks: Sequence[Sink],
        watcher: Watcher,
        inventory: Inventory | None = None,
    ) -> None:
        self._sealed, self._station = begin(recipe, inventory)
        self._crew = crew
        self._sinks = sinks
        self._watcher = watcher
        self._kept = NOTHING_KEPT

    @property
    def opening(self) -> tuple[bytes, ...]:
        """What each output begins with."""
        opening = self._station.whole.opening()
        return self._station.pieces(lambda reporter: reporter.opening(opening))

    @property
    def acceptance(self) -> Acceptance:
        """The waivers and the baseline of the run."""
        return self._station.whole.acceptance

    def of(self, packets: ChunkReader, kept: Kept | None = None) -> Report:
        """Audit every packet, write as it goes, and return the sum without the documents.

        `kept` is what an earlier run wrote, where this one goes on with its output.
        """
        own, whole = self._station, self._station.whole
        if kept is None:
            self._write(self.opening)
        else:
            self._kept = kept
            whole.tally.absorb(kept.tally)
        with EntityIndex() as index:
            for packet, part in self._audited(packets):
                self._write(part.pieces)
                index.add(part.gist.marks)
                whole.absorb(part.gist)
                self._watcher.tell(packet, part)
            whole.enter_left_out(packets.left_out_notices())
            self._amend(packets, index)
        summed = whole.sum()
        self._write(own.pieces(lambda reporter: reporter.closing(summed)))
        return summed

    def _audited(self, packets: Iterable[Chunk]) -> Iterator[tuple[Chunk, Part]]:
        """Yield the parts in order, with no more packets under way than hands and some spare."""
        line = _Line(self._crew, self._sealed, self._kept)
        try:
            for packet in packets:
                line.put(packet)
                if line.is_full:
                    yield line.take()
            while line:
                yield line.take()
        finally:
            line.close()

    def _amend(self, packets: ChunkReader, index: EntityIndex) -> None:
        """Read again the documents of entities with several sets, and write what they add."""
        whole = self._station.whole
        lost = None
        for number, given in _numbered(packets, index.wanted()):
            if isinstance(given, RawDocument):
                index.keep(number, given)
            elif given is not lost:  # one stands for all lines of a range that changed
                lost = given
                whole.enter_unreadable(given, given.error)
        for group in index.groups():
            try:
                for number, amended in whole.together(group):
                    self._write(self._station.pieces(partial(_lines, number, amended)))
            except InputError as error:  # a file was changed since it was read first
                whole.enter_unreadable(Unreadable(error=error), error)

    def _write(self, pieces: Sequence[bytes]) -> None:
        for sink, piece in zip(self._sinks, pieces, strict=True):
            sink.write(piece)


class _Line:
    """ChunkReader under way, in order."""

    def __init__(self, crew: Crew, sealed: bytes, kept: Kept) -> None:
        self._crew = crew
        self._sealed = sealed
        self._kept = kept
        self._executor = crew.hire()
        self._under_way: deque[tuple[Chunk, Future[Part]]] = deque()

    def __len__(self) -> int:
        return len(self._under_way)

    @property
    def is_full(self) -> bool:
        return len(self._under_way) >= self._crew.size * 2

    def put(self, packet: Chunk) -> None:
        self._under_way.append((packet, self._submit(packet)))

    def take(self) -> tuple[Chunk, Part]:
        packet, future = self._under_way.popleft()
        try:
            return packet, future.result()
        except self._crew.deaths:
            return packet, self._again(packet)

    def close(self) -> None:
        for _, future in self._under_way:
            future.cancel()
        self._executor.shutdown(wait=False)

    def _submit(self, packet: Chunk) -> Future[Part]:
        since, waived = self._kept.next_input, self._kept.waived_in(packet.first, packet.count)
        try:
            return self._executor.submit(audit_packet, self._sealed, packet, since, waived)
        except self._crew.deaths as error:
            broken: Future[Part] = Future()
            broken.set_exception(error)
            return broken

    def _again(self, packet: Chunk) -> Part:
        """Hire anew and let the packet be audited alone, then hand out the others again."""
        others = [other for other, _ in self._under_way]
        self._under_way.clear()
        try:
            return self._alone(packet)
        finally:
            for other in others:
                self.put(other)

    def _alone(self, packet: Chunk) -> Part:
        for _ in range(1, _TRIES):
            self.close()
            self._executor = self._crew.hire()
            try:
                return self._submit(packet).result()
            except self._crew.deaths:
                continue
        self.close()
        self._executor = self._crew.hire()
        return audit_packet(self._sealed, _given_up(packet))


def _lines(number: int, audited: Audited, reporter: StreamingReporter) -> bytes:
    """Write what a reporter says of one document."""
    notices = [reporter.notice(number, notice) for notice in audited.notices]
    return b"".join([reporter.document(number, audited.summary, audited.results), *notices])


def _given_up(packet: Chunk) -> Chunk:
    """Stand in for a packet that killed every process it was given to."""
    uri = packet.uri if hasattr(packet, "uri") else "a packet of files"
    inputs = f"inputs {packet.first} to {packet.first + packet.count - 1}"
    said = f"{inputs} were not audited: the process died each of {_TRIES} times"
    return Buffered((Unreadable(error=InputError(said, uri=uri)),), packet.first)


def _numbered(packets: ChunkReader, wanted: Iterator[int]) -> Iterator[NumberedInput]:
    """Yield the inputs with these numbers, which are in order; reads no packet without any.

    Where one of them is not there any more, an unreadable input says so in its place.
    """
    number = next(wanted, None)
    if number is None:
        return
    for packet in packets:
        end = packet.first + packet.count
        if number is None or number >= end:
            continue
        for index, given in packet.inputs():
            while number is not None and number < index:
                yield number, _gone(number)
                number = next(wanted, None)
            if index == number:
                yield index, given
                number = next(wanted, None)
        while number is not None and number < end:
            yield number, _gone(number)
            number = next(wanted, None)
    while number is not None:
        yield number, _gone(number)
        number = next(wanted, None)


def _gone(number: int) -> Unreadable:
    said = "cannot be read again: it is not there any more"
    return Unreadable(error=InputError(said, uri=f"input {number}"))
