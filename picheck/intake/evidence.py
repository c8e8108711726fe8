"""The side file becomes evidence, or it is said what is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from picheck.errors import InputError
from picheck.intake.compression import open_file, read_errors
from picheck.intake.decoder import read_json
from picheck.intake.documents import uri_of
from picheck.intake.json_locations import mask_digits
from picheck.intake.limits import MAX_BYTES, check_limits
from picheck.model.evidence import Evidence
from picheck.model.evidence_sections import NO_SECTIONS, OWN_SECTIONS, EvidenceSections
from picheck.model.frozen import thaw
from picheck.rules.measurement_set import parse_date
from picheck.schemas import explain
from picheck.validation import closest_match

#: A key of so many digits may be an identifier; an index never has so many.
_IDENTIFIER: Final = 7


def decode_evidence(data: bytes, uri: str, sections: EvidenceSections = NO_SECTIONS) -> Evidence:
    """Decode evidence, with the sections of plugins.

    Raises InputError that names every key at fault and what is expected.
    """
    check_limits(data, uri)
    try:
        evidence = _decoder(sections.kind).decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        why = _explain_faults(data, uri, sections) or error
        raise InputError(f"no usable evidence: {why}", uri=uri) from error
    # keys that come twice are lost when plain values are written again, and their colons too;
    # only an escape could make up for one
    rewritten = msgspec.json.encode(msgspec.json.decode(data))
    is_plain = b"\\" not in data and rewritten.count(b":") == data.count(b":")
    added = {name: thaw(value) for name, value in sections.find_given(evidence)}
    if (
        is_plain
        and all(parse_date(day) for day in _days(evidence))
        and not (added and explain("evidence", added, sections))
    ):
        return evidence
    if why := _explain_faults(data, uri, sections):
        raise InputError(f"no usable evidence: {why}", uri=uri)
    return evidence


@cache
def _decoder(kind: type[Evidence]) -> msgspec.json.Decoder[Evidence]:
    return msgspec.json.Decoder(kind)


def _explain_faults(data: bytes, uri: str, sections: EvidenceSections) -> str:
    """Say in one line everything that is wrong with an evidence file."""
    read = read_json(data, uri)
    faults = [
        (v.pointer, f"{v.message}{_source(v.pointer, read.value, sections)}")
        for v in explain("evidence", read.value, sections)
    ]
    faults += [(key.pointer, "the key is there twice") for key in read.repeated_keys]
    return "; ".join(f"{mask_digits(at, _IDENTIFIER) or '/'}: {said}" for at, said in faults)


def _source(pointer: str, value: object, sections: EvidenceSections) -> str:
    """Say which plugin could bring a section that is not known; nothing for other faults."""
    name = pointer[1:]
    known = (*OWN_SECTIONS, *sections.schemas)
    if not isinstance(value, dict) or name not in value or name in known:
        return ""
    return "" if closest_match(name, known) else f" ({sections.source_of(name)})"


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
        *(row.period.performance_start for row in evidence.clinicians or ()),
        *(row.period.performance_end for row in evidence.clinicians or ()),
    )
    return (day for day in days if day is not None)


def read_side_file(path: Path) -> bytes:
    """Return the bytes of a side file, compressed or not. Raises InputError."""
    uri = uri_of(path)
    try:
        with open_file(path, uri) as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", uri=uri) from error
    except read_errors() as error:
        raise InputError(f"cannot be unpacked: {uri_of(str(error))}", uri=uri) from error


class _SupportingFile(msgspec.Struct):
    file: str


class _Supporting(msgspec.Struct):
    documents: list[_SupportingFile] | None = None


def supporting_files(data: bytes) -> tuple[str, ...]:
    """Return the names of the files that evidence lists as proof; none where it is unusable."""
    try:
        listed = msgspec.json.decode(data, type=_Supporting).documents or []
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()  # what is wrong with it is said when it is decoded
    return tuple(document.file for document in listed)


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
