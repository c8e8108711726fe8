"""Inputs in chunks that a process can be given: byte ranges, files, or documents themselves.

Every input takes a number, in order: each line of a file of one document a line, each file, each
member of an archive, whether or not a document can be read from it. A chunk knows the number of
its first input, so chunks can be audited in any order by any process.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from picheck.intake.documents import Input, line_input, unreadable, whole_lines
from picheck.intake.files import read_source
from picheck.intake.left_out import LeftOut
from picheck.intake.source import Source

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
                # a file may have grown since it was cut: who cuts it says so, and no chunk audits
                # what was added
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
