"""The evidence of a document, found where it may lie."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from picheck.errors import InputError
from picheck.intake.evidence import decode_evidence, digests, read_evidence, side_file
from picheck.intake.inputs import RawDocument
from picheck.intake.structure import Structure
from picheck.model.evidence import NO_EVIDENCE, Evidence


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence, the digests of the files it names, and what was wrong with it if it is unusable."""

    evidence: Evidence = NO_EVIDENCE
    digests: Mapping[str, str] = {}
    fault: InputError | None = None


_NONE = Found()


def find_evidence(raw: RawDocument, structure: Structure, given: Path | None) -> Found:
    """Find a document's evidence: as given, in the case itself, or beside the file."""
    handed = structure.evidence if raw.evidence is None else raw.evidence
    path = given
    try:
        if handed is not None and path is None:
            return Found(evidence=decode_evidence(handed, raw.uri))
        if path is None and raw.path is not None:
            path = side_file(raw.path)
        if path is None:
            return _NONE
        evidence = read_evidence(path)
        return Found(evidence=evidence, digests=digests(evidence, path.parent))
    except InputError as error:
        return Found(fault=error)
