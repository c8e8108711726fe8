"""A document's evidence is found and decoded, or it is said what is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from picheck.errors import InputError
from picheck.intake.compression import open_file, read_errors
from picheck.intake.decoder import DecodedDocument, read_json
from picheck.intake.documents import RawDocument, uri_of
from picheck.intake.json_locations import mask_digits
from picheck.intake.limits import MAX_BYTES, check_limits
from picheck.model.evidence import NO_EVIDENCE, Evidence
from picheck.rules.view import parse_date
from picheck.schemas import explain

#: A key of so many digits may be an identifier; an index never has so many.
_IDENTIFIER: Final = 7
_decoder: Final = msgspec.json.Decoder(Evidence)


class EvidenceLookup(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence, the digests of the files it names, and what was wrong with it if it is unusable.

    `ignored` says which other evidence was not taken; it is empty where there was none.
    """

    evidence: Evidence = NO_EVIDENCE
    digests: Mapping[str, str] = {}
    fault: InputError | None = None
    ignored: str = ""


NO_EVIDENCE_FOUND: Final = EvidenceLookup()


def find_evidence(raw: RawDocument, decoded: DecodedDocument, given: Path | None) -> EvidenceLookup:
    """Find a document's evidence: as given, else in the document itself, else beside it.

    `given` is a file that the user named for this document. Evidence that a program handed along
    in `raw.evidence` counts as the document's own.
    """
    is_beside = raw.evidence_path is not None or raw.evidence_uri is not None
    handed = None if is_beside else raw.evidence
    own = decoded.evidence if handed is None else handed
    if given is None and own is None and not is_beside:
        return NO_EVIDENCE_FOUND
    ignored = _ignored(given, raw, has_own=own is not None)
    try:
        if given is not None:
            return _from_file(given, ignored)
        if own is not None:
            return EvidenceLookup(evidence=decode_evidence(own, raw.uri), ignored=ignored)
        if raw.evidence_path is not None:
            return _from_file(_regular(raw.evidence_path), ignored)
        return EvidenceLookup(evidence=_from_archive(raw), ignored=ignored)
    except InputError as error:
        return EvidenceLookup(fault=error, ignored=ignored)


def _from_file(path: Path, ignored: str) -> EvidenceLookup:
    evidence = read_evidence(path)
    found = digests(evidence, path.parent)
    return EvidenceLookup(evidence=evidence, digests=found, ignored=ignored)


def _from_archive(raw: RawDocument) -> Evidence:
    uri = raw.evidence_uri or raw.uri
    if raw.evidence_error is not None:
        raise InputError(raw.evidence_error, uri=uri)
    return decode_evidence(raw.evidence or b"", uri)


def _regular(path: Path) -> Path:
    """Return a file that was found, not named. Raises InputError for a pipe, which would block."""
    if path.exists() and not path.is_file():
        raise InputError("cannot be read: it is no regular file", uri=uri_of(path))
    return path


def _ignored(given: Path | None, raw: RawDocument, *, has_own: bool) -> str:
    """Say which evidence was taken where there was a choice."""
    beside = raw.evidence_uri
    if raw.evidence_path is not None and raw.evidence_path != given:
        beside = uri_of(raw.evidence_path)
    names = (
        None if given is None else uri_of(given),
        "the case itself" if has_own else None,
        beside,
    )
    used, *others = (name for name in names if name is not None)
    return f"evidence was taken from {used}, not from {' or '.join(others)}" if others else ""


def decode_evidence(data: bytes, uri: str) -> Evidence:
    """Decode evidence. Raises InputError that names every key at fault and what is expected."""
    check_limits(data, uri)
    try:
        evidence = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"no usable evidence: {_told(data, uri) or error}", uri=uri) from error
    # keys that stand twice are lost when plain values are written again, and their colons too;
    # only an escape could make up for one
    rewritten = msgspec.json.encode(msgspec.json.decode(data))
    is_plain = b"\\" not in data and rewritten.count(b":") == data.count(b":")
    if is_plain and all(parse_date(day) for day in _days(evidence)):
        return evidence
    if told := _told(data, uri):
        raise InputError(f"no usable evidence: {told}", uri=uri)
    return evidence


def _told(data: bytes, uri: str) -> str:
    """Say in one line everything that is wrong with an evidence file."""
    read = read_json(data, uri)
    faults = [(v.pointer, v.message) for v in explain("evidence", read.value)]
    faults += [(key.pointer, "the key stands there twice") for key in read.repeated_keys]
    return "; ".join(f"{mask_digits(at, _IDENTIFIER) or '/'}: {said}" for at, said in faults)


def _days(evidence: Evidence) -> Iterator[str]:
    """Yield every day that the evidence names."""
    cehrt, attestations = evidence.cehrt, evidence.attestations
    days = (
        cehrt.functionality_in_place_on,
        cehrt.certified_on,
        attestations.security_risk_analysis_on,
        attestations.risk_management_on,
        attestations.safer_assessment_on,
        *(document.kept_until for document in evidence.documents or ()),
    )
    return (day for day in days if day is not None)


def read_evidence(path: Path) -> Evidence:
    """Read a side file, compressed or not. Raises InputError where it cannot be read or used."""
    uri = uri_of(path)
    try:
        with open_file(path, uri) as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", uri=uri) from error
    except read_errors() as error:
        raise InputError(f"cannot be unpacked: {uri_of(str(error))}", uri=uri) from error
    return decode_evidence(data, uri)


def digests(evidence: Evidence, folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each supporting document that lies in `folder`, by its name.

    Names that lead out of the folder are left alone.
    """
    found = {}
    for document in evidence.documents or ():
        # a name may be too long, hold a zero byte or lead to what cannot be read
        with suppress(OSError, ValueError):
            path = folder / document.file
            if path.resolve().is_relative_to(folder.resolve()) and path.is_file():
                with path.open("rb") as file:
                    found[document.file] = hashlib.file_digest(file, "sha256").hexdigest()
    return found
