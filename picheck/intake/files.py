"""Paths become named documents: files, archives and streams are opened and read."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

import msgspec

from picheck.errors import InputError
from picheck.intake.compression import open_file, read_errors
from picheck.intake.discovery import Discovery
from picheck.intake.documents import (
    STDIN,
    Input,
    RawDocument,
    Unreadable,
    path_of,
    read_stream,
    unreadable,
    uri_of,
)
from picheck.intake.file_names import has_lines
from picheck.intake.left_out import LeftOut
from picheck.intake.limits import MAX_BYTES
from picheck.intake.source import Source
from picheck.model.report import Notice


class Inputs:
    """Every document behind paths, in order; what cannot be read is yielded too.

    What was passed over is known once all were read: `left_out_notices`.
    """

    def __init__(self, paths: Iterable[str], suffixes: tuple[str, ...] = ()) -> None:
        self._discovery = Discovery(paths, suffixes)

    def left_out_notices(self) -> tuple[Notice, ...]:
        """Return a notice for each reason why something was left out."""
        return self._discovery.left_out_notices()

    def __iter__(self) -> Iterator[Input]:
        """Yield the documents."""
        for source in self._discovery:
            if isinstance(source, Unreadable):
                yield source
            else:
                inputs = read_source(source, self._discovery.left_out)
                yield from (given for given in inputs if given is not None)


def read_inputs(paths: Iterable[str], suffixes: tuple[str, ...] = ()) -> Inputs:
    """Return every document behind the paths; see `Discovery` for what a path may be.

    `suffixes` are those of formats beside JSON.
    """
    return Inputs(paths, suffixes)


def left_out_notices(inputs: Iterable[Input]) -> tuple[Notice, ...]:
    """Return what was left out of inputs that come from paths; nothing of others."""
    return inputs.left_out_notices() if isinstance(inputs, Inputs) else ()


def read_source(source: Source, left_out: LeftOut) -> Iterator[Input | None]:
    """Yield every document of one source: one, one a line, or those of an archive.

    Yields None for a blank line. What an archive holds beside documents is counted in
    `left_out`.
    """
    try:
        if source.kind == "archive":
            yield from _read_archive(source, left_out)
            return
        is_stream = source.kind == "stream"
        lines = True if has_lines(source.path) else None if is_stream else False
        with open_source(source) as file:
            for given in read_stream(source.uri, file, lines=lines, is_stream=is_stream):
                if isinstance(given, RawDocument) and source.evidence and given.line is None:
                    yield msgspec.structs.replace(given, evidence_path=Path(source.evidence))
                else:
                    yield given
    except (InputError, OSError) as error:
        yield explain_fault(error, source.uri)
    except read_errors() as error:  # only here, for it imports what unpacks
        yield explain_fault(error, source.uri)


def explain_fault(error: Exception, uri: str) -> Unreadable:
    """Make an input of what was raised while a source was read."""
    if isinstance(error, InputError):
        return Unreadable(error=error)
    if isinstance(error, OSError):
        return unreadable(f"cannot be read: {error.strerror or uri_of(str(error))}", uri)
    return unreadable(f"cannot be unpacked: {uri_of(str(error))}", uri)


def reread(uri: str, sha256: str) -> RawDocument:
    """Read a document of a run again, by the name and digest that its summary has.

    Raises InputError where it cannot be read any more, or is not the same any more. A document
    of a stream, or of a file of one document a line, cannot be read again this way.
    """
    errors: tuple[type[Exception], ...] = (OSError, ValueError, *read_errors())
    try:
        data = _bytes_of(uri)
    except errors as error:
        raise InputError(f"cannot be read again: {uri_of(str(error))}", uri=uri) from error
    if data is None:
        raise InputError("cannot be read again: it is not there any more", uri=uri)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise InputError("was changed while it was audited; audit it again", uri=uri)
    return RawDocument(uri=uri, data=data)


def _bytes_of(uri: str) -> bytes | None:
    """Return the bytes behind the name of a document: a file, or a member of an archive."""
    path = path_of(uri)
    if path.is_file():
        with open_file(path, uri) as file:
            return file.read(MAX_BYTES + 1)
    # names of files and of members may hold a ! too, so each may be where the archive ends
    for mark in re.finditer("!", uri):
        path = path_of(uri[: mark.start()])
        if path.is_file():
            from picheck.intake.archives import read_member  # noqa: PLC0415 - rarely needed

            return read_member(path, uri[mark.end() :])
    return None


def _read_archive(source: Source, left_out: LeftOut) -> Iterator[Input | None]:
    from picheck.intake.archives import read_archive  # noqa: PLC0415 - rarely needed

    is_empty, duplicates = True, left_out.count("duplicate")
    for given in read_archive(Path(source.path), left_out, source.suffixes):
        is_empty = False
        yield given
    if is_empty and left_out.count("duplicate") == duplicates:
        if source.is_named:
            nothing = InputError("holds no file of submissions", uri=source.uri)
            yield Unreadable(error=nothing, is_empty=True)
        else:
            left_out.add("empty", source.uri)


def open_source(source: Source) -> AbstractContextManager[BinaryIO]:
    """Open a file or stream, unpacked while it is read. Standard input is not closed again.

    Raises OSError where it cannot be opened, InputError where it cannot be unpacked.
    """
    if source.path == STDIN:
        return nullcontext(sys.stdin.buffer)
    return open_file(Path(source.path), source.uri)
