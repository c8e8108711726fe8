"""A zip archive becomes documents, one member after the other."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, cast

from picheck.errors import InputError
from picheck.intake.compression import compression_of
from picheck.intake.documents import (
    Input,
    RawDocument,
    read_lines,
    too_large,
    unreadable,
    uri_of,
)
from picheck.intake.file_kinds import PACKAGE_HEAD, kind_of_name, kind_of_package
from picheck.intake.file_names import (
    EvidencePairs,
    evidence_stem,
    has_lines,
    has_submissions,
    is_archive_name,
)
from picheck.intake.left_out import LeftOut
from picheck.intake.limits import MAX_BYTES
from picheck.intake.own_outputs import is_report

#: A member that unpacks to more than this many times its size is a bomb.
MAX_RATIO: Final = 200
#: Everything that `zipfile` and the decompressors raise for an archive that is damaged.
_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    RuntimeError,  # encrypted; as NotImplementedError: a method that is not known
    EOFError,
    OSError,
    ValueError,  # as UnicodeDecodeError: a name
    LookupError,
    ArithmeticError,
    MemoryError,
)
_Members = dict[str, list[zipfile.ZipInfo]]


def read_archive(
    path: Path, left_out: LeftOut, suffixes: tuple[str, ...] = ()
) -> Iterator[Input | None]:
    """Yield the documents of an archive's members, in the order of their names.

    A member that cannot be read is an unreadable input; the others are read. Members that are no
    submissions are counted in `left_out`; `suffixes` are those of formats
    beside JSON. Yields None for a blank line of a member. Raises
    OSError where the file cannot be opened.
    """
    uri = uri_of(path)
    with path.open("rb") as file:
        try:
            archive, damaged = _open(file)
            file.seek(0)
            kind = kind_of_package(archive.namelist(), file.read(PACKAGE_HEAD))
        except _ERRORS as error:
            named = kind_of_name(uri)
            said = f"is {named}" if named else f"cannot be unpacked: {_describe(error)}"
            yield unreadable(said, uri)
            return
        if kind is not None:
            yield unreadable(f"is {kind}", uri)
            return
        if damaged:
            said = f"its directory is damaged in {damaged:,} places, and what they name is lost"
            yield unreadable(said, uri)
        with archive:
            yield from _read_members(archive, uri, left_out, suffixes)


def read_member(path: Path, name: str) -> bytes | None:
    """Return the bytes of one member by its printable name; None where they cannot be read."""
    with path.open("rb") as file:
        try:
            with _open(file)[0] as archive:
                for key, members in _members_of(archive).items():
                    if uri_of(key) == name:
                        return _read(archive, members)
        except (InputError, *_ERRORS):
            pass
    return None


def _read_members(
    archive: zipfile.ZipFile, archive_uri: str, left_out: LeftOut, suffixes: tuple[str, ...]
) -> Iterator[Input | None]:
    members = _members_of(archive)
    pairs = EvidencePairs(members, suffixes)
    for name, same in members.items():
        uri = f"{archive_uri}!{uri_of(name)}"
        if evidence_stem(name) is not None:
            if pairs.is_orphan(name):
                left_out.add("evidence", uri)
        elif is_archive_name(name):
            left_out.add("archive", uri)
        elif not has_submissions(name, suffixes):
            left_out.add("suffix", uri)
        elif compression_of(name) is not None:
            left_out.add("compressed", uri)
        elif has_lines(name):
            yield from _read_line_member(archive, same, uri, left_out)
        else:
            evidence = pairs.evidence_of(name)
            beside = {} if evidence is None else _evidence(archive, members, archive_uri, evidence)
            yield from _read_single_member(archive, same, uri, left_out, beside)


def _members_of(archive: zipfile.ZipFile) -> _Members:
    """Return the files of an archive in the order of their names; a name may be there twice."""
    members: _Members = {}
    for member in sorted(archive.infolist(), key=lambda member: member.filename):
        if member.filename != _DAMAGED_NAME and not member.filename.endswith("/"):
            members.setdefault(member.filename, []).append(member)
    return members


def _read_single_member(
    archive: zipfile.ZipFile,
    same: list[zipfile.ZipInfo],
    uri: str,
    left_out: LeftOut,
    beside: dict[str, Any],
) -> Iterator[Input]:
    try:
        data = _read(archive, same)
    except InputError as error:
        yield unreadable(str(error), uri)
        return
    if is_report(data):
        left_out.add("report", uri)
        return
    for _ in same[1:]:
        left_out.add("duplicate", uri)
    yield too_large(uri) if len(data) > MAX_BYTES else RawDocument(uri=uri, data=data, **beside)


def _read_line_member(
    archive: zipfile.ZipFile, same: list[zipfile.ZipInfo], uri: str, left_out: LeftOut
) -> Iterator[Input | None]:
    try:
        member = _only(same)
        with archive.open(member) as file:
            if is_report(file.readline(MAX_BYTES)):
                left_out.add("report", uri)
                return
        with archive.open(member) as file:
            for _ in same[1:]:
                left_out.add("duplicate", uri)
            yield from read_lines(uri, file)
    except InputError as error:
        yield unreadable(str(error), uri)
    except _ERRORS as error:
        yield unreadable(f"cannot be unpacked: {_describe(error)}", uri)


def _evidence(
    archive: zipfile.ZipFile, members: _Members, archive_uri: str, name: str
) -> dict[str, Any]:
    """Return what a document is given of the evidence member beside it."""
    uri = f"{archive_uri}!{uri_of(name)}"
    if compression_of(name) is not None:
        return {"evidence_uri": uri, "evidence_error": "is compressed inside an archive"}
    try:
        return {"evidence_uri": uri, "evidence": _read(archive, members[name])}
    except InputError as error:
        return {"evidence_uri": uri, "evidence_error": str(error)}


def _read(archive: zipfile.ZipFile, same: list[zipfile.ZipInfo]) -> bytes:
    """Read a member, at most one byte more than a document may have.

    Raises InputError where it is damaged, or its name leads to several members that differ.
    """
    member = _only(same)
    if member.file_size > MAX_BYTES:
        raise InputError(f"more than {MAX_BYTES:,} bytes in one document", uri=member.filename)
    try:
        with archive.open(member) as file:
            return file.read(MAX_BYTES + 1)
    except _ERRORS as error:
        said = f"cannot be unpacked: {_describe(error)}"
        raise InputError(said, uri=member.filename) from error


def _only(same: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """Return the member of a name. Raises InputError for a bomb, or several that differ."""
    member = same[0]
    if len({(other.CRC, other.file_size) for other in same}) > 1:
        said = f"{len(same)} members have this name and differ; which one holds is not known"
        raise InputError(said, uri=member.filename)
    if member.file_size > MAX_RATIO * max(member.compress_size, 1024):
        said = f"unpacks to more than {MAX_RATIO} times its size, as only bombs do"
        raise InputError(said, uri=member.filename)
    return member


def _describe(error: Exception) -> str:
    """Return what an exception says, in one printable line."""
    return uri_of(str(error)) or type(error).__name__


_ENTRY: Final = b"PK\x01\x02"
_ENTRY_SIZE: Final = 46
#: A newer version is asked for than `zipfile` reads; most say so of members that it can read.
_MAX_VERSION: Final = 63
_IS_UTF8: Final = 0x800
#: The name that an entry gets which cannot be read; a submission's name ends otherwise.
_DAMAGED_NAME: Final = "?"


def _open(file: BinaryIO) -> tuple[zipfile.ZipFile, int]:
    """Open an archive; return it with the number of damaged places in its directory.

    `zipfile` refuses a whole archive for one bad entry. Such a directory is mended in memory
    first, so that the other members can be read. Raises one of `_ERRORS` where that is no help.
    """
    try:
        return zipfile.ZipFile(file), 0
    except _ERRORS:
        mended = _MendedFile(file)
        return zipfile.ZipFile(cast("IO[bytes]", mended)), mended.damaged


class _MendedFile:
    """An archive whose directory is mended while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.damaged = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        if data.startswith(_ENTRY) and len(data) > _ENTRY_SIZE:
            data = self._mend(bytearray(data))
        return data

    def _mend(self, directory: bytearray) -> bytes:
        """Return a directory of the same length without what `zipfile` refuses."""
        start = self.damaged = 0
        while start + _ENTRY_SIZE < len(directory):
            end = self._end_of_entry(directory, start)
            if end is None:
                self.damaged += 1
                end = directory.find(_ENTRY, start + _ENTRY_SIZE + 1)
                if not 0 < end < len(directory) - _ENTRY_SIZE:
                    end = len(directory)
                _blot(directory, start, end)
            else:
                _mend_entry(directory, start)
            start = end
        return bytes(directory)

    def _end_of_entry(self, directory: bytearray, start: int) -> int | None:
        """Return where an entry ends; None where it is damaged.

        It is sound if another one begins at its end, or the member's own head has its name.
        """
        if not directory.startswith(_ENTRY, start):
            return None
        sizes: tuple[int, ...] = struct.unpack_from("<3H", directory, start + 28)
        end = start + _ENTRY_SIZE + sum(sizes)
        if end == len(directory) or directory.startswith(_ENTRY, end):
            return end
        name = bytes(directory[start + _ENTRY_SIZE :][: sizes[0]])
        (offset,) = struct.unpack_from("<L", directory, start + 42)
        is_sound = end <= len(directory) and name and self._name_at(int(offset)) == name
        return end if is_sound else None

    def _name_at(self, offset: int) -> bytes:
        """Return the name in the head of the member at an offset, nothing if there is no head."""
        self._file.seek(offset)
        head = self._file.read(30)
        if not head.startswith(b"PK\x03\x04") or len(head) < 30:  # noqa: PLR2004 - a head's size
            return b""
        return self._file.read(struct.unpack_from("<H", head, 26)[0])


def _mend_entry(directory: bytearray, start: int) -> None:
    name_size, extra_size = struct.unpack_from("<2H", directory, start + 28)
    name = start + _ENTRY_SIZE
    extra = name + name_size
    directory[start + 6] = min(directory[start + 6], _MAX_VERSION)
    try:
        directory[name:extra].decode()
    except UnicodeDecodeError:  # then it is read as older archives' names are
        flags = struct.unpack_from("<H", directory, start + 8)[0]
        struct.pack_into("<H", directory, start + 8, flags & ~_IS_UTF8)
    if not _is_sound(bytes(directory[extra : extra + extra_size])):
        struct.pack_into("<2H", directory, extra, 0xFFFF, extra_size - 4)


def _is_sound(extra: bytes) -> bool:
    """Whether the extra fields of an entry are as long as they say."""
    while len(extra) >= 4:  # noqa: PLR2004 - a field's head
        kind, size = cast("tuple[int, int]", struct.unpack_from("<2H", extra))
        if kind == 1 or size + 4 > len(extra):
            return kind == 1 and size + 4 <= len(extra)
        extra = extra[size + 4 :]
    return True


def _blot(directory: bytearray, start: int, end: int) -> None:
    """Write an entry with a name of its own, and comments, over what cannot be read."""
    while start < end:
        size = min(end - start, 0xFFFF)
        if 0 < end - start - size <= _ENTRY_SIZE:
            size -= _ENTRY_SIZE + 1
        blank = bytearray(_ENTRY_SIZE)
        blank[:4] = _ENTRY
        struct.pack_into("<3H", blank, 28, 1, 0, max(size - _ENTRY_SIZE - 1, 0))
        directory[start : start + _ENTRY_SIZE + 1] = blank + _DAMAGED_NAME.encode()
        start += size
