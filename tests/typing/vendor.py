"""What a vendor writes, held to mypy's strictest reading of picheck.api and picheck.testing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, assert_type

from picheck.api import (
    AddedClause,
    Answers,
    CheckResult,
    CheckResults,
    Clause,
    Counts,
    CountsByMeasure,
    Entity,
    Evidence,
    Period,
    Report,
    Reporter,
    Result,
    Rule,
    Rulebook,
    Rulebooks,
    RulebookSource,
    RuleRecord,
    SetView,
    Source,
    SourceIssues,
    Style,
    Submission,
    Unverified,
    clauses_in,
    fail,
    hookimpl,
    indeterminate,
    not_applicable,
    parse_date,
    related,
    rule,
    rulebook_in,
    rules_in,
)
from picheck.testing import Certificate, Draft, audit, compliant, run_cases, verify_plugin


@rule("ACME-TYP-01", "set-rule", terms={"least": {"type": "integer"}})
def set_rule(
    answers: Answers, counts: CountsByMeasure, period: Period, cehrt_id: str | None, clause: Clause
) -> CheckResults:
    """Typed."""
    assert_type(answers.is_yes("X"), bool)
    assert_type(answers.claimed_exclusion("X"), str | None)
    assert_type(list(answers), list[str])
    assert_type(counts.pair("X"), tuple[int, int] | None)
    assert_type(counts.get("X"), Counts | None)
    assert_type(parse_date(period.performance_end), date | None)
    if not period.is_valid or cehrt_id is None:
        return indeterminate("no period", missing=["cehrt.certifiedOn"])
    assert_type(period.start, date)
    least: int = clause["least"]
    return fail("/cehrtId", "{actual}", actual=period.days, expected=least)


@rule("ACME-TYP-02", "document-rule")
def document_rule(  # noqa: PLR0917 - all that such a rule may read
    sets: tuple[SetView, ...],
    set_answers: tuple[Answers, ...],
    submission: Submission | None,
    source_issues: SourceIssues,
    source: Source,
    digests: Mapping[str, str],
) -> CheckResults:
    """Typed."""
    assert_type(source.format, str)
    assert_type(digests.get("x"), str | None)
    assert_type([issue.name for issue in source_issues.unknown_properties], list[str])
    if submission is None:
        return None
    assert_type(submission.performance_year, int)
    found = [fail("", "no", at=index) for index, each in enumerate(set_answers) if each.unknown]
    return found or [fail("", "a set", at=view) for view in sets]


@rule("ACME-TYP-03", "entity-rule", scope="entity", needs="ACME-TYP-01")
def entity_rule(  # noqa: PLR0917 - all that such a rule may read
    sets: tuple[SetView, ...],
    entity: Entity,
    prior: Mapping[int, tuple[SetView, ...]],
    rulebook: Rulebook,
    rulebooks: Rulebooks,
    options: Mapping[str, Any],
    as_of: date,
) -> CheckResults:
    """Typed."""
    first: SetView = sets[0]
    assert_type(prior[as_of.year], tuple[SetView, ...])
    assert_type(rulebooks.rulebook("pi", rulebook.year), Rulebook)
    found: CheckResult = fail("", "it", at=first, related=[related("/cehrtId", at=first)])
    return found if entity.tin and options else not_applicable("nobody named")


@rule("ACME-TYP-04", "evidence-rule", scope="set", evidence=("cehrt.certifiedOn", "counts"))
def evidence_rule(evidence: Evidence) -> CheckResults:
    """Typed."""
    assert_type(evidence.counts.transitions_sent, int | None)
    assert_type(evidence.date("cehrt.certifiedOn"), date)
    return fail("", "{sent}", sent=evidence.require("counts.transitionsSent"))


assert_type(set_rule, Rule)
assert_type(set_rule.reads, tuple[str, ...])


class Tally:
    """A reporter needs no base class."""

    name = "tally"
    description = "how many"

    def render(self, report: Report, style: Style) -> str:
        """Return a line."""
        results: Sequence[Result] = report.results
        rules: Sequence[RuleRecord] = report.rules
        unverified: Sequence[Unverified] = report.documents[0].unverified
        assert_type([result.code for result in results], list[str])
        assert_type([each.missing for each in unverified], list[tuple[str, ...]])
        return f"{len(results)} of {len(rules)}\n" if style.color else "\n"


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
