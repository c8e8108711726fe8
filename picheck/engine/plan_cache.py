"""The plans of a run, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from picheck.engine.framework_rules import FRAMEWORK_RULES
from picheck.engine.options import AuditOptions
from picheck.engine.plan import Plan, make_plan
from picheck.engine.rule_records import rule_address
from picheck.model.result import RuleRecord
from picheck.plugins.options import resolve_options
from picheck.plugins.registry import PluginRegistry

#: Program, year and the selected codes.
PlanKey = tuple[str, int, frozenset[str]]


class Plans:
    """The plans of a run by program, year and selected codes."""

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
        # sorted: they are made in the order of the documents, and those of workers come as a set
        return iter(sorted(self._made.values(), key=_by_year))

    def of(self, program: str, year: int, selected: frozenset[str]) -> Plan:
        """Return the plan of a year for the selected codes. Raises RulebookError."""
        key = program, year, selected
        if key not in self._made:
            rulebook = self._registry.rulebooks.rulebook(program, year)
            self._made[key] = make_plan(
                rulebook, selected, self._registry, self._options, self._plugin_options
            )
        return self._made[key]

    def record(self, code: str, year: int | None) -> RuleRecord:
        """Return what a report states of a rule. Raises KeyError for one that did not run."""
        if code in FRAMEWORK_RULES:
            address = rule_address(code, self._options.help_base)
            return msgspec.structs.replace(FRAMEWORK_RULES[code].record, help_uri=address)
        for plan in self._made.values():
            if plan.rulebook.year == year and code in plan.records:
                return plan.records[code]
        raise KeyError(code)


def _by_year(plan: Plan) -> tuple[str, int, tuple[str, ...]]:
    return plan.rulebook.program, plan.rulebook.year, plan.left_out
