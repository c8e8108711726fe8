"""The findings that the framework makes itself, about rules and rulebooks that are not there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from picheck.engine.planning import Plan
from picheck.engine.telling import Subject
from picheck.model.finding import Result, RuleReference
from picheck.model.location import Location

_NOT_INSTALLED: Final = RuleReference(
    code="PIC-RUN-02", slug="rule-not-installed", plugin="picheck", distribution="picheck"
)
_NO_RULEBOOK: Final = RuleReference(
    code="PIC-RUN-03", slug="no-rulebook-for-year", plugin="picheck", distribution="picheck"
)


def rules_not_installed(plan: Plan, subject: Subject) -> Result:
    """Say which rules of a year no loaded plugin brings."""
    clauses = plan.rulebook.clauses
    codes = ", ".join(
        f"{code} (a clause of plugin {clauses[code].plugin})" if clauses[code].plugin else code
        for code in plan.not_installed
    )
    return _error(
        _NOT_INSTALLED,
        subject,
        message=f"the {plan.rulebook.year} rulebook lists rules that no loaded plugin brings:"
        f" {codes}",
        remediation="install or unblock the plugins that bring them; see picheck plugins list",
        key=codes,
    )


def no_rulebook(program: str, known: Iterable[int], subject: Subject) -> Result:
    """Say that a program has no rulebook for the subject's year, and which years it has."""
    return _error(
        _NO_RULEBOOK,
        subject,
        message=f"no rulebook for {program} {subject.year}; installed:"
        f" {', '.join(map(str, known)) or 'none'}",
        remediation="install the plugin that brings this year, or correct the year",
        key=program,
    )


def _error(
    rule: RuleReference, subject: Subject, *, message: str, remediation: str, key: str
) -> Result:
    return Result(
        rule=rule,
        outcome="error",
        consequence=None,
        severity="error",
        message=message,
        remediation=remediation,
        document=subject.document,
        location=Location(pointer=subject.pointer, line=subject.line),
        fingerprint=subject.fingerprint(rule.code, subject.pointer, subject.document, key),
    )
