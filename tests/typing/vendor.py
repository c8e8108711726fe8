"""What a vendor writes, held to mypy's strictest reading of picheck.api and picheck.testing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import assert_type

from picheck.api import (
    AddedClause,
    Answer,
    Answers,
    DocumentContext,
    EntityContext,
    Report,
    Reporter,
    Result,
    Rule,
    RulebookSource,
    SetContext,
    SetView,
    Style,
    clauses_in,
    hookimpl,
    parse_date,
    rule,
    rulebook_in,
    rules_in,
)
from picheck.testing import Certificate, Draft, audit, compliant, run_cases, verify_plugin


@rule("ACME-TYP-01", "set-rule", scope="set", terms={"least": {"type": "integer"}})
def set_rule(ctx: SetContext) -> Answers:
    """Typed."""
    assert_type(ctx.set, SetView)
    assert_type(ctx.set.tally("X"), tuple[int, int] | None)
    assert_type(ctx.evidence.counts.transitions_sent, int | None)
    assert_type(parse_date(ctx.set.record.performance_end), date | None)
    if ctx.set.period is None:
        return ctx.indeterminate("no period", missing=["cehrt.certifiedOn"])
    least: int = ctx.clause["least"]
    return ctx.fail("/cehrtId", "{actual}", actual=ctx.set.period.days, expected=least)


@rule("ACME-TYP-02", "document-rule", scope="document")
def document_rule(ctx: DocumentContext) -> Answers:
    """Typed."""
    return [ctx.fail("", "a set", at=view) for view in ctx.sets]


@rule("ACME-TYP-03", "entity-rule", scope="entity", needs="ACME-TYP-01")
def entity_rule(ctx: EntityContext) -> Answers:
    """Typed."""
    first: SetView = ctx.sets[0]
    found: Answer = ctx.fail("", "it", at=first, related=[ctx.also("/cehrtId", at=first)])
    return found if ctx.entity.tin else ctx.not_applicable("nobody named")


assert_type(set_rule, Rule)


class Tally:
    """A reporter needs no base class."""

    name = "tally"
    description = "how many"

    def render(self, report: Report, style: Style) -> str:
        """Return a line."""
        results: Sequence[Result] = report.results
        return f"{len(results)}\n" if style.color else "\n"


@hookimpl
def picheck_register_rules() -> tuple[Rule, ...]:
    """Typed."""
    return (*rules_in(__name__), set_rule)


@hookimpl
def picheck_register_clauses() -> tuple[AddedClause, ...]:
    """Typed."""
    return clauses_in(__name__)


@hookimpl
def picheck_register_rulebooks() -> tuple[RulebookSource, ...]:
    """Typed."""
    return (rulebook_in(__name__, program="ia", year=2025),)


@hookimpl
def picheck_register_reporters() -> tuple[Reporter, ...]:
    """Typed."""
    return (Tally(),)


@hookimpl
def picheck_audit_finished(report: Report) -> None:
    """Typed."""
    assert_type(report.summary.exit.code, int)


def use_the_kit(folder: Path) -> None:
    """Typed."""
    draft = compliant(2025).without("A").saying({"B": True}, C=False).with_counts("D", 1, 2)
    assert_type(draft.with_set(cehrtId=None).with_evidence(counts=None), Draft)
    report = audit([draft, draft.build()], plugins=["acme"], options={"acme": {"round_to": 5}})
    assert_type(report, Report)
    assert_type(verify_plugin("acme", examples=5), Certificate)
    test = run_cases(folder / "cases")
    test()
