"""Inputs in chunks that a process can be given: byte ranges, files, or documents themselves.

Every input takes a number, in order: each line of a file of one document a line, each file, each
member of an archive, whether or not a document can be read from it. A chunk knows the number of
its first input, so chunks can be audited in any order by any process.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, Self

import msgspec

from picheck.errors import InputError
from picheck.intake.compression import compression_of
from picheck.intake.discovery import Discovery
from picheck.intake.documents import (
    Input,
    RawDocument,
    Unreadable,
    is_many_lines,
    line_input,
    too_large,
    unreadable,
    whole_lines,
)
from picheck.intake.file_names import has_lines
from picheck.intake.files import open_source, read_source
from picheck.intake.left_out import LeftOut
from picheck.intake.limits import MAX_BYTES
from picheck.intake.own_outputs import IS_REPORT, is_report
from picheck.intake.source import Source
from picheck.intake.spool import Spool
from picheck.model.report import Notice

#: A chunk's bytes, about: small enough to hold several, large enough to be worth a message.
CHUNK_BYTES: Final = 2 * 1024 * 1024
_MANY_FILES: Final = 64
#: What an input without bytes counts for in a chunk.
_MIN_BYTES: Final = 64

NumberedInput = tuple[int, Input]


class FileRange(msgspec.Struct, frozen=True, tag=True):
    """A range of bytes of a file of one document a line: whole lines, read where it is audited."""

    uri: str
    path: str
    start: int
    length: int
    line: int
    first: int
    count: int

    def inputs(self) -> Iterator[NumberedInput]:
        """Yield the documents of the lines that begin in the range."""
        number, line = self.first, self.line
        with Path(self.path).open("rb") as file:
            file.seek(self.start)
            for data in whole_lines(file):
                if number == self.first + self.count:
                    return
                given = line_input(self.uri, data, line)
                if given is not None:
                    yield number, given
                number, line = number + 1, line + 1
        if lost := self.first + self.count - number:
            said = f"became shorter while it was read; {lost:,} lines are gone"
            yield number, unreadable(said, self.uri, line)


class FileList(msgspec.Struct, frozen=True, tag=True):
    """Files of one document each, read where they are audited."""

    sources: tuple[Source, ...]
    first: int

    @property
    def count(self) -> int:
        """The number of inputs."""
        return len(self.sources)

    def inputs(self) -> Iterator[NumberedInput]:
        """Yield the document of each file."""
        for number, source in enumerate(self.sources, start=self.first):
            for given in read_source(source, LeftOut()):
                if given is not None:
                    yield number, given


class Buffered(msgspec.Struct, frozen=True, tag=True):
    """Documents that were read already: out of an archive or a compressed file.

    None means a blank line, which has a number as other lines have.
    """

    given: tuple[Input | None, ...]
    first: int

    @property
    def count(self) -> int:
        """The number of inputs."""
        return len(self.given)

    def inputs(self) -> Iterator[NumberedInput]:
        """Yield the documents."""
        for number, given in enumerate(self.given, start=self.first):
            if given is not None:
                yield number, given


Chunk = FileRange | FileList | Buffered


class ChunkReader:
    """The inputs behind paths, as chunks; they can be gone through again.

    Standard input and pipes are kept in temporary files from their first byte on, see `Spool`.
    Use as a context manager.
    """

    def __init__(
        self, paths: Sequence[str], size: int = CHUNK_BYTES, suffixes: tuple[str, ...] = ()
    ) -> None:
        self._discovery = Discovery(paths, suffixes)
        self._suffixes = suffixes
        self._paths = tuple(paths)
        self._size = size
        self._spools: dict[str, Spool] = {}
        self._sizes: dict[str, int] = {}
        self._measured: dict[tuple[str, int], tuple[int, int]] = {}

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the copies of streams."""
        for spool in self._spools.values():
            spool.close()

    @property
    def total_bytes(self) -> int | None:
        """The bytes of all inputs, for a progress bar; None where they are not known before."""
        total = 0
        for source in Discovery(self._paths, self._suffixes, reads_heads=False):
            if isinstance(source, Source):
                if source.kind == "stream":
                    return None
                with suppress(OSError):
                    total += Path(source.path).stat().st_size
        return total

    def left_out_notices(self) -> tuple[Notice, ...]:
        """Return a notice for each reason why something was left out, once all were read."""
        return self._discovery.left_out_notices()

    def __iter__(self) -> Iterator[Chunk]:
        """Yield the chunks in order.

        A file of one document a line is cut only once: its lines keep their numbers when they are
        gone through again, whatever happened to the file meanwhile.
        """
        first = 0
        several: list[Source] = []
        for source in self._discovery:
            if isinstance(source, Source) and source.kind == "document":
                several.append(source)
                if len(several) < _MANY_FILES:
                    continue
            if several:
                yield FileList(tuple(several), first)
                first += len(several)
                several = []
                if isinstance(source, Source) and source.kind == "document":
                    continue
            for chunk in self._of(source, first):
                first = chunk.first + chunk.count
                yield chunk
        if several:
            yield FileList(tuple(several), first)

    def _of(self, source: Source | Unreadable, first: int) -> Iterator[Chunk]:
        """Yield the chunks of one source that is more than one plain file."""
        if isinstance(source, Unreadable):
            yield Buffered((source,), first)
            return
        is_range = source.kind == "lines" and compression_of(source.path) is None
        if not is_range and source.kind != "stream":
            yield from _buffer(read_source(source, self._discovery.left_out), first, self._size)
            return
        for chunk in self._ranges_of(source, first):
            first = chunk.first + chunk.count
            yield chunk

    def _ranges_of(self, source: Source, first: int) -> Iterator[Chunk]:
        """Yield the chunks of a file of one document a line, or of a stream."""
        try:
            if source.kind == "stream":
                yield from self._stream(source, first)
            else:
                yield from self._blocks(source.uri, source.path, first)
        except InputError as error:
            yield Buffered((Unreadable(error=error),), first)
        except OSError as error:
            said = f"cannot be read: {error.strerror or error}"
            yield Buffered((unreadable(said, source.uri),), first)

    def _stream(self, source: Source, first: int) -> Iterator[Chunk]:
        uri = source.uri
        if source.path not in self._spools:
            with open_source(source) as stream:
                self._spools[source.path] = Spool(stream)
        path = self._spools[source.path].path
        with Path(path).open("rb") as file:
            head = file.read(MAX_BYTES + 1)
        if is_report(head):
            yield Buffered((unreadable(IS_REPORT, uri),), first)
        elif has_lines(source.path) or is_many_lines(head):
            yield from self._blocks(uri, path, first)
        elif len(head) > MAX_BYTES:
            yield Buffered((too_large(uri),), first)
        else:
            yield Buffered((RawDocument(uri=uri, data=head, is_stream=True),), first)

    def _blocks(self, uri: str, path: str, first: int) -> Iterator[Chunk]:
        """Cut a file at line ends. What is added to it after this began is not audited."""
        with Path(path).open("rb") as file:
            size = self._sizes.setdefault(path, os.fstat(file.fileno()).st_size)
            start, line = 0, 1
            while start < size:
                if (path, start) not in self._measured:
                    file.seek(start)
                    self._measured[path, start] = _measure(file, min(self._size, size - start))
                length, count = self._measured[path, start]
                if not count:
                    yield Buffered((unreadable("became shorter while it was read", uri),), first)
                    return
                yield FileRange(uri, path, start, length, line, first, count)
                start, line, first = start + length, line + count, first + count
            grown = os.fstat(file.fileno()).st_size - start
            if grown > 0:
                said = f"grew while it was read; its last {grown:,} bytes were not audited"
                yield Buffered((unreadable(said, uri),), first)


def _measure(file: BinaryIO, size: int) -> tuple[int, int]:
    """Read about `size` bytes, on to the end of a line; return the bytes and the lines."""
    data = file.read(size)
    length, count = len(data), data.count(b"\n")
    while data and not data.endswith(b"\n"):
        data = file.readline(1 << 20)
        length += len(data)
        count += data.endswith(b"\n") or not data
    return length, count


def _buffer(inputs: Iterator[Input | None], first: int, size: int) -> Iterator[Chunk]:
    """Gather inputs until they are a chunk's worth of bytes."""
    given: list[Input | None] = []
    held = 0
    for one in inputs:
        given.append(one)
        held += len(one.data) if isinstance(one, RawDocument) else _MIN_BYTES
        if held >= size:
            yield Buffered(tuple(given), first)
            first += len(given)
            given, held = [], 0
    if given:
        yield Buffered(tuple(given), first)
