"""Files that the pieces of a batch go to; one that breaks costs no other its output."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from picheck.errors import PicheckError, UsageError


class OutputLost(PicheckError):
    """No output is left that could be written."""


class Outlet:
    """One file, or standard output."""

    def __init__(self, path: Path | None, outlets: Outlets) -> None:
        self._path = path
        self._outlets = outlets
        self._file: BinaryIO | None = None
        self.fault: str | None = None

    @contextmanager
    def opened(self, keep: int | None) -> Iterator[None]:
        """Open the file, emptied, or cut to its first `keep` bytes.

        Raises UsageError where it cannot be opened.
        """
        if self._path is None:
            self._file = sys.stdout.buffer
            yield
            return
        try:
            file = self._path.open("wb" if keep is None else "r+b", buffering=0)
        except OSError as error:
            raise UsageError(f"{self._path} cannot be written: {error.strerror}") from error
        with file:
            if keep is not None:
                file.seek(keep)
                file.truncate()
            self._file = file  # type: ignore[assignment]
            yield

    def write(self, piece: bytes) -> None:
        """Write a piece, unless the file broke before. Raises OutputLost where none is left."""
        if self.fault is not None or self._file is None:
            return
        try:
            rest = memoryview(piece)
            while rest:
                rest = rest[self._file.write(rest) :]
            self._file.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            name = "standard output" if self._path is None else self._path
            self.fault = f"{name} cannot be written any further: {error.strerror}"
            self._outlets.check()


class Outlets:
    """All files of a run."""

    def __init__(self, paths: Iterable[Path | None]) -> None:
        self.each = [Outlet(path, self) for path in paths]

    @property
    def faults(self) -> list[str]:
        """One line for each file that broke."""
        return [outlet.fault for outlet in self.each if outlet.fault is not None]

    @contextmanager
    def opened(self, keep: int | None) -> Iterator[None]:
        """Open them all."""
        with ExitStack() as stack:
            for outlet in self.each:
                stack.enter_context(outlet.opened(keep))
            yield

    def check(self) -> None:
        """Raise OutputLost where every file broke."""
        if len(self.faults) == len(self.each):
            raise OutputLost("; ".join(self.faults))
