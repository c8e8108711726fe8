"""The plan of a year: which rules run, in which order, on what terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from picheck.errors import RulebookError
from picheck.hooks.inventory import OWN_DISTRIBUTION, InstalledRule
from picheck.hooks.settings import NO_OPTIONS
from picheck.model.finding import RuleReference
from picheck.model.outcome import Scope
from picheck.rulebook.edition import Clause, Rulebook
from picheck.rules.answer import Answers
from picheck.rules.rule import Rule


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One rule in one year, ready to be called.

    `is_reported` is False for a rule that runs only because a chosen one needs it; `is_guest`
    says that another distribution than picheck brings it.
    """

    code: str
    check: Callable[[Any], Answers]
    clause: Clause
    needs: frozenset[str]
    reference: RuleReference
    rule: Rule
    is_reported: bool
    is_guest: bool = False
    options: Mapping[str, Any] = NO_OPTIONS


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """All of a year's rules by scope, each list in running order."""

    rulebook: Rulebook
    structural: tuple[Entry, ...]
    document: tuple[Entry, ...]
    sets: tuple[Entry, ...]
    entities: tuple[Entry, ...]
    not_installed: tuple[str, ...]
    left_out: tuple[str, ...]


def make_plan(
    rulebook: Rulebook,
    rules: Mapping[str, InstalledRule],
    chosen: frozenset[str],
    options: Mapping[str, Mapping[str, Any]] = NO_OPTIONS,
) -> Plan:
    """Make the plan of a rulebook from the installed rules and their plugins' options.

    Raises RulebookError where a clause lacks a term that its rule asks for.
    """
    installed = {code: rules[code] for code in rulebook.clauses if code in rules}
    needed = _needed(chosen & installed.keys(), installed)
    entries = [
        _entry(rulebook, installed[code], options, is_reported=code in chosen)
        for code in _in_order(needed, installed)
    ]

    def of(scope: Scope) -> tuple[Entry, ...]:
        return tuple(entry for entry in entries if entry.rule.scope == scope)

    return Plan(
        rulebook=rulebook,
        structural=tuple(entry for entry in of("document") if entry.rule.structural),
        document=of("document"),
        sets=of("set"),
        entities=of("entity"),
        not_installed=tuple(sorted(rulebook.clauses.keys() - rules.keys())),
        left_out=tuple(sorted(installed.keys() - chosen)),
    )


def _entry(
    rulebook: Rulebook,
    installed: InstalledRule,
    options: Mapping[str, Mapping[str, Any]],
    *,
    is_reported: bool,
) -> Entry:
    rule, clause = installed.rule, rulebook.clauses[installed.rule.code]
    if missing := rule.missing_terms(clause.terms):
        raise RulebookError(
            f"{rulebook.program} {rulebook.year}: clause {rule.code} lacks the term"
            f" {', '.join(missing)}; add it to clauses.toml"
        )
    return Entry(
        code=rule.code,
        check=rule.check,
        clause=clause,
        needs=frozenset(rule.needs),
        reference=installed.reference,
        rule=rule,
        is_reported=is_reported,
        is_guest=installed.reference.distribution != OWN_DISTRIBUTION,
        options=options.get(installed.reference.plugin, NO_OPTIONS),
    )


def _needed(codes: Iterable[str], installed: Mapping[str, InstalledRule]) -> set[str]:
    """Return the codes with everything they need, directly or not."""
    found: set[str] = set()
    open_codes = list(codes)
    while open_codes:
        code = open_codes.pop()
        if code in found or code not in installed:
            continue
        found.add(code)
        open_codes.extend(installed[code].rule.needs)
    return found


def _in_order(codes: Iterable[str], installed: Mapping[str, InstalledRule]) -> list[str]:
    """Sort codes so that each stands after those it needs; otherwise by code."""
    ordered: list[str] = []

    def place(code: str, above: tuple[str, ...]) -> None:
        if code in ordered or code not in installed:
            return
        if code in above:
            raise RulebookError(f"rules need each other in a circle: {' -> '.join((*above, code))}")
        for need in sorted(installed[code].rule.needs):
            place(need, (*above, code))
        ordered.append(code)

    for code in sorted(codes):
        place(code, ())
    return ordered
