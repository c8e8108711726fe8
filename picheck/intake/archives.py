"""A zip archive becomes documents, one member after the other."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from picheck.errors import InputError
from picheck.intake.inputs import (
    LINES,
    MAX_RATIO,
    SUFFIXES,
    Input,
    Unreadable,
    is_archive,
    is_input,
    read_documents,
    read_file,
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


def read_again(uri: str) -> Iterator[Input]:
    """Yield what stands behind the name of one document: a file, or a member of an archive."""
    if Path(uri).is_file():
        yield from read_file(Path(uri))
    for mark in re.finditer("!", uri):
        path, name = Path(uri[: mark.start()]), uri[mark.end() :]
        if path.is_file() and is_archive(path):
            with suppress(KeyError, zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
                yield from _member(uri, archive, archive.getinfo(name))


def _members(path: Path) -> Iterator[Input]:
    with zipfile.ZipFile(path) as archive:
        for member in sorted(archive.infolist(), key=lambda member: member.filename):
            name = member.filename
            if not member.is_dir() and name.endswith(SUFFIXES) and is_input(name):
                yield from _member(f"{uri_of(path)}!{name}", archive, member)


def _member(uri: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[Input]:
    is_lines = member.filename.endswith(LINES)
    if member.file_size > MAX_RATIO * max(member.compress_size, 1024) or (
        member.file_size > MAX_BYTES and not is_lines
    ):
        yield too_large(uri, None)
        return
    try:
        with archive.open(member) as file:
            yield from read_documents(uri, file, lines=is_lines)  # type: ignore[arg-type]
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as error:
        yield Unreadable(error=InputError(f"cannot be unpacked: {error}", uri=uri))
