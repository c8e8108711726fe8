"""The closed vocabularies: outcomes, consequences, severities, verdicts, standings.

Plain strings rather than enums: they are compared by the million in a batch and written to
reports as they are.
"""

from __future__ import annotations

from typing import Final, Literal

Outcome = Literal["pass", "fail", "notApplicable", "indeterminate", "error"]
Consequence = Literal[
    "submissionRejected", "categoryZero", "reweightingLost", "pointsLost", "auditRisk", "advice"
]
Severity = Literal["error", "warning", "note", "none"]
Verdict = Literal["ready", "notReady", "incomplete"]
Standing = Literal["official", "secondary", "unverified"]
Scope = Literal["document", "set", "entity"]

SCOPES: Final[tuple[Scope, ...]] = ("document", "set", "entity")

OUTCOMES: Final[tuple[Outcome, ...]] = ("pass", "fail", "notApplicable", "indeterminate", "error")

#: From worst to mildest; the order in which findings are shown.
CONSEQUENCES: Final[tuple[Consequence, ...]] = (
    "submissionRejected",
    "categoryZero",
    "reweightingLost",
    "pointsLost",
    "auditRisk",
    "advice",
)

SEVERITY_OF: Final[dict[Consequence, Severity]] = {
    "submissionRejected": "error",
    "categoryZero": "error",
    "reweightingLost": "warning",
    "pointsLost": "warning",
    "auditRisk": "warning",
    "advice": "note",
}

#: From worst to mildest; a severity's index is its rank.
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note", "none")

#: From strongest to weakest; a clause is as strong as its best citation.
STANDINGS: Final[tuple[Standing, ...]] = ("official", "secondary", "unverified")
