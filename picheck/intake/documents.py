"""Streams become named documents, one at a time."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, Protocol

import msgspec

from picheck.errors import InputError
from picheck.intake.limits import MAX_BYTES, MAX_LINE
from picheck.intake.own_outputs import DOCUMENT_KEYS, IS_REPORT, is_report
from picheck.model.conversion import Spot
from picheck.rules.inputs import Source

#: Standard input, where a path is expected.
STDIN: Final = "-"

_ESCAPED: Final = re.compile(
    r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[nrt])"  # as `uri_of` writes them
)


class FromFormat(NamedTuple):
    """A document as JSON, the format that it came in, and where its values are in the file.

    `places` is None where the document came as JSON: then the JSON itself has the places.
    """

    document: bytes
    source: Source
    places: Mapping[str, Spot] | None


class RawDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes of one document and where they came from.

    `uri` is the path as given (`-` for standard input, `archive.zip!member` in an archive);
    `line` is the 1-based line in a file of one document a line. `is_stream` says that the bytes
    can be read only once: standard input, a pipe.

    Evidence beside the document is either a file, `evidence_path`, or bytes, `evidence`, where
    it was handed along. `evidence_uri` names such bytes if they lay beside the document, in an
    archive; `evidence_error` says why they could not be read, `evidence_digests` gives the SHA-256
    of the files that the evidence names, by name, where they are known.

    `converted` is the document as JSON where that is known already; `data` is then not converted.
    """

    uri: str
    data: bytes
    line: int | None = None
    is_stream: bool = False
    evidence_path: Path | None = None
    evidence: bytes | None = None
    evidence_uri: str | None = None
    evidence_error: str | None = None
    evidence_digests: Mapping[str, str] = {}
    converted: FromFormat | None = None


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """An input that gave no document, and why; the others are audited all the same.

    `is_empty` says that there was nothing to be read: a directory or pattern without a file.
    """

    error: InputError
    is_empty: bool = False


Input = RawDocument | Unreadable


class EndlessLineError(Exception):
    """A line has no end within what is read."""


class LineReader(Protocol):
    """What lines are read from."""

    def readline(self, limit: int, /) -> bytes:
        """Return the next line, or `limit` bytes of it; nothing at the end."""
        ...


def uri_of(path: Path | str) -> str:
    r"""Return what a path is called in a report: printable text, which a name need not be.

    Bytes that are no UTF-8, line ends and control characters are escaped: `\udcff`, `\n`,
    `\x1b`.
    """
    text = path.as_posix() if isinstance(path, Path) else path
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def path_of(uri: str) -> Path:
    """Return the path that a URI was made of; where both exist, the one that needs no escapes."""
    path = Path(uri)
    if "\\" in uri and not path.exists():
        return Path(_ESCAPED.sub(lambda m: m[0].encode().decode("unicode_escape"), uri))
    return path


def unreadable(message: str, uri: str, line: int | None = None) -> Unreadable:
    """Make an input of what could not be read, with the reason."""
    return Unreadable(error=InputError(message, uri=uri, line=line))


def too_large(uri: str, line: int | None = None) -> Unreadable:
    """Make an input of a document that is too large to be read."""
    return unreadable(f"more than {MAX_BYTES:,} bytes in one document", uri, line)


def read_stream(
    uri: str, file: BinaryIO, *, lines: bool | None, is_stream: bool = False
) -> Iterator[Input | None]:
    """Yield the documents of a stream: one a line, or the whole of it.

    `lines` says which; None means that the stream's own text decides (`is_many_lines`).
    Yields None for a blank line, so that lines can be counted.
    """
    if lines:
        yield from read_lines(uri, file)
        return
    data = file.read(MAX_BYTES + 1)
    if lines is None and is_many_lines(data):
        yield from read_lines(uri, _HeadedFile(data, file))
    elif len(data) > MAX_BYTES:
        yield too_large(uri)
    elif is_report(data):
        yield unreadable(IS_REPORT, uri)
    else:
        yield RawDocument(uri=uri, data=data, is_stream=is_stream)


def read_lines(uri: str, file: LineReader) -> Iterator[Input | None]:
    """Yield the document of each line of a stream; None for a blank line."""
    number = 0
    try:
        for number, line in enumerate(whole_lines(file, MAX_LINE), start=1):
            if number == 1 and line is not None and is_report(line):
                yield unreadable(IS_REPORT, uri)
                return
            yield line_input(uri, line, number)
    except EndlessLineError:
        yield unreadable(f"more than {MAX_LINE:,} bytes in one line: the rest is lost", uri, number)


def line_input(uri: str, line: bytes | None, number: int) -> Input | None:
    """Return the document of one line of `whole_lines`; None for a blank line."""
    if line is None:
        return too_large(uri, number)
    if not line.strip():
        return None
    return RawDocument(uri=uri, data=line.rstrip(b"\r\n"), line=number)


def whole_lines(file: LineReader, longest: int | None = None) -> Iterator[bytes | None]:
    """Yield the lines of a stream; None for one that is too long to be kept.

    Raises EndlessLineError after a line of more than `longest` bytes: a device may never end it.
    """
    # with the line feed, and one byte that shows that the line is too long
    while line := file.readline(MAX_BYTES + 2):
        if len(line) <= MAX_BYTES + 1:
            yield line
            continue
        yield None
        skipped = 0
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_BYTES)
            skipped += len(line)
            if longest is not None and skipped > longest:
                raise EndlessLineError


def is_many_lines(data: bytes) -> bool:
    """Whether a stream without a name holds one document a line.

    `data` is its beginning, `MAX_BYTES` + 1 bytes at most. A text that is JSON as a whole is one
    document, however many lines it has. Otherwise it holds one document a line if its first line
    that is not blank is a whole JSON object, or if any line is an object that has the keys of a
    submission: one bad line must not cost the others. A broken document on many lines stays
    one document, for its lines are no submissions. Where the first line alone is longer than
    one document may be, the lines after it are read all the same.
    """
    if b"\n" not in data.strip():
        return len(data) > MAX_BYTES  # what follows such a line may be documents
    if _is_json(data):
        return False
    return any(
        _is_object(line, needs_keys=number > 0)
        for number, line in enumerate(line for line in io.BytesIO(data) if line.strip())
    )


def _is_json(data: bytes) -> bool:
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _is_object(line: bytes, *, needs_keys: bool) -> bool:
    """Whether a line is a whole JSON object, with a submission's keys if they are needed."""
    if line.lstrip()[:1] != b"{" or line.rstrip()[-1:] != b"}":
        return False
    try:
        keys = msgspec.json.decode(line, type=dict[str, msgspec.Raw]).keys()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return not needs_keys or not DOCUMENT_KEYS.isdisjoint(keys)


class _HeadedFile:
    """A stream of lines that begins with bytes already read."""

    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._file = file

    def readline(self, limit: int) -> bytes:
        line = self._head.readline(limit)
        if line.endswith(b"\n") or len(line) >= limit:
            return line
        return line + self._file.readline(limit - len(line))
