"""Paths become named documents, one at a time."""

from __future__ import annotations

import glob
import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from picheck.errors import InputError
from picheck.intake.limits import MAX_BYTES
from picheck.intake.unpacking import faults, open_file, unpacked_name
from picheck.intake.uris import uri_of

EVIDENCE_SUFFIX: Final = ".evidence.json"
SUFFIXES: Final = (".json", ".ndjson", ".jsonl")
LINES: Final = (".ndjson", ".jsonl")
STDIN: Final = "-"
#: A member that unpacks to more than this many times its size is a bomb.
MAX_RATIO: Final = 200
_ZIP_MARKS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


class RawDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes of one document and where they came from.

    `uri` is the path as given (`-` for standard input, `archive.zip!member` in an archive);
    `line` is the 1-based line in a file of one document a line; `path` is set where a side file
    may lie beside it; `evidence` are the bytes of evidence that was handed along.
    """

    uri: str
    data: bytes
    line: int | None = None
    path: Path | None = None
    evidence: bytes | None = None


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """An input that gave no document, and why; the others are audited all the same.

    `is_empty` says that there was nothing to be read: a directory or pattern without a file.
    """

    error: InputError
    is_empty: bool = False


Input = RawDocument | Unreadable


def read_inputs(paths: Iterable[str]) -> Iterator[Input]:
    """Yield every document behind the paths, in order; what cannot be read is yielded too.

    A directory gives its `*.json` and `*.ndjson` files in sorted order, all levels; a pattern
    with `*` gives the files it matches. A path that does not exist is an unreadable input.
    """
    for source in sources(paths):
        if isinstance(source, Unreadable):
            yield source
        elif source is None:
            yield from read_documents(STDIN, sys.stdin.buffer, lines=False)
        else:
            yield from read_file(source)


def sources(paths: Iterable[str]) -> Iterator[Path | Unreadable | None]:
    """Yield every file behind the paths, in order; None stands for standard input."""
    for path in paths:
        if path == STDIN:
            yield None
        else:
            yield from _found(path)


def _found(path: str) -> Iterator[Path | Unreadable]:
    """Yield the files behind one path, or what is to be said where there is none."""
    is_empty = True
    try:
        for file in _files(path):
            is_empty = False
            yield file
    except OSError as error:  # such as a name that is too long to be one
        said = f"cannot be read: {error.strerror or error}"
        yield Unreadable(error=InputError(said, uri=uri_of(path)))
        return
    if is_empty:
        nothing = InputError("leads to no file of submissions", uri=uri_of(path))
        yield Unreadable(error=nothing, is_empty=True)


def _files(path: str) -> Iterator[Path | Unreadable]:
    place = Path(path)
    if place.is_dir():
        yield from (file for file in sorted(place.rglob("*")) if is_input(file.name))
    elif place.exists():
        yield place
    elif glob.has_magic(path):
        for match in sorted(glob.glob(path, recursive=True)):  # noqa: PTH207 - a user's pattern
            if not match.endswith(EVIDENCE_SUFFIX):
                yield Path(match)
    else:
        missing = "does not exist; give a file, a directory, a pattern or -"
        yield Unreadable(error=InputError(missing, uri=uri_of(path)))


def is_input(name: str) -> bool:
    """Whether a file in a directory or an archive is taken for submissions by its name."""
    return unpacked_name(name).endswith(SUFFIXES) and not name.endswith(EVIDENCE_SUFFIX)


def has_lines(name: str) -> bool:
    """Whether a file holds one document a line, by its name."""
    return unpacked_name(name).endswith(LINES)


def read_file(path: Path) -> Iterator[Input]:
    """Yield every document of one file: one, one a line, or those of an archive."""
    uri = uri_of(path)
    try:
        if is_archive(path):
            from picheck.intake.archives import read_archive  # noqa: PLC0415 - rarely needed

            yield from read_archive(path)
            return
        with open_file(path) as file:
            yield from read_documents(uri, file, lines=has_lines(path.name), path=path)
    except InputError as error:
        yield Unreadable(error=error)
    except OSError as error:
        yield Unreadable(error=InputError(f"cannot be read: {error.strerror or error}", uri=uri))
    except faults() as error:
        yield Unreadable(error=InputError(f"cannot be unpacked: {error}", uri=uri))


def is_archive(path: Path) -> bool:
    """Whether a file is a zip archive."""
    with path.open("rb") as file:
        if file.read(4) not in _ZIP_MARKS:
            return False
    import zipfile  # noqa: PLC0415 - only an archive needs it

    return zipfile.is_zipfile(path)


def read_documents(
    uri: str, file: BinaryIO, *, lines: bool, path: Path | None = None
) -> Iterator[Input]:
    """Yield the documents of a stream: one a line, or the whole of it."""
    if lines:
        yield from read_lines(uri, file)
        return
    data = file.read(MAX_BYTES + 1)
    if uri == STDIN and is_many_lines(data):
        yield from read_lines(uri, _Rest(data, file))
    elif len(data) > MAX_BYTES:
        yield too_large(uri, None)
    else:
        yield RawDocument(uri=uri, data=data, path=path)


def read_lines(uri: str, file: BinaryIO | _Rest) -> Iterator[Input]:
    """Yield the documents of the lines of a stream."""
    for number, line in enumerate(whole_lines(file), start=1):
        if line is None:
            yield too_large(uri, number)
        elif line.strip():
            yield RawDocument(uri=uri, data=line.rstrip(b"\r\n"), line=number)


def whole_lines(file: BinaryIO | _Rest) -> Iterator[bytes | None]:
    """Yield the lines of a stream; None for one that is too long to be kept."""
    while line := file.readline(MAX_BYTES + 2):
        if len(line) <= MAX_BYTES + 1:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_BYTES)
        yield None


def too_large(uri: str, line: int | None) -> Unreadable:
    """Make an input of a document that is too large to be read."""
    return Unreadable(
        error=InputError(f"more than {MAX_BYTES:,} bytes in one document", uri=uri, line=line)
    )


def is_many_lines(data: bytes) -> bool:
    """Whether standard input holds one document a line: its first line is a whole document."""
    first, _, rest = data.partition(b"\n")
    return first.rstrip().endswith(b"}") and bool(rest.strip())


class _Rest:
    """A stream of lines that begins with bytes already read."""

    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._file = file

    def readline(self, limit: int) -> bytes:
        line = self._head.readline(limit)
        if line.endswith(b"\n") or len(line) >= limit:
            return line
        return line + self._file.readline(limit - len(line))
