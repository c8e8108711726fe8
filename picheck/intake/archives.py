"""A zip archive becomes documents, one member after the other."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from picheck.errors import InputError
from picheck.intake.inputs import (
    LINES,
    MAX_RATIO,
    SUFFIXES,
    Input,
    Unreadable,
    is_input,
    read_documents,
    too_large,
)
from picheck.intake.limits import MAX_BYTES
from picheck.intake.uris import uri_of


def read_archive(path: Path) -> Iterator[Input]:
    """Yield the documents of an archive's members, in the order of their names."""
    try:
        yield from _members(path)
    except zipfile.BadZipFile as error:
        yield Unreadable(error=InputError(f"cannot be unpacked: {error}", uri=uri_of(path)))


def _members(path: Path) -> Iterator[Input]:
    with zipfile.ZipFile(path) as archive:
        for member in sorted(archive.infolist(), key=lambda member: member.filename):
            name = member.filename
            if member.is_dir() or not name.endswith(SUFFIXES) or not is_input(name):
                continue
            uri = f"{uri_of(path)}!{name}"
            is_lines = name.endswith(LINES)
            if member.file_size > MAX_RATIO * max(member.compress_size, 1024) or (
                member.file_size > MAX_BYTES and not is_lines
            ):
                yield too_large(uri, None)
                continue
            try:
                with archive.open(member) as file:
                    yield from read_documents(uri, file, lines=is_lines)  # type: ignore[arg-type]
            except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as error:
                yield Unreadable(error=InputError(f"cannot be unpacked: {error}", uri=uri))
