"""Paths become named documents, one at a time."""

from __future__ import annotations

import glob
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from picheck.errors import InputError
from picheck.intake.limits import MAX_BYTES

EVIDENCE_SUFFIX: Final = ".evidence.json"
SUFFIXES: Final = (".json", ".ndjson", ".jsonl")
_LINES: Final = (".ndjson", ".jsonl")
#: A member that unpacks to more than this many times its size is a bomb.
_MAX_RATIO: Final = 200


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
    """An input that gave no document, and why; the others are audited all the same."""

    error: InputError


Input = RawDocument | Unreadable


def read_inputs(paths: Iterable[str]) -> Iterator[Input]:
    """Yield every document behind the paths, in order; what cannot be read is yielded too.

    A directory gives its `*.json` and `*.ndjson` files in sorted order, all levels; a pattern
    with `*` gives the files it matches. A path that does not exist is an unreadable input.
    """
    for path in paths:
        yield from _read(path)


def _read(path: str) -> Iterator[Input]:
    if path == "-":
        yield from _documents("-", sys.stdin.buffer, lines=False)
        return
    place = Path(path)
    if place.is_dir():
        for file in sorted(place.rglob("*")):
            if file.suffix in SUFFIXES and not file.name.endswith(EVIDENCE_SUFFIX):
                yield from _file(file)
    elif place.exists():
        yield from _file(place)
    elif glob.has_magic(path):
        for match in sorted(glob.glob(path, recursive=True)):  # noqa: PTH207 - a user's pattern
            if not match.endswith(EVIDENCE_SUFFIX):
                yield from _file(Path(match))
    else:
        missing = InputError("does not exist; give a file, a directory, a pattern or -", uri=path)
        yield Unreadable(error=missing)


def _file(path: Path) -> Iterator[Input]:
    uri = path.as_posix()
    try:
        if zipfile.is_zipfile(path):
            yield from _archive(path)
            return
        with path.open("rb") as file:
            yield from _documents(uri, file, lines=path.suffix in _LINES, path=path)
    except OSError as error:
        yield Unreadable(error=InputError(f"cannot be read: {error.strerror}", uri=uri))


def _documents(
    uri: str, file: BinaryIO, *, lines: bool, path: Path | None = None
) -> Iterator[Input]:
    if lines:
        yield from _lines(uri, file)
        return
    data = file.read(MAX_BYTES + 1)
    if uri == "-" and _is_many_lines(data):
        yield from _lines(uri, _Rest(data, file))
    elif len(data) > MAX_BYTES:
        yield _too_large(uri, None)
    else:
        yield RawDocument(uri=uri, data=data, path=path)


def _lines(uri: str, file: BinaryIO | _Rest) -> Iterator[Input]:
    number = 0
    while line := file.readline(MAX_BYTES + 2):
        number += 1
        if len(line) > MAX_BYTES + 1:
            while line and not line.endswith(b"\n"):
                line = file.readline(MAX_BYTES)
            yield _too_large(uri, number)
        elif line.strip():
            yield RawDocument(uri=uri, data=line.rstrip(b"\r\n"), line=number)


def _archive(path: Path) -> Iterator[Input]:
    with zipfile.ZipFile(path) as archive:
        for member in sorted(archive.infolist(), key=lambda member: member.filename):
            name = member.filename
            if member.is_dir() or not name.endswith(SUFFIXES) or name.endswith(EVIDENCE_SUFFIX):
                continue
            uri = f"{path.as_posix()}!{name}"
            is_lines = name.endswith(_LINES)
            if member.file_size > _MAX_RATIO * max(member.compress_size, 1024) or (
                member.file_size > MAX_BYTES and not is_lines
            ):
                yield _too_large(uri, None)
                continue
            try:
                with archive.open(member) as file:
                    yield from _documents(uri, file, lines=is_lines)  # type: ignore[arg-type]
            except (zipfile.BadZipFile, RuntimeError, EOFError) as error:
                yield Unreadable(error=InputError(f"cannot be unpacked: {error}", uri=uri))


def _too_large(uri: str, line: int | None) -> Unreadable:
    return Unreadable(
        error=InputError(f"more than {MAX_BYTES:,} bytes in one document", uri=uri, line=line)
    )


def _is_many_lines(data: bytes) -> bool:
    """Whether standard input holds one document a line: its first line is a whole document."""
    first, _, rest = data.partition(b"\n")
    return first.rstrip().endswith(b"}") and bool(rest.strip())


class _Rest:
    """A stream of lines that begins with bytes already read."""

    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self._head = head
        self._file = file

    def readline(self, limit: int) -> bytes:
        if not self._head:
            return self._file.readline(limit)
        end = self._head.find(b"\n") + 1 or len(self._head)
        line, self._head = self._head[:end], self._head[end:]
        if line.endswith(b"\n") or len(line) >= limit:
            return line
        return line + self._file.readline(limit - len(line))
