"""What documents are read from, and what is in its place where the system does not open it."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from picheck.intake.documents import Unreadable, unreadable, uri_of


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Something to read documents from.

    `kind` says how: one `document`, one document a line (`lines`), an `archive`, or a `stream`,
    which can be opened only once. `evidence` is the path of the evidence file beside it.
    `is_named` says that the user gave this path, and not a directory or pattern that it is in.
    `suffixes` are those of formats beside JSON, for what an archive holds.
    """

    path: str
    kind: Literal["document", "lines", "archive", "stream"]
    evidence: str | None = None
    is_named: bool = False
    suffixes: tuple[str, ...] = ()

    @property
    def uri(self) -> str:
        """What the source is called in a report."""
        return uri_of(Path(self.path))


def find_closed_folders(pattern: str) -> Iterator[Unreadable]:
    """Yield the directories that a pattern leads through and that cannot be opened."""
    parent = os.path.dirname(pattern)  # noqa: PTH120 - a pattern is no path
    while parent and glob.has_magic(parent):
        for folder in sorted(glob.glob(parent, recursive=True)):  # noqa: PTH207
            yield from _check_folder(folder)
        parent = os.path.dirname(parent)  # noqa: PTH120
    yield from _check_folder(parent or ".")


def _check_folder(folder: str) -> Iterator[Unreadable]:
    if os.path.isdir(folder):  # noqa: PTH112
        try:
            os.scandir(folder).close()
        except OSError as error:
            yield cannot_be_read(uri_of(Path(folder)), error)


def cannot_be_read(uri: str, error: Exception) -> Unreadable:
    """Return an input in place of a file or a directory which the system does not open."""
    reason = error.strerror if isinstance(error, OSError) else None
    return unreadable(f"cannot be read: {reason or error}", uri)
