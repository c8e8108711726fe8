"""Where outputs go, and which places are refused because something would be lost there."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from picheck.cli.audit_options import CommandOptions
from picheck.config.settings import Settings
from picheck.errors import UsageError
from picheck.intake.discovery import Discovery
from picheck.intake.documents import STDIN, uri_of
from picheck.intake.file_heads import head_of, is_own_file
from picheck.intake.source import Source
from picheck.plugins.one_file import is_file
from picheck.plugins.reporter import Reporter

#: What tells a file from every other, whatever its names are: its device and its number there.
_Identity = tuple[int, int]


class Destination(NamedTuple):
    """A format by its name, and the file that it goes to; None for standard output."""

    name: str
    path: Path | None


class Output(NamedTuple):
    """One reporter, whose it is, and the file it writes to; None for standard output."""

    reporter: Reporter
    owner: str
    path: Path | None


def read_destinations(formats: Sequence[str]) -> list[Destination]:
    """Read `NAME[=PATH]`, each.

    Raises UsageError for a second standard output, and where two formats go to one file.
    """
    found = []
    for given in formats:
        name, _, path = given.partition("=")
        found.append(Destination(name, Path(path) if path else None))
    if sum(each.path is None for each in found) > 1:
        raise UsageError("only one format can go to standard output; write the others to =PATH")
    places: dict[_Identity | str, Destination] = {}
    for each in found:
        place = _place(each)
        if place is not None and (other := places.setdefault(place, each)) is not each:
            raise UsageError(f"two formats go to {_name(each if each.path else other)}")
    return found


def check_not_read(
    destinations: Sequence[Destination],
    options: CommandOptions,
    found: Settings,
    suffixes: tuple[str, ...],
) -> None:
    """Refuse an output that would replace a file which the run reads.

    `found` is the settings file in force, `suffixes` are those of formats beside JSON. An output
    of an earlier run that lies in a folder of submissions is not read, and may be replaced.
    Raises UsageError.
    """
    written: dict[_Identity, Destination] = {}
    for each in destinations:
        status = _status(each)
        # a device or a pipe holds nothing that could be lost
        if status is not None and stat.S_ISREG(status.st_mode):
            written[status.st_dev, status.st_ino] = each
    if not written:  # what is not there yet cannot be read either
        return
    for path, is_named in _files_read(options, found, suffixes):
        identity = _identity(path)
        if identity in written and (is_named or not _is_left_out(Path(path))):
            raise UsageError(
                f"{uri_of(path)} is read in this run, and {_name(written[identity])} would replace"
                " it; write the output to another file"
            )


def _files_read(
    options: CommandOptions, found: Settings, suffixes: tuple[str, ...]
) -> Iterator[tuple[str, bool]]:
    """Yield the path of each file that a run may read, and whether it was named and not found.

    Standard input is called `-`.
    """
    named = (options.evidence, options.waivers, options.baseline, options.entity_key, found.source)
    yield from ((str(path), True) for path in named if path is not None)
    yield from ((name, True) for name in options.plugins if is_file(name))
    for source in Discovery((*options.paths, *options.prior), suffixes, reads_heads=False):
        if not isinstance(source, Source):
            continue
        yield source.path, source.is_named
        if source.evidence is not None:
            yield source.evidence, True


def _is_left_out(path: Path) -> bool:
    """Whether a directory leaves a file out, because picheck wrote it."""
    return is_own_file(path, head_of(path))


def _place(destination: Destination) -> _Identity | str | None:
    """Return what two names of one place have in common; None for a device, which keeps nothing."""
    status = _status(destination)
    if status is None:
        path = destination.path
        # a file that is not there yet has no number: its path without links says which one it is
        return None if path is None else os.path.normcase(os.path.realpath(path))
    return None if stat.S_ISCHR(status.st_mode) else (status.st_dev, status.st_ino)


def _status(destination: Destination) -> os.stat_result | None:
    """Return what the system says of an output that is there already, None of another."""
    try:
        if destination.path is None:
            return os.fstat(sys.stdout.fileno())
        return destination.path.stat()
    except (OSError, ValueError, AttributeError):  # a stream of somebody's own has no number
        return None


def _identity(path: str) -> _Identity | None:
    try:
        status = os.fstat(sys.stdin.fileno()) if path == STDIN else Path(path).stat()
    except (OSError, ValueError, AttributeError):
        return None
    return status.st_dev, status.st_ino


def _name(destination: Destination) -> str:
    if destination.path is None:
        return "standard output"
    return f"{destination.name}={uri_of(destination.path)}"
