"""The rules that have a page: each with its clauses, its family and its examples."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import groupby
from types import MappingProxyType
from typing import Final, NamedTuple

import msgspec

from picheck.engine.framework_rules import FRAMEWORK_RULES, FrameworkRule
from picheck.plugins.registry import InstalledRule, PluginRegistry
from picheck.rulebook.models import Clause, Rulebook
from picheck.testing.rule_examples import Showcase, showcase

#: What the framework says of a run belongs to no plugin's package that could describe it.
_OWN_FAMILY: Final = "What a run has to say of itself"


class DatedClause(NamedTuple):
    """A rule's clause, and the edition that it is part of."""

    edition: Rulebook
    clause: Clause


class RuleEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One rule with everything that its page says.

    `clauses` are by program and year, oldest first; `installed` is None for the framework's own.
    """

    code: str
    slug: str
    title: str
    help: Mapping[str, str]
    installed: InstalledRule | None = None
    clauses: tuple[DatedClause, ...] = ()
    examples: Showcase = Showcase()

    @property
    def family(self) -> str:
        """The code without its number."""
        return self.code.rpartition("-")[0]

    def runs_in(self, program: str) -> bool:
        """Whether a year of the program has a clause for the rule."""
        return any(dated.edition.program == program for dated in self.clauses)


class Family(NamedTuple):
    """The rules of one family, in the order of their codes; `text` says what they look at."""

    prefix: str
    text: str
    rules: tuple[RuleEntry, ...]


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """All rules that have a page, by code, and all editions, by program and year."""

    rules: Mapping[str, RuleEntry]
    editions: tuple[Rulebook, ...]

    @property
    def families(self) -> tuple[Family, ...]:
        """The rules in families, in the order of the prefixes."""
        grouped = groupby(self.rules.values(), key=lambda entry: entry.family)
        families = [(prefix, tuple(entries)) for prefix, entries in grouped]
        owners = Counter(package for _, entries in families for package in _packages(entries))
        return tuple(
            Family(prefix, _describe(entries, owners), entries) for prefix, entries in families
        )

    @property
    def programs(self) -> tuple[str, ...]:
        """The programs that have an edition."""
        return tuple(dict.fromkeys(edition.program for edition in self.editions))

    def name_program(self, program: str) -> str:
        """Return the option that names a program to a command, where there are several."""
        return f" --program {program}" if len(self.programs) > 1 else ""


def read_catalogue(registry: PluginRegistry, codes: Collection[str]) -> Catalogue:
    """Return the catalogue of these rules.

    The framework's own findings are part of it where a rule of the same prefix is. Raises
    RulebookError for an edition that cannot be read, UsageError for a case that is written wrong.
    """
    books = registry.rulebooks
    editions = tuple(
        books.rulebook(program, year) for program in books.programs for year in books.years(program)
    )
    entries = [_make_entry(registry.rules[code], editions) for code in codes]
    prefixes = {code.partition("-")[0] for code in codes}
    entries += [
        _own(own) for code, own in FRAMEWORK_RULES.items() if code.partition("-")[0] in prefixes
    ]
    ordered = {entry.code: entry for entry in sorted(entries, key=lambda entry: entry.code)}
    return Catalogue(rules=MappingProxyType(ordered), editions=editions)


def _make_entry(found: InstalledRule, editions: tuple[Rulebook, ...]) -> RuleEntry:
    rule = found.rule
    clauses = tuple(_clauses(rule.code, editions))
    ordered = sorted(clauses, key=lambda each: (each.edition.status != "final", -each.edition.year))
    return RuleEntry(
        code=rule.code,
        slug=rule.slug,
        title=rule.title,
        help=rule.help,
        installed=found,
        clauses=clauses,
        examples=showcase(rule.code, [each.edition.year for each in ordered], rule),
    )


def _clauses(code: str, editions: tuple[Rulebook, ...]) -> Iterator[DatedClause]:
    for edition in editions:
        if clause := edition.clauses.get(code):
            yield DatedClause(edition, clause)


def _own(own: FrameworkRule) -> RuleEntry:
    record = own.record
    return RuleEntry(code=record.code, slug=record.slug, title=record.title, help=own.help)


def _describe(entries: tuple[RuleEntry, ...], owners: Mapping[str, int]) -> str:
    """Return what a family looks at: the docstring of the package that holds it and no other."""
    packages = _packages(entries)
    if not packages:
        return _OWN_FAMILY
    package = next(iter(packages))
    return _first_line(package) if len(packages) == owners[package] == 1 else ""


def _packages(entries: tuple[RuleEntry, ...]) -> frozenset[str]:
    modules = (e.installed.rule.check.__module__ for e in entries if e.installed)
    return frozenset(module.rpartition(".")[0] or module for module in modules)


def _first_line(module: str) -> str:
    # not imported for this: its rules are loaded, so it is, too
    docstring: str = getattr(sys.modules.get(module), "__doc__", None) or ""
    return " ".join(docstring.strip().partition("\n\n")[0].split()).rstrip(".")
