"""What the tests of the score share: submissions by their answers, and their scores."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from picheck.engine.options import AuditOptions
from picheck.engine.score_preview import ScoreRunner
from picheck.intake.documents import RawDocument
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.scorer import Wish
from support import FIXTURES, PREVIEWS, RULE_YEAR, years_asked_for

Document = dict[str, Any]

#: Every year that has a scoring, or the one that the matrix asks for; the last is a proposal.
SCORED_YEARS = years_asked_for() if RULE_YEAR else (*years_asked_for(), *PREVIEWS)


def compliant(year: int) -> tuple[Document, Document]:
    """Return the compliant submission of a year and its evidence."""
    folder = FIXTURES / "compliant"
    return (
        json.loads((folder / f"{year}.json").read_text(encoding="utf-8")),
        json.loads((folder / f"{year}.evidence.json").read_text(encoding="utf-8")),
    )


def submission(
    year: int,
    answers: Mapping[str, Any],
    without: Iterable[str] = (),
    **keys: Any,
) -> Document:
    """Return the compliant submission with other answers; (n, d) stands for counts."""
    document = compliant(year)[0]
    record = document["measurementSets"][0]
    record.update(keys)
    values = {m["measureId"]: m["value"] for m in record["measurements"]} | dict(answers)
    record["measurements"] = [
        {"measureId": measure_id, "value": _value(value)}
        for measure_id, value in values.items()
        if measure_id not in set(without)
    ]
    return document


def scored(registry: PluginRegistry, *documents: Document, **wish: str) -> dict[str, Any]:
    """Return the record of one entity's score, audited without evidence."""
    shown = score_runner(registry, documents[0]["performanceYear"], **wish).score(raw(*documents))[
        1
    ]
    assert len(shown) == 1
    return shown[0].record


def score_runner(registry: PluginRegistry, year: int, **wish: str) -> ScoreRunner:
    """Return what audits and scores documents of a year."""
    return ScoreRunner(AuditOptions(as_of=date(year + 1, 2, 1)), registry, Wish(**wish))


def raw(*documents: Document) -> list[RawDocument]:
    """Return documents as they come in."""
    return [
        RawDocument(uri=f"document-{place}.json", data=json.dumps(document).encode())
        for place, document in enumerate(documents)
    ]


def _value(value: Any) -> Any:
    if isinstance(value, tuple):
        return {"numerator": value[0], "denominator": value[1]}
    return value
