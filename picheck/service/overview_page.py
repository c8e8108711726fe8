"""What the page of several documents shows: a verdict for each."""

from __future__ import annotations

from typing import Any, Final

from picheck.errors import InputError
from picheck.masking import mask_digits
from picheck.reporters.formatting import format_count
from picheck.reporters.presentation import VERDICTS, DocumentView, list_failures
from picheck.reporters.verdict_sentence import describe_verdict
from picheck.service.audited import audit_sent
from picheck.service.sent import Sent
from picheck.service.workbench import Workbench

#: The verdicts in the order in which they ask for attention.
_ORDER: Final = {"unreadable": "not readable", "notReady": "not ready", "incomplete": "incomplete"}


def describe_overview(workbench: Workbench, sent: Sent) -> dict[str, Any]:
    """Audit all that was sent, together, and return what the page shows."""
    audited = audit_sent(workbench, sent)
    gate = audited.report.run.gate
    rows = [
        _row(document.name, outcome, gate)
        for document, outcome in zip(sent.documents, audited.outcomes, strict=True)
    ]
    return {
        "packed": sent.pack(),
        "rows": rows,
        "headline": _headline(rows),
        "as_of": audited.report.run.as_of,
        "prior": [name for name, _ in sent.prior],
        "notices": audited.list_notices(),
    }


def _row(name: str, outcome: DocumentView | InputError, gate: str) -> dict[str, Any]:
    if isinstance(outcome, InputError):
        return {
            "name": name,
            "verdict": "unreadable",
            "word": "NOT READABLE",
            "about": "",
            "sentence": mask_digits(str(outcome)),
            "findings": "",
        }
    summary = outcome.summary
    about = (summary.performance_year, summary.entity_type, summary.subject)
    errors = len(list_failures(outcome.results, "error"))
    return {
        "name": name,
        "verdict": summary.verdict,
        "word": VERDICTS[summary.verdict],
        "about": " · ".join(str(each) for each in about if each),
        "sentence": describe_verdict(outcome, gate),
        "findings": format_count(errors, "finding") if errors else "",
    }


def _headline(rows: list[dict[str, Any]]) -> str:
    """Say how many documents are ready, and what the others are."""
    verdicts = [row["verdict"] for row in rows]
    ready = verdicts.count("ready")
    counts = [f"{verdicts.count(v)} {word}" for v, word in _ORDER.items() if v in verdicts]
    return ", ".join([f"{ready} of {len(rows)} ready", *counts])
