"""The rules that picheck itself has (PIC-RUN): what could not be checked, waivers out of date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import msgspec

from picheck import __version__
from picheck.engine.fingerprints import fingerprint
from picheck.engine.places import Place, set_at
from picheck.engine.plan import Plan
from picheck.engine.subject import Subject
from picheck.model.location import Location
from picheck.model.result import Result, RuleRecord
from picheck.model.vocabulary import Severity


class FrameworkRule(msgspec.Struct, frozen=True):
    """One of picheck's own rules: what a report states of it, and its help by heading."""

    record: RuleRecord
    help: Mapping[str, str]


def _rule(
    code: str,
    slug: str,
    title: str,
    *,
    severity: Severity,
    remediation: str,
    checks: str,
    matters: str,
    fix: str,
) -> FrameworkRule:
    return FrameworkRule(
        RuleRecord(
            code=code,
            year=None,
            slug=slug,
            title=title,
            plugin="picheck",
            distribution="picheck",
            version=__version__,
            severity=severity,
            remediation=remediation,
        ),
        {"What it checks": checks, "Why it matters": matters, "How to fix": fix},
    )


RULE_CRASHED: Final = _rule(
    "PIC-RUN-01",
    "rule-crashed",
    "A rule broke, so what it checks was not checked.",
    severity="error",
    remediation="report this to the owner of the rule's plugin; until then check its subject by"
    " hand",
    checks="That every rule comes to a result. One that raises an exception, or returns something"
    " that is no result, is reported with the plugin it belongs to.",
    matters="What the rule would have found is not known: the audit is incomplete, and the document"
    " cannot be ready.",
    fix="Tell the owner of the plugin, with the message. Until then check by hand what the rule"
    " checks.",
)
RULE_NOT_INSTALLED: Final = _rule(
    "PIC-RUN-02",
    "rule-not-installed",
    "The year lists rules that no loaded plugin brings.",
    severity="error",
    remediation="install or unblock the plugins that bring them; see picheck plugins list",
    checks="That every code with a clause in the year's rulebook belongs to a loaded rule.",
    matters="The law of the year was not looked at in full: the audit is incomplete, and the"
    " document cannot be ready.",
    fix="Install or unblock the plugins that bring the rules; picheck plugins list says what was"
    " found and what did not load.",
)
NO_RULEBOOK: Final = _rule(
    "PIC-RUN-03",
    "no-rulebook-for-year",
    "There is no rulebook for the performance year.",
    severity="error",
    remediation="install the plugin that brings this year, or correct the year",
    checks="That a rulebook for the measurement set's category and the performance year is loaded.",
    matters="Without one nothing can be checked. picheck never takes another year's rules in its"
    " place.",
    fix="Install the plugin that brings the year, or correct performanceYear if it is wrong;"
    " picheck years list says which years there are.",
)
WAIVER_EXPIRED: Final = _rule(
    "PIC-RUN-04",
    "waiver-expired",
    "A waiver of this finding has expired.",
    severity="warning",
    remediation="correct the finding, or let the owner of the waiver decide again and set a later"
    " date",
    checks="The last day of every waiver that fits a finding against the day that the audit speaks"
    " for.",
    matters="A finding was accepted until a date; after it the finding counts again.",
    fix="Correct the submission, or decide again with a reason, an owner and a later day.",
)
WAIVER_UNUSED: Final = _rule(
    "PIC-RUN-05",
    "waiver-unused",
    "A waiver met no finding.",
    severity="note",
    remediation="remove the waiver if this run audited its subject",
    checks="That every waiver meets a finding it could accept.",
    matters="What it accepted is repaired, or the waiver is misspelt; either way it would silently"
    " accept the next finding of its kind.",
    fix="Remove the waiver, or correct what it names.",
)

#: All of them, by code.
FRAMEWORK_RULES: Final[Mapping[str, FrameworkRule]] = MappingProxyType(
    {
        rule.record.code: rule
        for rule in (RULE_CRASHED, RULE_NOT_INSTALLED, NO_RULEBOOK, WAIVER_EXPIRED, WAIVER_UNUSED)
    }
)


def find_framework_rule(name: str) -> FrameworkRule | None:
    """Return the framework's rule of a code or slug, if it is one."""
    by_slug = {rule.record.slug: rule for rule in FRAMEWORK_RULES.values()}
    return FRAMEWORK_RULES.get(name.upper()) or by_slug.get(name.casefold())


def framework_result(
    rule: FrameworkRule, subject: Subject, *, message: str, pointer: str = "", key: str = ""
) -> Result:
    """Return a result of one of picheck's own rules (PIC-RUN): something could not be checked."""
    place, code = Place(subject.document, pointer, set_at(pointer, subject)), rule.record.code
    return Result(
        document=subject.document,
        code=code,
        year=None,
        outcome="error",
        severity="error",
        message=subject.masker.text(message),
        location=Location(pointer=pointer, line=subject.line),
        fingerprint=fingerprint(
            code, subject.year, subject.entity_json, place.named, key, place.view
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
