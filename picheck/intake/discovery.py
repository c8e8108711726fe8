"""Paths lead to sources: files, archives and streams, each once, in order.

What is found and not read is counted by reason, so that both together are everything there is.
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final

from picheck.errors import InputError
from picheck.file_access import is_endless
from picheck.intake.documents import (
    STDIN,
    Unreadable,
    unreadable,
    uri_of,
)
from picheck.intake.file_heads import head_of, is_own_file, kind_of_file
from picheck.intake.file_names import (
    ZIP_SUFFIX,
    EvidencePairs,
    evidence_stem,
    has_submissions,
    is_archive_name,
    submission_stem,
)
from picheck.intake.left_out import LeftOut
from picheck.intake.own_outputs import IS_REPORT
from picheck.intake.source import Source, cannot_be_read, find_closed_folders
from picheck.model.report import Notice

_MISSING: Final = "does not exist; give a file, a directory, a pattern or -"
_NO_FILE: Final = "leads to no file of submissions"
_IS_ARCHIVE: Final = "is an archive that cannot be opened: unpack it, or give its files as a zip"
_IS_DEVICE: Final = "is a device that has no end; give a file, a directory or a pattern"
_IS_EVIDENCE: Final = "is an evidence file; give the submission that it belongs to"


class Discovery:
    """The sources behind paths, and what was left out of them.

    A path is a file, a directory, a pattern with `*`, or `-`. A directory gives the files of all
    its levels whose names are those of submissions, and zip archives, in sorted order; links are
    followed. A pattern gives what it matches, without evidence files. A path that leads nowhere,
    a directory that cannot be opened, and a file that is evidence or a report and was given by
    its name are unreadable inputs. A file that several paths lead to is read once.

    It can be gone through several times; each time, everything is looked for again. Where
    `reads_heads` is false, no file is opened: reports and archives are then taken for documents.
    `suffixes` are those of formats beside JSON, in lower case.
    """

    def __init__(
        self, paths: Iterable[str], suffixes: tuple[str, ...] = (), *, reads_heads: bool = True
    ) -> None:
        self._paths = tuple(paths)
        self._suffixes = suffixes
        self._reads_heads = reads_heads
        self.left_out = LeftOut()
        self._folders: set[str] = set()
        self._files: set[str] = set()
        self._pairs: dict[str, EvidencePairs] = {}

    def left_out_notices(self) -> tuple[Notice, ...]:
        """Return a notice for each reason why something was left out, the last time through."""
        return self.left_out.notices()

    def __iter__(self) -> Iterator[Source | Unreadable]:
        """Yield the sources in order."""
        self.left_out.clear()
        for known in (self._folders, self._files, self._pairs):
            known.clear()
        for path in self._paths:
            if path == STDIN:
                yield from self._standard_input()
            else:
                yield from self._follow(path)

    def _standard_input(self) -> Iterator[Source]:
        if STDIN in self._files:
            self.left_out.add("duplicate", STDIN)
            return
        self._files.add(STDIN)
        yield Source(path=STDIN, kind="stream", is_named=True)

    def _follow(self, path: str) -> Iterator[Source | Unreadable]:
        """Yield the sources behind one path."""
        try:
            mode = os.stat(path).st_mode  # noqa: PTH116 - a Path would turn "" into "."
        except FileNotFoundError:
            if glob.has_magic(path):
                yield from self._or_nothing(path, self._matches(path))
            else:
                yield unreadable(_MISSING, uri_of(path))
        except (OSError, ValueError) as error:  # a name that is too long, or holds a zero byte
            yield cannot_be_read(uri_of(path), error)
        else:
            if stat.S_ISDIR(mode):
                yield from self._or_nothing(path, self._tree(Path(path)))
            else:
                yield from self._look_at_named(Path(path), mode)

    def _look_at_named(self, path: Path, mode: int) -> Iterator[Source | Unreadable]:
        """Yield a file that was given by its name."""
        if not stat.S_ISREG(mode):
            yield from self._stream(path)
        elif (stem := evidence_stem(path.name)) is not None:
            if (str(path.parent), stem) not in self._named_stems:
                yield unreadable(_IS_EVIDENCE, uri_of(path))
        else:
            head = head_of(path) if self._reads_heads else b""
            if is_own_file(path, head):
                yield unreadable(IS_REPORT, uri_of(path))
            elif kind_of_file(path.name, head) != "archive" and _is_closed_archive(path.name):
                yield unreadable(_IS_ARCHIVE, uri_of(path))
            else:
                yield from self._file(path, os.path.realpath(path), head, is_named=True)

    @cached_property
    def _named_stems(self) -> set[tuple[str, str]]:
        """Directory and stem of each submission that was given by its name.

        A shell that expands `*.json` gives its evidence by name as well; it is read beside it.
        """
        paths = [Path(path) for path in self._paths]
        stems = ((str(path.parent), submission_stem(path.name, self._suffixes)) for path in paths)
        return {(folder, stem) for folder, stem in stems if stem is not None}

    def _or_nothing(
        self, path: str, sources: Iterator[Source | Unreadable]
    ) -> Iterator[Source | Unreadable]:
        """Yield the sources, or an empty input where there was nothing that could be read."""
        is_empty, duplicates = True, self.left_out.count("duplicate")
        for source in sources:
            is_empty = False
            yield source
        # a folder whose files were all given before is not empty
        if is_empty and self.left_out.count("duplicate") == duplicates:
            yield Unreadable(error=InputError(_NO_FILE, uri=uri_of(path)), is_empty=True)

    def _stream(self, path: Path) -> Iterator[Source | Unreadable]:
        """Yield a pipe or device; nothing of it is read here, for it can be read only once."""
        if is_endless(path):
            yield unreadable(_IS_DEVICE, uri_of(path))
            return
        status = path.stat()
        # a pipe has several names, such as /dev/stdin and /dev/fd/0, and can be read only once
        identity = f"{status.st_dev}:{status.st_ino}"
        if identity in self._files:
            self.left_out.add("duplicate", uri_of(path))
            return
        self._files.add(identity)
        yield Source(path=str(path), kind="stream", is_named=True)

    def _matches(self, pattern: str) -> Iterator[Source | Unreadable]:
        """Yield what a pattern matches; a directory gives what is in it."""
        yield from find_closed_folders(pattern)
        covered = ""
        for match in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207 - a user's pattern
            path = Path(match)
            if covered and match.startswith(covered):
                continue  # a directory that the same pattern matches has given it already
            if path.is_dir():
                covered = os.path.join(match, "")  # noqa: PTH118 - as glob writes paths
                yield from self._tree(path)
            else:
                yield from self._match(path)

    def _match(self, path: Path) -> Iterator[Source | Unreadable]:
        pairs = self._pairs_beside(path) if evidence_stem(path.name) is not None else None
        if pairs is not None:
            if pairs.is_orphan(path.name):
                self.left_out.add("evidence", uri_of(path))
        elif _is_closed_archive(path.name):
            self.left_out.add("archive", uri_of(path))
        else:
            yield from self._look_at(path, os.path.realpath(path))

    def _tree(self, root: Path) -> Iterator[Source | Unreadable]:
        """Yield the sources of a directory and of all directories in it."""
        levels = [self._folder(root)]
        while levels:
            for found in levels[-1]:
                if isinstance(found, Path):
                    levels.append(self._folder(found))
                    break
                yield found
            else:
                levels.pop()

    def _folder(self, folder: Path) -> Iterator[Source | Unreadable | Path]:
        """Yield the sources of one directory, and as paths the directories in it."""
        real = os.path.realpath(folder)
        # a link may lead to a folder above: the walk would not end
        if real in self._folders:
            self.left_out.add("duplicate", uri_of(folder))
            return
        self._folders.add(real)
        try:
            with os.scandir(folder) as scan:
                # sorted, for systems list a folder in any order, and documents are numbered in it
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            yield cannot_be_read(uri_of(folder), error)
            return
        pairs = EvidencePairs((entry.name for entry in entries), self._suffixes)
        for entry in entries:
            path = folder / entry.name
            if _is_folder(entry):
                yield path
            elif evidence_stem(entry.name) is not None:
                if pairs.is_orphan(entry.name):
                    self.left_out.add("evidence", uri_of(path))
            elif _is_taken(entry.name, self._suffixes):
                is_link = entry.is_symlink()
                own = os.path.realpath(path) if is_link else os.path.join(real, entry.name)  # noqa: PTH118
                yield from self._look_at(path, own, pairs, is_in_folder=not is_link)
            elif is_archive_name(entry.name):
                self.left_out.add("archive", uri_of(path))
            else:
                self.left_out.add("suffix", uri_of(path))

    def _look_at(
        self,
        path: Path,
        real: str,
        pairs: EvidencePairs | None = None,
        *,
        is_in_folder: bool = False,
    ) -> Iterator[Source | Unreadable]:
        """Yield a file that a directory or a pattern led to."""
        try:
            mode = path.stat().st_mode
        except OSError as error:
            yield cannot_be_read(uri_of(path), error)
            return
        if not stat.S_ISREG(mode):
            self.left_out.add("special", uri_of(path))
            return
        head = head_of(path) if self._reads_heads else b""
        if is_own_file(path, head):
            self.left_out.add("report", uri_of(path))
        else:
            yield from self._file(path, real, head, pairs=pairs, is_in_folder=is_in_folder)

    def _file(
        self,
        path: Path,
        real: str,
        head: bytes,
        *,
        pairs: EvidencePairs | None = None,
        is_in_folder: bool = False,
        is_named: bool = False,
    ) -> Iterator[Source]:
        """Yield a regular file, unless it was yielded before or will be by its directory.

        `real` is its real path; `is_in_folder` says that its directory is gone through now.
        """
        folder, name = os.path.split(real)
        is_from_folder = folder in self._folders and _is_taken(name, self._suffixes)
        if real in self._files or (is_from_folder and not is_in_folder):
            self.left_out.add("duplicate", uri_of(path))
            return
        if not is_in_folder:  # the files of a directory are known by their directory
            self._files.add(real)
        beside = (pairs or self._pairs_beside(path)).evidence_of(path.name)
        yield Source(
            path=str(path),
            kind=kind_of_file(path.name, head),
            evidence=None if beside is None else str(path.with_name(beside)),
            is_named=is_named,
            suffixes=self._suffixes,
        )

    def _pairs_beside(self, path: Path) -> EvidencePairs:
        """Return the pairs in a file's directory, which is looked into once."""
        folder = str(path.parent)
        if folder not in self._pairs:
            names: list[str] = []
            with suppress(OSError):  # a directory that can be entered and not listed
                names = os.listdir(folder)  # noqa: PTH208 - names alone are wanted
            self._pairs[folder] = EvidencePairs(names, self._suffixes)
        return self._pairs[folder]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # such as a circle of links
        return False


def _is_closed_archive(name: str) -> bool:
    """Whether a file is an archive of a kind that is never opened, by its name."""
    return is_archive_name(name) and not name.lower().endswith(ZIP_SUFFIX)


def _is_taken(name: str, suffixes: tuple[str, ...]) -> bool:
    """Whether a directory gives a file, by its name."""
    return has_submissions(name, suffixes) or name.lower().endswith(ZIP_SUFFIX)
