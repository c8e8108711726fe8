"""Everything that is known of one rule, as a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from picheck.engine.framework_rules import FrameworkRule
from picheck.engine.rule_records import severity_of
from picheck.model.citation import Citation
from picheck.model.vocabulary import Consequence, Scope, Severity, Standing
from picheck.plugins.host import Origin
from picheck.plugins.registry import InstalledRule
from picheck.rulebook.models import Clause, Rulebook
from picheck.testing.rule_examples import Example, Showcase


class VariantTerms(msgspec.Struct, frozen=True, kw_only=True):
    """A milder or harder answer of a clause."""

    consequence: Consequence
    severity: Severity
    sources: tuple[Citation, ...]
    note: str | None


class ClauseTerms(msgspec.Struct, frozen=True, kw_only=True):
    """A clause with its year, its terms and its sources in full."""

    year: int
    status: str
    consequence: Consequence
    severity: Severity
    standing: Standing
    terms: Mapping[str, Any]
    sources: tuple[Citation, ...]
    note: str | None
    variants: Mapping[str, VariantTerms]


class RuleExamples(msgspec.Struct, frozen=True, kw_only=True):
    """A failing and a passing example; None where the shipped cases have none."""

    failing: Example | None
    passing: Example | None


class RuleDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of a rule.

    `help` are its three paragraphs by heading; `page` is the address of its page, where one is
    known.
    """

    code: str
    slug: str | None
    title: str | None
    help: Mapping[str, str]
    scope: Scope | None
    reads: tuple[str, ...]
    evidence: tuple[str, ...]
    needs: tuple[str, ...]
    origin: Origin | None
    years: tuple[ClauseTerms, ...]
    examples: RuleExamples
    page: str | None


class OwnFindingRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One of the framework's own findings: reported in every year, and part of no rulebook."""

    code: str
    slug: str
    title: str
    help: Mapping[str, str]
    page: str | None


def describe_rule(
    code: str,
    found: InstalledRule | None,
    having: Iterable[Rulebook],
    examples: Showcase,
    page: str | None,
) -> RuleDetails:
    """Return everything that is known of a rule: itself, its clauses by year, its examples."""
    rule = found.rule if found else None
    return RuleDetails(
        code=code,
        slug=rule.slug if rule else None,
        title=rule.title if rule else None,
        help=rule.help if rule else {},
        scope=rule.scope if rule else None,
        reads=rule.reads if rule else (),
        evidence=rule.evidence if rule else (),
        needs=rule.needs if rule else (),
        origin=found.owner if found else None,
        years=tuple(_terms(edition, edition.clauses[code]) for edition in having),
        examples=RuleExamples(failing=examples.failing, passing=examples.passing),
        page=page,
    )


def describe_own_finding(own: FrameworkRule, page: str | None) -> OwnFindingRecord:
    """Return everything that is known of one of the framework's own findings."""
    code, slug, title = own.record.code, own.record.slug, own.record.title
    return OwnFindingRecord(code=code, slug=slug, title=title, help=own.help, page=page)


def _terms(edition: Rulebook, clause: Clause) -> ClauseTerms:
    return ClauseTerms(
        year=edition.year,
        status=edition.status,
        consequence=clause.consequence,
        severity=severity_of(clause, trust_unverified=False),
        standing=clause.standing,
        terms=clause.terms,
        sources=clause.citations,
        note=clause.note,
        variants={
            name: VariantTerms(
                consequence=variant.consequence,
                severity=severity_of(variant, trust_unverified=False),
                sources=variant.citations,
                note=variant.note,
            )
            for name, variant in clause.variants.items()
        },
    )
