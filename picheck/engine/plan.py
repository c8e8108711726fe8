"""The plan of a year: which rules run, in which order, and on what terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from picheck.engine.cache import ResultCache, cacheable
from picheck.engine.framework_rules import FRAMEWORK_RULES
from picheck.engine.options import AuditOptions
from picheck.engine.rule_records import rule_record
from picheck.errors import RulebookError
from picheck.model.result import RuleRecord
from picheck.model.vocabulary import Scope
from picheck.plugins.options import NO_OPTIONS, resolve_options
from picheck.plugins.registry import InstalledRule, PluginRegistry
from picheck.rulebook.models import Clause, Rulebook
from picheck.rules.check_result import CheckResults
from picheck.rules.inputs import PARAMETERS, Parts
from picheck.rules.rule import Rule

#: Program, year and the selected codes.
PlanKey = tuple[str, int, frozenset[str]]


class PlannedRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule in one year, ready to be called with the parts of a subject.

    `is_reported` is False for a rule that runs only because a selected one needs it.
    """

    code: str
    call: Callable[[Parts], CheckResults]
    rule: Rule
    clause: Clause
    record: RuleRecord
    needs: frozenset[str]
    is_reported: bool


class RuleGroup(NamedTuple):
    """Rules that read the same parts, with the cache of their results.

    `waits_for` are codes of other groups: where one of them failed, nothing is taken from the
    cache, for some of the rules do not run then.
    """

    rules: tuple[PlannedRule, ...]
    waits_for: frozenset[str]
    cache: ResultCache[Any]


class ScopePlan(msgspec.Struct, frozen=True):
    """The rules of one scope: groups whose results can be reused, then all others, in order."""

    groups: tuple[RuleGroup, ...]
    others: tuple[PlannedRule, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """All rules of a year by scope; `structural` run where a document's shape was refused."""

    rulebook: Rulebook
    structural: ScopePlan
    document: ScopePlan
    sets: ScopePlan
    entities: ScopePlan
    records: Mapping[str, RuleRecord]
    not_installed: tuple[str, ...]
    left_out: tuple[str, ...]


class Plans:
    """The plans of a run, each made when it is first asked for."""

    def __init__(self, registry: PluginRegistry, options: AuditOptions) -> None:
        """Take what every plan is made with. Raises ConfigurationError for wrong options."""
        self._registry = registry
        self._options = options
        self._plugin_options = resolve_options(
            options.plugin_options, registry.options, registry.plugins
        )
        self._made: dict[PlanKey, Plan] = {}

    @property
    def keys(self) -> frozenset[PlanKey]:
        """What to ask `of` for to get the plans that were used."""
        return frozenset(self._made)

    def __iter__(self) -> Iterator[Plan]:
        """Yield the plans that were used, by program and year; several where overrides select."""
        by_year = lambda plan: (plan.rulebook.program, plan.rulebook.year, plan.left_out)  # noqa: E731
        return iter(sorted(self._made.values(), key=by_year))

    def of(self, program: str, year: int, selected: frozenset[str]) -> Plan:
        """Return the plan of a year for the selected codes.

        Raises RulebookError where a clause lacks a term that its rule asks for, and where rules
        need each other in a circle.
        """
        key = program, year, selected
        if key not in self._made:
            self._made[key] = self._make(self._registry.rulebooks.rulebook(program, year), selected)
        return self._made[key]

    def record(self, code: str, year: int | None) -> RuleRecord:
        """Return what a report states of a rule. Raises KeyError for one that did not run."""
        if code in FRAMEWORK_RULES:
            return FRAMEWORK_RULES[code]
        for plan in self._made.values():
            if plan.rulebook.year == year and code in plan.records:
                return plan.records[code]
        raise KeyError(code)

    def _make(self, rulebook: Rulebook, selected: frozenset[str]) -> Plan:
        rules = self._registry.rules
        installed = {code: rules[code] for code in rulebook.clauses if code in rules}
        needed = _with_needs(selected & installed.keys(), installed)
        planned = [
            self._planned(rulebook, installed[code], is_reported=code in selected)
            for code in _in_order(needed, installed)
        ]

        def of(scope: Scope) -> list[PlannedRule]:
            return [rule for rule in planned if rule.rule.scope == scope]

        return Plan(
            rulebook=rulebook,
            structural=_scope_plan([rule for rule in of("document") if rule.rule.structural]),
            document=_scope_plan(of("document")),
            sets=_scope_plan(of("set")),
            entities=_scope_plan(of("entity")),
            records={rule.code: rule.record for rule in planned},
            not_installed=tuple(sorted(rulebook.clauses.keys() - rules.keys())),
            left_out=tuple(sorted(installed.keys() - selected)),
        )

    def _planned(
        self, rulebook: Rulebook, installed: InstalledRule, *, is_reported: bool
    ) -> PlannedRule:
        rule, options = installed.rule, self._options
        clause = rulebook.clauses[rule.code]
        if missing := rule.missing_terms(clause.terms):
            raise RulebookError(
                f"{rulebook.program} {rulebook.year}: clause {rule.code} lacks the term"
                f" {', '.join(missing)}; add it to clauses.toml"
            )
        law = {
            "clause": clause,
            "options": self._plugin_options.get(installed.owner.name, NO_OPTIONS),
            "rulebook": rulebook,
            "rulebooks": self._registry.rulebooks,
            "as_of": options.as_of,
        }
        return PlannedRule(
            code=rule.code,
            call=_bind(rule, law),
            rule=rule,
            clause=clause,
            record=rule_record(
                rulebook.year,
                clause,
                installed,
                trust_unverified=options.trust_unverified,
                help_base=options.help_base,
            ),
            needs=frozenset(rule.needs),
            is_reported=is_reported,
        )


def _scope_plan(rules: list[PlannedRule]) -> ScopePlan:
    """Put the rules that read equal parts, and need the same of other groups, into one group.

    A rule runs in the group of the rules that it needs, or in one that waits for them. Rules
    that read a part with many values are called for each subject; so is a rule that needs one.
    """
    groups: dict[tuple[frozenset[str], frozenset[str]], list[PlannedRule]] = {}
    home: dict[str, object] = {}
    others: dict[str, PlannedRule] = {}
    for rule in rules:
        reads = frozenset(name for name in rule.rule.reads if PARAMETERS[name].scopes)
        if not cacheable(reads) or not rule.needs.isdisjoint(others):
            others[rule.code] = rule
            continue
        plain = reads, frozenset[str]()
        waits_for = frozenset(code for code in rule.needs if home.get(code) != plain)
        home[rule.code] = reads, waits_for
        groups.setdefault((reads, waits_for), []).append(rule)
    return ScopePlan(
        tuple(
            RuleGroup(tuple(group), waits_for, ResultCache(reads))
            for (reads, waits_for), group in groups.items()
        ),
        tuple(others.values()),
    )


def _bind(rule: Rule, law: Mapping[str, Any]) -> Callable[[Parts], CheckResults]:
    """Return the rule as a function of the parts; what it reads of the law is fixed already."""
    check = rule.check
    parts = tuple(name for name in rule.reads if name not in law)
    fixed = tuple(law[name] for name in rule.reads if name in law)
    if not parts or rule.reads[: len(parts)] != parts:
        named = {name: law[name] for name in rule.reads if name in law}
        return lambda subject: check(**named, **{name: getattr(subject, name) for name in parts})
    read = attrgetter(*parts)  # the usual order: parts, then the law
    if len(parts) == 1:
        return lambda subject: check(read(subject), *fixed)
    return lambda subject: check(*read(subject), *fixed)


def _with_needs(codes: Iterable[str], installed: Mapping[str, InstalledRule]) -> set[str]:
    """Return the codes with everything they need, directly or not."""
    found: set[str] = set()
    waiting = list(codes)
    while waiting:
        code = waiting.pop()
        if code not in found and code in installed:
            found.add(code)
            waiting.extend(installed[code].rule.needs)
    return found


def _in_order(codes: Iterable[str], installed: Mapping[str, InstalledRule]) -> list[str]:
    """Sort codes so that each comes after those it needs; otherwise by code."""
    graph = {
        code: sorted(need for need in installed[code].rule.needs if need in installed)
        for code in sorted(codes)
    }
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise RulebookError(f"rules need each other in a circle: {circle}") from error
