"""What a file is by its first bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from picheck.errors import InputError
from picheck.intake.compression import compression_of, open_file, read_errors
from picheck.intake.documents import uri_of
from picheck.intake.file_names import has_lines
from picheck.intake.limits import MAX_BYTES
from picheck.intake.own_outputs import REPORT_HEAD, is_report, may_be_report

#: What a zip archive begins with.
_ZIP_MARKS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def kind_of_file(name: str, head: bytes) -> Literal["document", "lines", "archive"]:
    """Say how a file is read, by its name and its first bytes."""
    # the head is unpacked: a zip inside of a compressed file is not opened
    if head.startswith(_ZIP_MARKS) and compression_of(name) is None:
        return "archive"
    return "lines" if has_lines(name) else "document"


def head_of(path: Path) -> bytes:
    """Return the first bytes of a file, unpacked; nothing where it cannot be read."""
    try:
        with open_file(path, uri_of(path)) as file:
            return file.read(REPORT_HEAD)
    except _errors():
        return b""


def _errors() -> tuple[type[Exception], ...]:
    return (OSError, InputError, *read_errors())


def is_own_file(path: Path, head: bytes) -> bool:
    """Whether a file that begins with `head` is an output of picheck."""
    if not may_be_report(head):
        return False
    try:
        with open_file(path, uri_of(path)) as file:
            read = file.readline if has_lines(path.name) else file.read
            return is_report(read(MAX_BYTES + 1))
    except _errors():
        return False
