"""The installed rules and years, as pages and API show them."""

from __future__ import annotations

from collections.abc import Sequence

from picheck.engine.framework_rules import find_framework_rule
from picheck.engine.rule_records import rule_address
from picheck.errors import UsageError
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.models import Rulebook
from picheck.rulebook.registry import Rulebooks
from picheck.site.inventory import (
    RuleRow,
    YearRow,
    describe_rules,
    describe_years,
    find_code,
    find_program,
    list_editions,
)
from picheck.site.rule_details import (
    OwnFindingRecord,
    RuleDetails,
    describe_own_finding,
    describe_rule,
)
from picheck.testing.rule_examples import Showcase, showcase


class RuleLookup:
    """Looks up rules and years, with the addresses of their pages; `help_base` is where these are.

    A program is named where several are installed. Raises UsageError where it is not known.
    """

    def __init__(self, registry: PluginRegistry, help_base: str) -> None:
        self._registry = registry
        self._help_base = help_base

    def list_rules(self, year: int | None = None, program: str | None = None) -> list[RuleRow]:
        """Return every rule by code; of one year those that run in it.

        Raises RulebookError where the year has no rulebook.
        """
        books = self._editions(year, program)
        return describe_rules(self._registry, books, None, is_one_year=year is not None)

    def find_rule(
        self, name: str, year: int | None = None, program: str | None = None
    ) -> RuleDetails | OwnFindingRecord:
        """Return everything that is known of a rule, named by its code or slug.

        Raises SelectorError with the nearest known name where there is none, or where the rule
        does not run in the year.
        """
        if (own := find_framework_rule(name)) is not None:
            return describe_own_finding(own, rule_address(own.record.code, self._help_base))
        chosen = self._program(program)
        code = find_code(self._registry, [chosen], name)
        books = self._editions(year, chosen)
        having = [book for book in books if code in book.clauses]
        if year is not None and not having:
            raise UsageError(f"{code} has no clause in {chosen} {year}")
        found = self._registry.rules.get(code)
        newest_first = sorted(having, key=lambda book: (book.status != "final", -book.year))
        examples = showcase(code, [b.year for b in newest_first], found.rule if found else None)
        return describe_rule(code, found, having, examples, rule_address(code, self._help_base))

    def list_details(self, year: int, program: str) -> list[RuleDetails]:
        """Return everything but examples of each rule of a year, by code."""
        book, rules = self._rulebooks.rulebook(program, year), self._registry.rules
        return [
            describe_rule(code, rules.get(code), [book], Showcase(), None)
            for code in sorted(book.clauses)
        ]

    def list_years(self, program: str | None = None) -> list[YearRow]:
        """Return every year that has a rulebook, oldest first, of one program or of all."""
        programs = [self._program(program)] if program else self._rulebooks.programs
        return describe_years(self._registry, programs)

    @property
    def _rulebooks(self) -> Rulebooks:
        return self._registry.rulebooks

    def _editions(self, year: int | None, program: str | None) -> Sequence[Rulebook]:
        chosen = self._program(program)
        if year is not None:
            return [self._rulebooks.rulebook(chosen, year)]
        return list_editions(self._rulebooks, chosen)

    def _program(self, name: str | None) -> str:
        return find_program(self._rulebooks, name, "choose one with program=NAME")
