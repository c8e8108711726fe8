"""The files that a whole run was made with, each with its digest."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from picheck.engine.options import AuditOptions
from picheck.intake.documents import uri_of
from picheck.model.report import InputUse
from picheck.rulebook.registry import Rulebooks


def run_inputs(options: AuditOptions) -> tuple[InputUse, ...]:
    """Return the waivers, the baseline, the settings, the lock and the earlier submissions.

    A file that cannot be read is left out, for whoever needed it has said so; and so is a pipe,
    which can be read only once.
    """
    return tuple(use for role, path in _name_files(options) for use in _use(role, path))


def streams_of(options: AuditOptions) -> tuple[Path, ...]:
    """Return what of the files of a run is a pipe or a device, so that it has no digest."""
    evidence = [("evidence", options.evidence)] if options.evidence else []
    paths = [path for _, path in (*_name_files(options), *evidence)]
    return tuple(path for path in paths if os.path.exists(path) and not os.path.isfile(path))  # noqa: PTH110, PTH113


def rulebook_inputs(rulebooks: Rulebooks) -> tuple[InputUse, ...]:
    """Return the rulebooks on offer: which of them a run needs is known at its end alone."""
    return tuple(
        InputUse(role="rulebook", uri=f"{program} {year}", sha256=digest)
        for program, year, digest in rulebooks.digests()
    )


def _name_files(options: AuditOptions) -> Iterator[tuple[str, Path]]:
    """Yield the files of a run that its options name, by their roles."""
    for role, path in (
        ("waivers", options.waivers),
        ("baseline", options.baseline),
        *options.files,
    ):
        if path:
            yield role, path
    yield from (("prior", file) for path in options.prior for file in _files(path))


def _files(given: str) -> Iterator[Path]:
    """Yield the files behind a path of earlier submissions: of a directory, of a pattern, or it."""
    # a file may be called like a pattern
    is_pattern = glob.has_magic(given) and not os.path.exists(given)  # noqa: PTH110
    for found in sorted(glob.glob(given, recursive=True)) if is_pattern else (given,):  # noqa: PTH207
        path = Path(found)
        if os.path.isdir(found):  # noqa: PTH112 - a name that is too long is no directory
            # sorted, for the system lists a folder in any order, and two runs must name their
            # inputs alike
            yield from sorted(inner for inner in path.rglob("*") if inner.is_file())
        else:
            yield path


def _use(role: str, path: Path) -> Iterator[InputUse]:
    with suppress(OSError, ValueError):
        if path.is_file():
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            yield InputUse(role=role, uri=uri_of(path), sha256=digest)
