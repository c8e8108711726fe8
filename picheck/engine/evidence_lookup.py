"""The evidence of a document, found where it may lie."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import msgspec

from picheck.errors import InputError
from picheck.intake.evidence import decode_evidence, digests, read_side_file, side_file
from picheck.intake.inputs import RawDocument
from picheck.intake.structure import DecodedDocument
from picheck.intake.uris import uri_of
from picheck.model.evidence import NO_EVIDENCE, Evidence
from picheck.model.evidence_sections import NO_SECTIONS, EvidenceSections
from picheck.model.report import InputUse


class EvidenceLookup(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence, the digests of the files it names, and what was wrong with it if it is unusable.

    `inputs` names the side file with its digest. `ignored` says which other evidence it was taken
    in place of; it is empty where there was none.
    """

    evidence: Evidence = NO_EVIDENCE
    digests: Mapping[str, str] = MappingProxyType({})
    fault: InputError | None = None
    ignored: str = ""
    inputs: tuple[InputUse, ...] = ()


def find_evidence(
    raw: RawDocument,
    decoded: DecodedDocument,
    given: Path | None,
    sections: EvidenceSections = NO_SECTIONS,
) -> EvidenceLookup:
    """Find a document's evidence: as given, else in the case itself, else beside the file.

    `sections` are those that plugins add to the evidence.
    """
    handed = decoded.evidence if raw.evidence is None else raw.evidence
    beside = None if raw.path is None else side_file(raw.path)
    if given is None and handed is None and beside is None:
        return _nothing_found(sections)
    path = given if given is not None or handed is not None else beside
    ignored = _ignored(given, handed, beside)
    try:
        if path is None:
            evidence = decode_evidence(handed or b"", raw.uri, sections)
            return EvidenceLookup(evidence=evidence, ignored=ignored)
        data = read_side_file(path)
        evidence = decode_evidence(data, uri_of(path), sections)
        return EvidenceLookup(
            evidence=evidence,
            digests=MappingProxyType(digests(evidence, path.parent)),
            ignored=ignored,
            inputs=(
                InputUse(
                    role="evidence", uri=uri_of(path), sha256=hashlib.sha256(data).hexdigest()
                ),
            ),
        )
    except InputError as error:
        return EvidenceLookup(evidence=sections.empty, fault=error, ignored=ignored)


@cache
def _nothing_found(sections: EvidenceSections) -> EvidenceLookup:
    return EvidenceLookup(evidence=sections.empty)


def _ignored(given: Path | None, handed: bytes | None, beside: Path | None) -> str:
    """Say which evidence was taken where there was a choice."""
    names = (
        None if given is None else uri_of(given),
        None if handed is None else "the case itself",
        None if beside in {None, given} else uri_of(beside),
    )
    used, *others = (name for name in names if name is not None)
    return f"evidence was taken from {used}, not from {' or '.join(others)}" if others else ""
