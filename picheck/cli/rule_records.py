"""A rule and its clauses as plain data, for the JSON form of the listing commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from picheck.model.citation import best_standing
from picheck.model.vocabulary import SEVERITY_OF, Severity
from picheck.plugins.registry import InstalledRule
from picheck.rulebook.models import Clause, Rulebook, Variant
from picheck.testing.showcase import Example, Showcase


def severity_of(terms: Clause | Variant) -> Severity:
    """Return the severity of a finding under default trust.

    A clause that rests on unverified sources alone is capped at warning.
    """
    severity = SEVERITY_OF[terms.consequence]
    if severity == "error" and best_standing(terms.citations) == "unverified":
        return "warning"
    return severity


def rule_record(
    code: str, found: InstalledRule | None, having: Sequence[Rulebook], examples: Showcase
) -> dict[str, Any]:
    """Return everything that is known of a rule: itself, its clauses by year, its examples."""
    rule = found.rule if found else None
    return {
        "code": code,
        "slug": rule.slug if rule else None,
        "title": rule.title if rule else None,
        "help": rule.help if rule else {},
        "scope": rule.scope if rule else None,
        "reads": rule.reads if rule else [],
        "evidence": rule.evidence if rule else [],
        "needs": rule.needs if rule else [],
        "origin": found.owner if found else None,
        "years": [clause_record(edition, edition.clauses[code]) for edition in having],
        "examples": {
            "failing": _example_record(examples.failing),
            "passing": _example_record(examples.passing),
        },
    }


def clause_record(edition: Rulebook, clause: Clause) -> dict[str, Any]:
    """Return a clause with its year, and its sources in full."""
    return {
        "year": edition.year,
        "status": edition.status,
        "consequence": clause.consequence,
        "severity": severity_of(clause),
        "standing": clause.standing,
        "terms": clause.terms,
        "sources": clause.citations,
        "note": clause.note,
        "variants": {
            name: {
                "consequence": variant.consequence,
                "severity": severity_of(variant),
                "sources": variant.citations,
                "note": variant.note,
            }
            for name, variant in clause.variants.items()
        },
    }


def _example_record(example: Example | None) -> dict[str, Any] | None:
    return msgspec.structs.asdict(example) if example else None
