"""Results of picheck's own rules: what could not be checked."""

from __future__ import annotations

from collections.abc import Sequence

from picheck.engine.fingerprints import fingerprint
from picheck.engine.framework_rules import NO_RULEBOOK, RULE_CRASHED, RULE_NOT_INSTALLED
from picheck.engine.places import Place, set_at
from picheck.engine.plan import Plan
from picheck.engine.subject import Subject
from picheck.model.location import Location
from picheck.model.result import Result, RuleRecord


def framework_result(
    rule: RuleRecord, subject: Subject, *, message: str, pointer: str = "", key: str = ""
) -> Result:
    """Return a result of one of picheck's own rules (PIC-RUN): something could not be checked."""
    place = Place(subject.document, pointer, set_at(pointer, subject))
    return Result(
        document=subject.document,
        code=rule.code,
        year=rule.year,
        outcome="error",
        severity="error",
        message=subject.masker.text(message),
        location=Location(pointer=pointer, line=subject.line),
        fingerprint=fingerprint(
            rule.code, subject.year, subject.entity_json, place.named, key, place.view
        ),
    )


def broken_rule(record: RuleRecord, what: str, subject: Subject) -> Result:
    """Return the result of a rule that broke; `what` is the kind of its error, or its message."""
    return framework_result(
        RULE_CRASHED,
        subject,
        message=f"{record.code} of {record.plugin} ({record.distribution}) broke: {what}",
        pointer=subject.set_.pointer if subject.set_ else "",
        key=record.code,
    )


def rules_not_installed(plan: Plan, subject: Subject) -> Result:
    """Return which rules of a year no loaded plugin brings."""
    clauses = plan.rulebook.clauses
    codes = ", ".join(
        f"{code} (a clause of plugin {clauses[code].plugin})" if clauses[code].plugin else code
        for code in plan.not_installed
    )
    year = plan.rulebook.year
    message = f"the {year} rulebook lists rules that no loaded plugin brings: {codes}"
    return framework_result(RULE_NOT_INSTALLED, subject, message=message, key=codes)


def no_rulebook(
    program: str, year: int, years: Sequence[int], pointer: str, subject: Subject
) -> Result:
    """Return that there is no rulebook for a year; `years` are those there are."""
    known = ", ".join(map(str, years)) or "none"
    message = f"no rulebook for {program} {year}; installed: {known}"
    return framework_result(NO_RULEBOOK, subject, message=message, pointer=pointer, key=program)
