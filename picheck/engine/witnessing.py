"""The evidence of a document, found where it may lie."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from picheck.errors import InputError
from picheck.intake.evidence import decode_evidence, digests, read_evidence, side_file
from picheck.intake.inputs import RawDocument
from picheck.intake.structure import Structure
from picheck.intake.uris import uri_of
from picheck.model.evidence import NO_EVIDENCE, Evidence


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence, the digests of the files it names, and what was wrong with it if it is unusable.

    `passed_over` says which other evidence it stands in for; it is empty where there was none.
    """

    evidence: Evidence = NO_EVIDENCE
    digests: Mapping[str, str] = {}
    fault: InputError | None = None
    passed_over: str = ""


NOTHING_FOUND: Final = Found()


def find_evidence(raw: RawDocument, structure: Structure, given: Path | None) -> Found:
    """Find a document's evidence: as given, else in the case itself, else beside the file."""
    handed = structure.evidence if raw.evidence is None else raw.evidence
    beside = None if raw.path is None else side_file(raw.path)
    if given is None and handed is None and beside is None:
        return NOTHING_FOUND
    path = given if given is not None or handed is not None else beside
    passed_over = _passed_over(given, handed, beside)
    try:
        if path is None:
            return Found(evidence=decode_evidence(handed or b"", raw.uri), passed_over=passed_over)
        evidence = read_evidence(path)
        found = digests(evidence, path.parent)
        return Found(evidence=evidence, digests=found, passed_over=passed_over)
    except InputError as error:
        return Found(fault=error, passed_over=passed_over)


def _passed_over(given: Path | None, handed: bytes | None, beside: Path | None) -> str:
    """Say which evidence was taken where there was a choice."""
    names = (
        None if given is None else uri_of(given),
        None if handed is None else "the case itself",
        None if beside in {None, given} else uri_of(beside),
    )
    used, *others = (name for name in names if name is not None)
    return f"evidence was taken from {used}, not from {' or '.join(others)}" if others else ""
