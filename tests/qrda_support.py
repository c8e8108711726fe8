"""What the tests of QRDA III share: files by the builder, and what the rules say of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from picheck.engine.audit import audit_inputs
from picheck.engine.options import AuditOptions
from picheck.intake.documents import FromFormat, RawDocument
from picheck.intake.formats import convert
from picheck.testing import compliant
from picheck.testing.harness import stock
from picheck.testing.qrda_builder import QRDA_PROGRAM, QrdaVersions, qrda_versions, to_changed_qrda

ID = "2.16.840.1.113883"


class Finding(NamedTuple):
    """What an audit found in a file: the code, what it costs, the line and path of its place."""

    code: str
    consequence: str | None
    line: int | None
    path: str | None


def versions(year: int) -> QrdaVersions:
    return qrda_versions(stock().rulebooks.rulebook(QRDA_PROGRAM, year))


def written(
    year: int,
    changes: Sequence[tuple[str, str]] = (),
    submission: dict[str, Any] | None = None,
) -> str:
    """Return the compliant submission of a year as QRDA III, with texts replaced."""
    given = compliant(year).build() if submission is None else submission
    return to_changed_qrda(given, versions(year), changes)


def read(data: str | bytes, uri: str = "upload.xml") -> FromFormat:
    """Convert a file as an audit does."""
    data = data.encode() if isinstance(data, str) else data
    return convert(data, uri, "auto", stock().formats)


def converted(data: str | bytes) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(read(data).document)
    return document


def audited(data: str | bytes, year: int, uri: str = "upload.xml") -> list[Finding]:
    """Return what a whole audit finds in a file, every rule included."""
    data = data.encode() if isinstance(data, str) else data
    report = audit_inputs(
        [RawDocument(uri=uri, data=data)], AuditOptions(as_of=date(year + 1, 2, 1)), stock()
    )
    return [
        Finding(r.code, r.consequence, r.location.line, r.location.source_path)
        for r in report.results
        if r.outcome == "fail"
    ]
