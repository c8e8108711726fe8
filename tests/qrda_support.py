"""What the tests of QRDA III share: files by the builder, and what the rules say of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from picheck.intake.formats import FromFormat, convert
from picheck.model.conversion import spot_of
from picheck.rules.inputs import document_parts
from picheck.rules.rule import bind_parts
from picheck.testing import compliant
from picheck.testing.harness import stock
from picheck.testing.qrda_builder import QRDA_PROGRAM, QrdaVersions, changed_qrda, qrda_versions

ID = "2.16.840.1.113883"


class Told(NamedTuple):
    """A finding of a rule about QRDA III: the code, the variant, the line and the path."""

    code: str
    variant: str | None
    line: int | None
    path: str


def versions(year: int) -> QrdaVersions:
    return qrda_versions(stock().rulebooks.rulebook(QRDA_PROGRAM, year))


def written(
    year: int,
    changes: Sequence[tuple[str, str]] = (),
    submission: dict[str, Any] | None = None,
) -> str:
    """Return the compliant submission of a year as QRDA III, with texts replaced."""
    given = compliant(year).build() if submission is None else submission
    return changed_qrda(given, versions(year), changes)


def read(data: str | bytes, uri: str = "upload.xml") -> FromFormat:
    """Convert a file as an audit does."""
    data = data.encode() if isinstance(data, str) else data
    return convert(data, uri, "auto", stock().formats)


def converted(data: str | bytes) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(read(data).document)
    return document


def told(data: str | bytes, year: int) -> list[Told]:
    """Return what the rules about QRDA III find in a file."""
    made = read(data)
    rulebook = stock().rulebooks.rulebook(QRDA_PROGRAM, year)
    parts = document_parts(None, None, source=made.source)
    found = []
    for code in (code for code in rulebook.clauses if code.startswith("PIC-QRD-")):
        law = {"clause": rulebook.clauses[code], "rulebook": rulebook}
        answer = bind_parts(stock().rules[code].rule, law)(parts) or ()
        for each in answer if isinstance(answer, Sequence) else (answer,):
            if each.outcome == "fail":
                spot = spot_of(each.pointer, made.places or {})
                assert spot is not None
                found.append(Told(code, each.variant, spot.line, spot.path))
    return found
