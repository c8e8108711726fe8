"""The evidence of a document, found where it may lie."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import msgspec

from picheck.errors import InputError
from picheck.intake.decoder import DecodedDocument
from picheck.intake.documents import RawDocument, uri_of
from picheck.intake.evidence import decode_evidence, digests, read_side_file
from picheck.model.evidence import NO_EVIDENCE, Evidence
from picheck.model.evidence_sections import NO_SECTIONS, EvidenceSections
from picheck.model.report import InputUse


class EvidenceLookup(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence, the digests of the files it names, and what was wrong with it if it is unusable.

    `data` is the evidence as it was read beside the document, or as a program handed it along,
    None where the document holds its own. `inputs` names the side file with its digest. `ignored`
    says which other evidence it was taken in place of; it is empty where there was none.
    """

    evidence: Evidence = NO_EVIDENCE
    digests: Mapping[str, str] = MappingProxyType({})
    data: bytes | None = None
    fault: InputError | None = None
    ignored: str = ""
    inputs: tuple[InputUse, ...] = ()


def find_evidence(
    raw: RawDocument,
    decoded: DecodedDocument,
    given: Path | None,
    sections: EvidenceSections = NO_SECTIONS,
) -> EvidenceLookup:
    """Find a document's evidence: as given, else in the document itself, else beside it.

    `given` is a file that the user named for this document. Evidence that a program handed along
    in `raw.evidence` counts as the document's own. `sections` are those that plugins add to the
    evidence.
    """
    is_beside = raw.evidence_path is not None or raw.evidence_uri is not None
    # what an archive gives as `raw.evidence` lies beside the document and is not its own
    own = decoded.evidence if is_beside or raw.evidence is None else raw.evidence
    if given is None and own is None and not is_beside:
        return _find_nothing(sections)
    ignored = _describe_choice(given, raw, has_own=own is not None)
    try:
        if given is not None:
            return _from_file(given, ignored, sections)
        if own is not None:
            evidence = decode_evidence(own, raw.uri, sections)
            return EvidenceLookup(
                evidence=evidence, data=None if is_beside else raw.evidence, ignored=ignored
            )
        if raw.evidence_path is not None:
            return _from_file(_regular(raw.evidence_path), ignored, sections)
        return _from_archive(raw, ignored, sections)
    except InputError as error:
        return EvidenceLookup(evidence=sections.empty, fault=error, ignored=ignored)


def _from_file(path: Path, ignored: str, sections: EvidenceSections) -> EvidenceLookup:
    data = read_side_file(path)
    evidence = decode_evidence(data, uri_of(path), sections)
    return EvidenceLookup(
        evidence=evidence,
        digests=MappingProxyType(digests(evidence, path.parent)),
        data=data,
        ignored=ignored,
        inputs=(_use(uri_of(path), data),),
    )


def _from_archive(raw: RawDocument, ignored: str, sections: EvidenceSections) -> EvidenceLookup:
    uri, data = raw.evidence_uri or raw.uri, raw.evidence or b""
    if raw.evidence_error is not None:
        raise InputError(raw.evidence_error, uri=uri)
    evidence = decode_evidence(data, uri, sections)
    return EvidenceLookup(
        evidence=evidence,
        digests=MappingProxyType(dict(raw.evidence_digests)),
        data=data,
        ignored=ignored,
        inputs=(_use(uri, data),),
    )


def _use(uri: str, data: bytes) -> InputUse:
    return InputUse(role="evidence", uri=uri, sha256=hashlib.sha256(data).hexdigest())


def _regular(path: Path) -> Path:
    """Return a file that was found, not named. Raises InputError for a pipe, which would block."""
    if path.exists() and not path.is_file():
        raise InputError("cannot be read: it is no regular file", uri=uri_of(path))
    return path


@cache
def _find_nothing(sections: EvidenceSections) -> EvidenceLookup:
    return EvidenceLookup(evidence=sections.empty)


def _describe_choice(given: Path | None, raw: RawDocument, *, has_own: bool) -> str:
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
