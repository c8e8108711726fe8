"""Inputs are cut into chunks, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, Self

from picheck.errors import InputError
from picheck.intake.chunk import Buffered, Chunk, FileList, FileRange
from picheck.intake.compression import compression_of, read_errors
from picheck.intake.discovery import Discovery
from picheck.intake.documents import (
    Input,
    RawDocument,
    Unreadable,
    is_many_lines,
    too_large,
    unreadable,
)
from picheck.intake.file_names import has_lines
from picheck.intake.files import explain_fault, open_source, read_source
from picheck.intake.limits import MAX_BYTES
from picheck.intake.own_outputs import IS_REPORT, is_report
from picheck.intake.source import Source
from picheck.intake.spool import Spool
from picheck.model.report import Notice

#: A chunk's bytes, about: small enough to hold several, large enough to be worth a message.
CHUNK_BYTES: Final = 2 * 1024 * 1024
_MANY_FILES: Final = 64
#: The most inputs of a chunk, for what its results take grows with them, not with bytes.
MANY_INPUTS: Final = 2048
#: What an input without bytes counts for in a chunk.
_MIN_BYTES: Final = 64


class ChunkReader:
    """The inputs behind paths, as chunks; they can be gone through again.

    Standard input and pipes are copied to temporary files as their chunks are cut, see `Spool`.
    Use as a context manager.
    """

    def __init__(
        self, paths: Sequence[str], size: int = CHUNK_BYTES, suffixes: tuple[str, ...] = ()
    ) -> None:
        self._discovery = Discovery(paths, suffixes)
        self._suffixes = suffixes
        self._paths = tuple(paths)
        self._size = size
        self._open = ExitStack()
        self._spools: dict[str, Spool] = {}
        self._sizes: dict[str, int] = {}
        self._measured: dict[tuple[str, int], tuple[int, int]] = {}

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the streams and remove their copies."""
        self._open.close()

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
        yield from self._ranges_of(source, first)

    def _ranges_of(self, source: Source, first: int) -> Iterator[Chunk]:
        """Yield the chunks of a file of one document a line, or of a stream."""
        is_stream = source.kind == "stream"
        chunks = self._stream(source, first) if is_stream else self._file(source, first)
        try:
            for chunk in chunks:
                first = chunk.first + chunk.count
                yield chunk
        except (InputError, OSError) as error:
            yield Buffered((explain_fault(error, source.uri),), first)
        except read_errors() as error:  # only here, for it imports what unpacks
            yield Buffered((explain_fault(error, source.uri),), first)

    def _stream(self, source: Source, first: int) -> Iterator[Chunk]:
        copy, uri = self._copy_of(source), source.uri
        copy.fill(MAX_BYTES + 1)
        with Path(copy.path).open("rb") as file:
            head = file.read(MAX_BYTES + 1)
        if is_report(head):
            yield Buffered((unreadable(IS_REPORT, uri),), first)
        elif has_lines(source.path) or is_many_lines(head):
            yield from self._lines_of(copy, uri, first)
        elif copy.cut:
            yield Buffered((unreadable(copy.cut, uri),), first)
        elif len(head) > MAX_BYTES:
            yield Buffered((too_large(uri),), first)
        else:
            yield Buffered((RawDocument(uri=uri, data=head, is_stream=True),), first)

    def _copy_of(self, source: Source) -> Spool:
        """Return the copy of a stream, which is opened once and read on as chunks are cut."""
        if source.path not in self._spools:
            stream = self._open.enter_context(open_source(source))
            self._spools[source.path] = self._open.enter_context(closing(Spool(stream)))
        return self._spools[source.path]

    def _lines_of(self, copy: Spool, uri: str, first: int) -> Iterator[Chunk]:
        """Cut a stream at line ends while it is copied; say where the copy was cut."""
        line = 1
        for chunk in self._blocks(uri, copy.path, first, copy.fill_lines):
            first, line = chunk.first + chunk.count, line + chunk.count
            yield chunk
        if copy.cut:
            at = line - 1 if copy.tail else line
            yield Buffered((unreadable(copy.cut, uri, at),), first)

    def _file(self, source: Source, first: int) -> Iterator[Chunk]:
        """Cut a file at line ends. What is added to it after this began is not audited."""
        uri, path = source.uri, source.path
        # its size of the first time: lines that came later would shift the numbers of all that
        # follow
        size = self._sizes.setdefault(path, Path(path).stat().st_size)
        end = 0
        for chunk in self._blocks(uri, path, first, lambda _: size):
            first = chunk.first + chunk.count
            end += chunk.length if isinstance(chunk, FileRange) else size
            yield chunk
        grown = Path(path).stat().st_size - end
        if grown > 0:
            said = f"grew while it was read; its last {grown:,} bytes were not audited"
            yield Buffered((unreadable(said, uri),), first)

    def _blocks(
        self, uri: str, path: str, first: int, extend: Callable[[int], int]
    ) -> Iterator[Chunk]:
        """Cut a file at line ends. `extend` returns its size, grown to so many bytes if it can."""
        start, line = 0, 1
        with Path(path).open("rb") as file:
            while start < (size := extend(start + self._size)):
                if (path, start) not in self._measured:
                    file.seek(start)
                    self._measured[path, start] = _measure(file, min(self._size, size - start))
                length, count = self._measured[path, start]
                if not count:
                    yield Buffered((unreadable("became shorter while it was read", uri),), first)
                    return
                yield FileRange(uri, path, start, length, line, first, count)
                start, line, first = start + length, line + count, first + count


def _measure(file: BinaryIO, size: int) -> tuple[int, int]:
    """Read about `size` bytes, on to the end of a line; return the bytes and the lines.

    Where these are more than `MANY_INPUTS` lines, only so many count.
    """
    data = file.read(size)
    length, count = len(data), data.count(b"\n")
    if count >= MANY_INPUTS:
        lines = islice(BytesIO(data), MANY_INPUTS)
        return sum(map(len, lines)), MANY_INPUTS
    while data and not data.endswith(b"\n"):
        # in steps, for a line may be as long as the file
        data = file.readline(1 << 20)
        length += len(data)
        # a last line without an end counts where nothing more comes
        count += data.endswith(b"\n") or not data
    return length, count


def _buffer(inputs: Iterator[Input | None], first: int, size: int) -> Iterator[Chunk]:
    """Gather inputs until they are a chunk's worth of bytes."""
    given: list[Input | None] = []
    held = 0
    for one in inputs:
        given.append(one)
        held += len(one.data) if isinstance(one, RawDocument) else _MIN_BYTES
        if held >= size or len(given) == MANY_INPUTS:
            yield Buffered(tuple(given), first)
            first += len(given)
            given, held = [], 0
    if given:
        yield Buffered(tuple(given), first)
