"""Inputs in packets that a process can be handed: byte ranges, paths, or documents themselves.

Every input takes a number, in order: each line of a file of one document a line, each file, each
member of an archive, whether or not a document can be read from it. A packet knows the number of
its first input, so packets can be audited in any order by any process.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final, Self

import msgspec

from picheck.errors import InputError
from picheck.intake.inputs import (
    STDIN,
    Input,
    RawDocument,
    Unreadable,
    has_lines,
    is_archive,
    is_many_lines,
    read_file,
    sources,
    too_large,
    whole_lines,
)
from picheck.intake.limits import MAX_BYTES
from picheck.intake.unpacking import PACKED
from picheck.intake.uris import uri_of

#: A packet's bytes, about: small enough to hold several, large enough to be worth a message.
PACKET_BYTES: Final = 2 * 1024 * 1024
_MANY_FILES: Final = 64

Numbered = tuple[int, Input]


class Block(msgspec.Struct, frozen=True, tag=True):
    """A range of bytes of a file of one document a line: whole lines, read where it is audited."""

    uri: str
    path: str
    start: int
    length: int
    line: int
    first: int
    count: int

    def inputs(self) -> Iterator[Numbered]:
        """Yield the documents of the lines that begin in the range."""
        number, line = self.first, self.line
        with Path(self.path).open("rb") as file:
            file.seek(self.start)
            for data in whole_lines(file):
                if number == self.first + self.count:
                    return
                if data is None:
                    yield number, too_large(self.uri, line)
                elif data.strip():
                    yield number, RawDocument(uri=self.uri, data=data.rstrip(b"\r\n"), line=line)
                number, line = number + 1, line + 1
        if lost := self.first + self.count - number:
            said = f"became shorter while it was read; {lost:,} lines are gone"
            yield number, Unreadable(error=InputError(said, uri=self.uri, line=line))


class Files(msgspec.Struct, frozen=True, tag=True):
    """Files of one document each, read where they are audited."""

    paths: tuple[str, ...]
    first: int

    @property
    def count(self) -> int:
        """The number of inputs."""
        return len(self.paths)

    def inputs(self) -> Iterator[Numbered]:
        """Yield the document of each file."""
        for number, path in enumerate(self.paths, start=self.first):
            for given in read_file(Path(path)):
                yield number, given


class Handed(msgspec.Struct, frozen=True, tag=True):
    """Documents that were read already: out of an archive or a compressed file."""

    given: tuple[Input, ...]
    first: int

    @property
    def count(self) -> int:
        """The number of inputs."""
        return len(self.given)

    def inputs(self) -> Iterator[Numbered]:
        """Yield the documents."""
        return enumerate(self.given, start=self.first)


Packet = Block | Files | Handed


class Packets:
    """The inputs behind paths, as packets; they can be gone through again.

    Standard input is kept in a temporary file from its first line on. Use as a context manager.
    """

    def __init__(self, paths: Sequence[str], size: int = PACKET_BYTES) -> None:
        self._paths = tuple(paths)
        self._size = size
        self._spool: str | None = None
        self._sizes: dict[str, int] = {}

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the copy of standard input."""
        if self._spool is not None:
            Path(self._spool).unlink(missing_ok=True)

    @property
    def total_bytes(self) -> int | None:
        """The bytes of all inputs, for a progress bar; None where nobody can know."""
        total = 0
        for source in sources(self._paths):
            if source is None:
                return None
            if isinstance(source, Path):
                try:
                    total += source.stat().st_size
                except OSError:
                    continue
        return total

    def __iter__(self) -> Iterator[Packet]:
        """Yield the packets in order."""
        first = 0
        several: list[str] = []
        for source in sources(self._paths):
            if isinstance(source, Path) and _is_single(source):
                several.append(source.as_posix())
                if len(several) < _MANY_FILES:
                    continue
            if several:
                yield Files(tuple(several), first)
                first += len(several)
                several = []
                if isinstance(source, Path) and _is_single(source):
                    continue
            for packet in self._of(source, first):
                first = packet.first + packet.count
                yield packet
        if several:
            yield Files(tuple(several), first)

    def _of(self, source: Path | Unreadable | None, first: int) -> Iterator[Packet]:
        """Yield the packets of one source that is more than one plain file."""
        if isinstance(source, Unreadable):
            yield Handed((source,), first)
        elif source is None:
            yield from self._stdin(first)
        elif has_lines(source.name) and source.suffix not in PACKED:
            try:
                yield from self._blocks(uri_of(source), source.as_posix(), first)
            except OSError as error:
                yield _unreadable(uri_of(source), f"cannot be read: {error.strerror}", first)
        else:
            yield from _handed(read_file(source), first, self._size)

    def _stdin(self, first: int) -> Iterator[Packet]:
        if self._spool is None:
            with tempfile.NamedTemporaryFile(prefix="picheck-", delete=False) as spool:
                self._spool = spool.name
                shutil.copyfileobj(sys.stdin.buffer, spool, 1 << 20)
        with Path(self._spool).open("rb") as file:
            head = file.read(MAX_BYTES + 1)
        if is_many_lines(head):
            yield from self._blocks(STDIN, self._spool, first)
        elif len(head) > MAX_BYTES:
            yield Handed((too_large(STDIN, None),), first)
        else:
            yield Handed((RawDocument(uri=STDIN, data=head),), first)

    def _blocks(self, uri: str, path: str, first: int) -> Iterator[Packet]:
        """Cut a file at line ends. What is added to it after this began is not audited."""
        with Path(path).open("rb") as file:
            size = self._sizes.setdefault(path, os.fstat(file.fileno()).st_size)
            start, line = 0, 1
            while start < size:
                length, count = _measure(file, min(self._size, size - start))
                yield Block(uri, path, start, length, line, first, count)
                start, line, first = start + length, line + count, first + count
            grown = os.fstat(file.fileno()).st_size - start
            if grown > 0:
                said = f"grew while it was read; its last {grown:,} bytes were not audited"
                yield _unreadable(uri, said, first)


def _measure(file: BinaryIO, size: int) -> tuple[int, int]:
    """Read about `size` bytes, on to the end of a line; return the bytes and the lines."""
    data = file.read(size)
    length, count = len(data), data.count(b"\n")
    while data and not data.endswith(b"\n"):
        data = file.readline(1 << 20)
        length += len(data)
        count += data.endswith(b"\n") or not data
    return length, count


def _handed(inputs: Iterator[Input], first: int, size: int) -> Iterator[Packet]:
    """Gather inputs until they are a packet's worth of bytes."""
    given: list[Input] = []
    held = 0
    for one in inputs:
        given.append(one)
        held += len(one.data) if isinstance(one, RawDocument) else 0
        if held >= size:
            yield Handed(tuple(given), first)
            first += len(given)
            given, held = [], 0
    if given:
        yield Handed(tuple(given), first)


def _unreadable(uri: str, message: str, first: int) -> Packet:
    return Handed((Unreadable(error=InputError(message, uri=uri)),), first)


def _is_single(path: Path) -> bool:
    """Whether a file holds one document, read where it is audited."""
    if has_lines(path.name) or path.suffix in PACKED:
        return False
    try:
        return not is_archive(path)
    except OSError:
        return True
