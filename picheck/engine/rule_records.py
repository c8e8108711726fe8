"""What a report states once of a rule in a year."""

from __future__ import annotations

from picheck.engine.options import AuditOptions
from picheck.model.citation import best_standing
from picheck.model.result import RuleRecord
from picheck.model.vocabulary import SEVERITY_OF, Severity
from picheck.plugins.registry import InstalledRule
from picheck.rulebook.models import Clause, Variant


def severity_of(terms: Clause | Variant, *, trust_unverified: bool) -> Severity:
    """Return the severity of a failure: `error` rests on a source that can be trusted."""
    severity = SEVERITY_OF[terms.consequence]
    if severity == "error" and not trust_unverified:
        return "warning" if best_standing(terms.citations) == "unverified" else "error"
    return severity


def rule_address(code: str, help_base: str) -> str | None:
    """Return the address of a rule's page; None where no address of pages is set."""
    return f"{help_base}{code}.html" if help_base else None


def rule_record(
    year: int, clause: Clause, installed: InstalledRule, options: AuditOptions
) -> RuleRecord:
    """Return what a report says once of a rule in a year."""
    rule, owner = installed.rule, installed.owner
    return RuleRecord(
        code=rule.code,
        year=year,
        slug=rule.slug,
        title=rule.title,
        plugin=owner.name,
        distribution=owner.distribution,
        version=owner.version,
        consequence=clause.consequence,
        severity=severity_of(clause, trust_unverified=options.trust_unverified),
        reads=rule.reads,
        evidence=rule.evidence,
        help=" ".join(rule.help.get(h, "") for h in ("What it checks", "Why it matters")).strip(),
        remediation=rule.help.get("How to fix", ""),
        note=clause.note,
        citations=clause.citations,
        help_uri=rule_address(rule.code, options.help_base),
    )
