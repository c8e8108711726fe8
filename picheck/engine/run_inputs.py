"""The files that a whole run was made with, each with its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from picheck.engine.options import AuditOptions
from picheck.intake.documents import uri_of
from picheck.model.report import InputUse
from picheck.rulebook.registry import Rulebooks


def run_inputs(options: AuditOptions) -> tuple[InputUse, ...]:
    """Return the waivers, the baseline, the settings, the lock and the earlier submissions.

    A file that cannot be read is left out: whoever needed it has said so.
    """
    named = [("waivers", options.waivers), ("baseline", options.baseline), *options.files]
    uses = [use for role, path in named if path for use in _use(role, path)]
    for path in options.prior:
        uses += [use for file in _files(Path(path)) for use in _use("prior", file)]
    return tuple(uses)


def rulebook_inputs(rulebooks: Rulebooks) -> tuple[InputUse, ...]:
    """Return the rulebooks on offer: which of them a run needs is known at its end alone."""
    return tuple(
        InputUse(role="rulebook", uri=f"{program} {year}", sha256=digest)
        for program, year, digest in rulebooks.digests()
    )


def _files(path: Path) -> Iterator[Path]:
    yield from sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else (path,)


def _use(role: str, path: Path) -> Iterator[InputUse]:
    with suppress(OSError, ValueError), path.open("rb") as file:
        yield InputUse(
            role=role, uri=uri_of(path), sha256=hashlib.file_digest(file, "sha256").hexdigest()
        )
