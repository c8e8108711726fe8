"""The plans of a run, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from picheck.engine.framework_rules import FRAMEWORK_RULES
from picheck.engine.options import AuditOptions
from picheck.engine.plan import Plan, make_plan
from picheck.engine.rule_records import rule_address
from picheck.intake.decoder import DecodedDocument
from picheck.model.result import RuleRecord
from picheck.model.submission import Submission
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

    def programs_of(self, submission: Submission | None) -> tuple[str, ...]:
        """Return the programs that a document has sets of; all of them if it has none."""
        programs = self._registry.rulebooks.programs
        if submission is None:
            return programs
        present = {record.category for record in submission.measurement_sets}
        return tuple(program for program in programs if program in present) or programs

    def year_of(self, decoded: DecodedDocument) -> int | None:
        """Return the run's year, or else the document's own; a refused document has none."""
        if self._options.year is not None or decoded.submission is None:
            return self._options.year
        return decoded.submission.performance_year

    def for_document(
        self, program: str, decoded: DecodedDocument, selected: frozenset[str]
    ) -> Plan | None:
        """Return the plan of a document's year; None where there is no rulebook for it.

        The shape of a refused document is checked by the year that it gives, if there is a
        rulebook for that, and by the newest otherwise.
        """
        rulebooks, year = self._registry.rulebooks, self.year_of(decoded)
        given = decoded.refused_year
        if year is None and given is not None and rulebooks.has(program, given):
            year = given
        if year is None:
            newest = rulebooks.newest_final(program)
            year = None if newest is None else newest.year
        if year is None or not rulebooks.has(program, year):
            return None
        return self.of(program, year, selected)

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
