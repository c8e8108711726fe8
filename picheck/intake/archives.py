"""A zip archive becomes documents, one member after the other."""

from __future__ import annotations

import hashlib
import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from io import BufferedIOBase
from pathlib import Path
from typing import Any, Final, cast

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
from picheck.intake.evidence import supporting_files
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
from picheck.intake.zip_repair import ARCHIVE_ERRORS, DAMAGED_NAME, open_archive

#: A member that unpacks to more than this many times its size is a bomb.
MAX_RATIO: Final = 200
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
            archive, damaged = open_archive(file)
            file.seek(0)
            kind = kind_of_package(archive.namelist(), file.read(PACKAGE_HEAD))
        except ARCHIVE_ERRORS as error:
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
            with open_archive(file)[0] as archive:
                for key, members in _members_of(archive).items():
                    if uri_of(key) == name:
                        return _read(archive, members)
        except (InputError, *ARCHIVE_ERRORS):
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
        # a folder holds nothing; a name that was damaged may look like one
        is_folder = member.filename.endswith("/") and not member.file_size
        if member.filename != DAMAGED_NAME and not is_folder:
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
            # looked at first: a report inside an archive is left out and counted, not refused like
            # one that was named
            if is_report(file.readline(MAX_BYTES)):
                left_out.add("report", uri)
                return
        with archive.open(member) as file:
            for _ in same[1:]:
                left_out.add("duplicate", uri)
            yield from read_lines(uri, file)
    except InputError as error:
        yield unreadable(str(error), uri)
    except ARCHIVE_ERRORS as error:
        yield unreadable(f"cannot be unpacked: {_describe(error)}", uri)


def _evidence(
    archive: zipfile.ZipFile, members: _Members, archive_uri: str, name: str
) -> dict[str, Any]:
    """Return what a document is given of the evidence member beside it."""
    uri = f"{archive_uri}!{uri_of(name)}"
    if compression_of(name) is not None:
        return {"evidence_uri": uri, "evidence_error": "is compressed inside an archive"}
    try:
        data = _read(archive, members[name])
    except InputError as error:
        return {"evidence_uri": uri, "evidence_error": str(error)}
    digests = dict(_digests(archive, members, posixpath.dirname(name), data))
    return {"evidence_uri": uri, "evidence": data, "evidence_digests": digests}


def _digests(
    archive: zipfile.ZipFile, members: _Members, folder: str, evidence: bytes
) -> Iterator[tuple[str, str]]:
    """Yield the SHA-256 of each supporting document in the folder of its evidence, by its name."""
    for name in supporting_files(evidence):
        path = posixpath.normpath(posixpath.join(folder, name))
        # evidence may name files of its own folder only, as on a disk
        if path in members and (not folder or path.startswith(f"{folder}/")):
            # one that is damaged is not known, as on a disk that cannot be read
            with suppress(InputError, *ARCHIVE_ERRORS), archive.open(_only(members[path])) as file:
                yield name, hashlib.file_digest(cast("BufferedIOBase", file), "sha256").hexdigest()


def _read(archive: zipfile.ZipFile, same: list[zipfile.ZipInfo]) -> bytes:
    """Read a member, at most one byte more than a document may have.

    Raises InputError where it is damaged, or its name leads to several members that differ.
    """
    member = _only(same)
    # by what it says of itself, before anything is unpacked; one that lies is cut by the read below
    if member.file_size > MAX_BYTES:
        raise InputError(f"more than {MAX_BYTES:,} bytes in one document", uri=member.filename)
    try:
        with archive.open(member) as file:
            return file.read(MAX_BYTES + 1)
    except ARCHIVE_ERRORS as error:
        said = f"cannot be unpacked: {_describe(error)}"
        raise InputError(said, uri=member.filename) from error


def _only(same: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """Return the member of a name. Raises InputError for a bomb, or several that differ."""
    member = same[0]
    if len({(other.CRC, other.file_size) for other in same}) > 1:
        said = f"{len(same)} members have this name and differ; which one holds is not known"
        raise InputError(said, uri=member.filename)
    # a small member may shrink further than a bomb, and does no harm
    if member.file_size > MAX_RATIO * max(member.compress_size, 1024):
        said = f"unpacks to more than {MAX_RATIO} times its size, as only bombs do"
        raise InputError(said, uri=member.filename)
    return member


def _describe(error: Exception) -> str:
    """Return what an exception says, in one printable line."""
    return uri_of(str(error)) or type(error).__name__
