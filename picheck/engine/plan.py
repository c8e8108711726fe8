"""The plan of a year: which rules run, in which order, and on what terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from picheck.engine.cache import ResultCache, cacheable
from picheck.engine.calls import observe
from picheck.engine.options import AuditOptions
from picheck.engine.rule_records import rule_record
from picheck.engine.selection import in_order, with_needs
from picheck.errors import RulebookError
from picheck.model.result import RuleRecord
from picheck.model.vocabulary import Scope
from picheck.plugins.options import NO_OPTIONS
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.models import Clause, Rulebook
from picheck.rules.check_result import CheckResults
from picheck.rules.inputs import PARAMETERS, Parts
from picheck.rules.rule import Rule, bind_parts


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

    `waits_for` are codes of other groups that a rule of this one needs: where one of them
    failed, nothing is taken from the cache, for some of the rules do not run then.
    """

    rules: tuple[PlannedRule, ...]
    waits_for: frozenset[str]
    cache: ResultCache[Any]


class ScopePlan(msgspec.Struct, frozen=True):
    """The rules of one scope: groups whose results can be reused, then all others, in order."""

    groups: tuple[RuleGroup, ...]
    others: tuple[PlannedRule, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """All rules of a year by scope; `structural` run where a document's shape was refused.

    `levels` are the rules about entities that also look at other levels of the same practice: they
    alone run on an entity with one set.
    """

    rulebook: Rulebook
    structural: ScopePlan
    document: ScopePlan
    sets: ScopePlan
    entities: ScopePlan
    levels: ScopePlan
    records: Mapping[str, RuleRecord]
    not_installed: tuple[str, ...]
    left_out: tuple[str, ...]


def make_plan(
    rulebook: Rulebook,
    selected: frozenset[str],
    registry: PluginRegistry,
    options: AuditOptions,
    plugin_options: Mapping[str, Mapping[str, Any]],
) -> Plan:
    """Make the plan of a rulebook for the selected codes.

    Raises RulebookError where a clause lacks a term that its rule asks for, and where rules
    need each other in a circle.
    """
    rules = registry.rules
    installed = {code: rules[code] for code in rulebook.clauses if code in rules}
    law = {"rulebook": rulebook, "rulebooks": registry.rulebooks, "as_of": options.as_of}
    planned = []
    for code in in_order(with_needs(selected & installed.keys(), installed), installed):
        rule, clause, owner = installed[code].rule, rulebook.clauses[code], installed[code].owner
        if missing := rule.missing_terms(clause.terms):
            raise RulebookError(
                f"{rulebook.program} {rulebook.year}: clause {code} lacks the term"
                f" {', '.join(missing)}; add it to clauses.toml"
            )
        own = {"clause": clause, "options": plugin_options.get(owner.name, NO_OPTIONS)}
        planned.append(
            PlannedRule(
                code=code,
                call=observe(bind_parts(rule, {**law, **own}), installed[code], options),
                rule=rule,
                clause=clause,
                record=rule_record(rulebook.year, clause, installed[code], options),
                needs=frozenset(rule.needs),
                is_reported=code in selected,
            )
        )

    def of(scope: Scope) -> list[PlannedRule]:
        return [rule for rule in planned if rule.rule.scope == scope]

    return Plan(
        rulebook=rulebook,
        structural=_scope_plan([rule for rule in of("document") if rule.rule.structural]),
        document=_scope_plan(of("document")),
        sets=_scope_plan(of("set")),
        entities=_scope_plan(of("entity")),
        levels=_scope_plan([rule for rule in of("entity") if "other_levels" in rule.rule.reads]),
        records={rule.code: rule.record for rule in planned},
        not_installed=tuple(sorted(rulebook.clauses.keys() - rules.keys())),
        left_out=tuple(sorted(installed.keys() - selected)),
    )


def _scope_plan(rules: list[PlannedRule]) -> ScopePlan:
    """Put the rules that read the same parts into one group, as far as their needs allow.

    `rules` are in running order. Rules that read a part with many values are called for each
    subject; so is a rule that needs one of them.
    """
    groups: list[tuple[frozenset[str], list[PlannedRule]]] = []
    home: dict[str, int] = {}  # the index of the group that a rule is in
    newest: dict[frozenset[str], int] = {}
    others: dict[str, PlannedRule] = {}
    for rule in rules:
        reads = frozenset(name for name in rule.rule.reads if PARAMETERS[name].scopes)
        if rule.rule.without_evidence:  # it is called with evidence only, which has no key
            reads = frozenset({"evidence"})
        if not cacheable(reads) or not rule.needs.isdisjoint(others):
            others[rule.code] = rule
            continue
        after = max((home[code] for code in rule.needs if code in home), default=0)
        if newest.get(reads, -1) < after:  # what it needs runs later than the group there is
            newest[reads] = len(groups)
            groups.append((reads, []))
        home[rule.code] = newest[reads]
        groups[newest[reads]][1].append(rule)
    return ScopePlan(tuple(_group(reads, group) for reads, group in groups), tuple(others.values()))


def _group(reads: frozenset[str], rules: list[PlannedRule]) -> RuleGroup:
    codes = {rule.code for rule in rules}
    waits_for = frozenset(code for rule in rules for code in rule.needs) - codes
    return RuleGroup(tuple(rules), waits_for, ResultCache(reads))
