"""What ACME Health Records, an invented vendor, knows about submissions made with its product."""

from __future__ import annotations

from picheck.api import (
    AddedClause,
    EvidenceSection,
    Reporter,
    Rule,
    clauses_in,
    hookimpl,
    rules_in,
)
from picheck_acme.worklist import Worklist

picheck_api = "2"

picheck_options = {
    "round_to": {
        "type": "integer",
        "coerce": int,
        "min": 10,
        "default": 1000,
        "meta": {"help": "denominators that are a multiple of this look estimated"},
    },
}


@hookimpl
def picheck_register_rules() -> tuple[Rule, ...]:
    """Hand over the rules of this package."""
    return rules_in(f"{__name__}.rules")


@hookimpl
def picheck_register_clauses() -> tuple[AddedClause, ...]:
    """Say in which years, how hard and why they apply."""
    return clauses_in(__name__)


@hookimpl
def picheck_register_evidence() -> tuple[EvidenceSection, ...]:
    """Add `"acme": {...}` to the evidence: what practices know of ACME's exports."""
    schema = {
        "exportedOn": {
            "type": "date",
            "meta": {"description": "The day on which ACME's product exported the counts."},
        },
        "exportedMeasures": {
            "type": "list",
            "schema": {"type": "string", "regex": "[A-Z0-9_]+"},
            "meta": {"description": "The ids of the measures that were exported."},
        },
    }
    questions = {
        "exportedOn": "When were the counts exported from ACME's product?",
        "exportedMeasures": "Which measures were exported from ACME's product?",
    }
    return (EvidenceSection("acme", schema, questions),)


@hookimpl
def picheck_register_reporters() -> tuple[Reporter, ...]:
    """Hand over `--format acme-worklist`."""
    return (Worklist(),)
