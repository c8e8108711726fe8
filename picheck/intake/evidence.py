"""The side file becomes evidence, or it is said what is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from picheck.errors import InputError
from picheck.intake.inputs import EVIDENCE_SUFFIX
from picheck.intake.limits import check_limits
from picheck.intake.structure import read_json
from picheck.intake.uris import uri_of
from picheck.model.evidence import Evidence
from picheck.rules.view import parse_date
from picheck.schemas import explain

_decoder: Final = msgspec.json.Decoder(Evidence)


def decode_evidence(data: bytes, uri: str) -> Evidence:
    """Decode evidence. Raises InputError that names every key at fault and what is expected."""
    check_limits(data, uri)
    try:
        evidence = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"no usable evidence: {_told(data, uri) or error}", uri=uri) from error
    if all(parse_date(day) for day in _days(evidence)):
        return evidence
    raise InputError(f"no usable evidence: {_told(data, uri)}", uri=uri)


def _told(data: bytes, uri: str) -> str:
    """Say in one line everything that is wrong with an evidence file."""
    violations = explain("evidence", read_json(data, uri).value)
    return "; ".join(f"{v.pointer or '/'}: {v.message}" for v in violations)


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
    """Read a side file. Raises InputError where it cannot be read or used."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", uri=uri_of(path)) from error
    return decode_evidence(data, uri_of(path))


def side_file(submission: Path) -> Path | None:
    """Return `NAME.evidence.json` beside `NAME.json` if there is one."""
    path = submission.with_name(submission.name.removesuffix(".json") + EVIDENCE_SUFFIX)
    return path if path.is_file() else None


def digests(evidence: Evidence, folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each supporting document that lies in `folder`, by its name.

    Names that lead out of the folder are left alone.
    """
    found = {}
    for document in evidence.documents or ():
        path = folder / document.file
        if path.resolve().is_relative_to(folder.resolve()) and path.is_file():
            with path.open("rb") as file:
                found[document.file] = hashlib.file_digest(file, "sha256").hexdigest()
    return found
