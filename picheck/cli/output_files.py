"""Files that the pieces of a batch go to; one that breaks costs no other its output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Self, cast

from picheck.cli.destinations import Output
from picheck.cli.stdout import OutputLostError, begin_output
from picheck.errors import UsageError
from picheck.file_access import open_to_write
from picheck.model.report import Report
from picheck.plugins.reporter import StreamingReporter, stream

#: Opens a file that takes more than bytes, such as a table.
Sink = Callable[[Path], BinaryIO]


def write_pieces(report: Report, output: Output) -> Iterator[str]:
    """Write a whole report piece by piece and yield one line for each fault of its file."""
    reporter = cast("StreamingReporter", output.reporter)
    outlets = Outlets.of([output])
    (outlet,) = outlets.each
    with suppress(OutputLostError), outlets.open(None):
        for piece in stream(report, reporter):
            outlet.write(piece)
    yield from outlets.faults


class Outlet:
    """One file, or standard output where `path` is None; `sink` opens files of another kind."""

    def __init__(self, path: Path | None, sink: Sink | None, outlets: Outlets) -> None:
        self._path = path
        self._sink = sink
        self._outlets = outlets
        self._file: BinaryIO | None = None
        self.fault: str | None = None

    @contextmanager
    def open(self, keep: int | None) -> Iterator[None]:
        """Open the file, emptied, or cut to its first `keep` bytes.

        Raises UsageError where it cannot be opened.
        """
        if self._path is None:
            self._file = self._standard_output()
            yield
            return
        try:
            file = self._open_file(self._path, keep)
        except OSError as error:
            raise UsageError(f"{self._path} cannot be written: {error.strerror}") from error
        try:
            if keep is not None:
                file.seek(keep)
                file.truncate()
            self._file = file
            yield
        finally:
            self._close(file)

    def _open_file(self, path: Path, keep: int | None) -> BinaryIO:
        if self._sink is not None:
            return self._sink(path)
        if keep is None:
            return open_to_write(path)
        return cast("BinaryIO", path.open("r+b", buffering=0))

    def _standard_output(self) -> BinaryIO:
        if self._sink is not None:
            raise UsageError("parquet goes to a file: give -f parquet=PATH")
        begin_output()
        return sys.stdout.buffer

    def _close(self, file: BinaryIO) -> None:
        try:
            file.close()
        except OSError as error:  # a table writes its last rows only now
            self._break(error)

    def _break(self, error: OSError) -> None:
        name = "standard output" if self._path is None else self._path
        self.fault = self.fault or f"{name} cannot be written any further: {error.strerror}"

    def write(self, piece: bytes) -> None:
        """Write a piece, unless the file broke. Raises OutputLostError where none is left."""
        if self.fault is not None or self._file is None:
            return
        try:
            rest = memoryview(piece)
            while rest:
                # a file without a buffer may take less than it is given
                rest = rest[self._file.write(rest) :]
            if self._sink is None:
                self._file.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            self._break(error)
            self._outlets.check()


class Outlets:
    """All files of a run, by their paths, each with its sink if it has one."""

    def __init__(self, files: Iterable[tuple[Path | None, Sink | None]]) -> None:
        self.each = [Outlet(path, sink, self) for path, sink in files]

    @classmethod
    def of(cls, outputs: Iterable[Output]) -> Self:
        """Return the files of reporters."""
        return cls((each.path, getattr(each.reporter, "sink", None)) for each in outputs)

    @property
    def faults(self) -> list[str]:
        """One line for each file that broke."""
        return [outlet.fault for outlet in self.each if outlet.fault is not None]

    @contextmanager
    def open(self, keep: int | None) -> Iterator[None]:
        """Open them all."""
        with ExitStack() as stack:
            for outlet in self.each:
                stack.enter_context(outlet.open(keep))
            yield

    def check(self) -> None:
        """Raise OutputLostError where every file broke."""
        if len(self.faults) == len(self.each):
            raise OutputLostError("; ".join(self.faults))
