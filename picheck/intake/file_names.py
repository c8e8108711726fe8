"""What a file is by its name: a submission, evidence, an archive. Case does not matter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from picheck.intake.compression import unpacked_name

DOCUMENT_SUFFIX: Final = ".json"
EVIDENCE_SUFFIX: Final = ".evidence.json"
#: Files of one document a line.
LINE_SUFFIXES: Final = (".ndjson", ".jsonl")
ZIP_SUFFIX: Final = ".zip"
#: All archives, also those that are never opened.
ARCHIVE_SUFFIXES: Final = (
    *(ZIP_SUFFIX, ".7z", ".rar", ".tar", ".tgz", ".tbz2", ".txz"),
    *(".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst"),
)


def has_lines(name: str) -> bool:
    """Whether a file holds one document a line; it may be compressed."""
    return unpacked_name(name).lower().endswith(LINE_SUFFIXES)


def has_submissions(name: str, suffixes: tuple[str, ...] = ()) -> bool:
    """Whether a file in a directory or archive is taken for submissions; it may be compressed.

    `suffixes` are those of formats beside JSON.
    """
    return has_lines(name) or submission_stem(name, suffixes) is not None


def is_archive_name(name: str) -> bool:
    """Whether a file is an archive, of whatever kind."""
    return name.lower().endswith(ARCHIVE_SUFFIXES)


def submission_stem(name: str, suffixes: tuple[str, ...] = ()) -> str | None:
    """Return `A` for `A.json`, `A.JSON` and `A.json.gz`, which may have evidence beside them.

    So it is with `suffixes`, those of formats beside JSON. None for evidence, and for files of
    one document a line, which carry their evidence.
    """
    plain = unpacked_name(name)
    lower = plain.lower()
    for suffix in (DOCUMENT_SUFFIX, *suffixes):
        if lower.endswith(suffix) and evidence_stem(name) is None:
            return plain[: -len(suffix)]
    return None


def evidence_stem(name: str) -> str | None:
    """Return `A` for `A.evidence.json`, also compressed; None for what is no evidence."""
    plain = unpacked_name(name)
    if plain.lower().endswith(EVIDENCE_SUFFIX):
        return plain[: -len(EVIDENCE_SUFFIX)]
    return None


class EvidencePairs:
    """Which of some names, of one directory or of one archive, are evidence of which others.

    Where a submission has several evidence files, such as `A.evidence.json` and
    `A.EVIDENCE.JSON`, the first is taken, exact spelling before others, and the rest are orphans.
    `suffixes` are those of formats beside JSON.
    """

    def __init__(self, names: Iterable[str], suffixes: tuple[str, ...] = ()) -> None:
        names = list(names)
        self._suffixes = suffixes
        self._evidence: dict[str, str] = {}
        self._orphans: set[str] = set()
        for name in sorted(names, key=lambda name: (not name.endswith(EVIDENCE_SUFFIX), name)):
            stem = evidence_stem(name)
            if stem is not None:
                self._evidence.setdefault(stem, name)
                self._orphans.add(name)
        if self._evidence:
            for name in names:
                self._orphans.discard(self.evidence_of(name) or "")

    def evidence_of(self, name: str) -> str | None:
        """Return the evidence beside a submission, None where there is none."""
        if not self._evidence:
            return None
        stem = submission_stem(name, self._suffixes)
        return None if stem is None else self._evidence.get(stem)

    def is_orphan(self, name: str) -> bool:
        """Whether a name is evidence with no submission beside it."""
        return name in self._orphans
