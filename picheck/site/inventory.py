"""Rules and years as plain records, for lists and their JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from picheck.engine.framework_rules import FRAMEWORK_RULES
from picheck.engine.rule_records import severity_of
from picheck.errors import SelectorError, UsageError
from picheck.model.vocabulary import Consequence, Scope, Severity, Standing
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.models import Clause, Rulebook
from picheck.rulebook.registry import Rulebooks
from picheck.validation import closest_match


class ClauseRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a breach of a rule costs in one year, and how good the sources are."""

    year: int
    consequence: Consequence
    severity: Severity
    standing: Standing


class RuleRow(msgspec.Struct, frozen=True, kw_only=True):
    """One rule in a list: what it is, whose it is, and the years that it runs in.

    What only an installed rule can say is None where no plugin brings the rule.
    """

    code: str
    slug: str | None
    title: str | None
    scope: Scope | None
    reads: tuple[str, ...]
    evidence: tuple[str, ...]
    plugin: str | None
    distribution: str | None
    years: tuple[int, ...]
    clauses: tuple[ClauseRow, ...]


class YearOwner(msgspec.Struct, frozen=True, kw_only=True):
    """The plugin that brings a year."""

    plugin: str
    distribution: str | None
    version: str | None


class YearRow(msgspec.Struct, frozen=True, kw_only=True):
    """One year's rulebook in a list; `measures` counts them in total and by category."""

    program: str
    year: int
    title: str
    status: str
    notice: str | None
    sha256: str
    owner: YearOwner
    measures: Mapping[str, int]
    rules: int
    requirements: int
    sources: int


def list_editions(rulebooks: Rulebooks, program: str) -> list[Rulebook]:
    """Return every edition of a program, oldest first."""
    return [rulebooks.rulebook(program, year) for year in rulebooks.years(program)]


def find_program(rulebooks: Rulebooks, name: str | None, advice: str) -> str:
    """Return the program asked for, or the only one.

    `advice` says how one is chosen. Raises UsageError where neither exists.
    """
    known = rulebooks.programs
    if name is None and len(known) == 1:
        return known[0]
    listed = ", ".join(known) or "none"
    if name is None:
        raise UsageError(f"programs with rulebooks: {listed}; {advice}")
    if name not in known:
        near = closest_match(name, list(known))
        hint = f"did you mean {near}?" if near else f"installed: {listed}"
        raise UsageError(f"no rulebook is for the program {name!r}; {hint}")
    return name


def find_code(registry: PluginRegistry, programs: Iterable[str], name: str) -> str:
    """Return the code of a rule named by code or slug.

    A code that has a clause in one of the programs but is not installed is known too. Raises
    SelectorError with the nearest known name.
    """
    slugs = {found.rule.slug: code for code, found in registry.rules.items()}
    codes = registry.rules.keys() | {
        code
        for program in programs
        for edition in list_editions(registry.rulebooks, program)
        for code in edition.clauses
    }
    if (code := name.upper()) in codes:
        return code
    if (slug := name.lower()) in slugs:
        return slugs[slug]
    # for the suggestion alone: the framework's own are looked up before
    codes |= FRAMEWORK_RULES.keys()
    near = closest_match(code, sorted(codes)) or closest_match(slug, sorted(slugs))
    hint = f"did you mean {near}?" if near else "see picheck rules list"
    raise SelectorError(f"no rule is called {name!r}; {hint}")


def describe_rules(
    registry: PluginRegistry,
    books: Sequence[Rulebook],
    chosen: Collection[str] | None,
    *,
    is_one_year: bool,
) -> list[RuleRow]:
    """Return the rules of some editions by code; of one year alone those with a clause in it.

    `chosen` are the codes to list; None lists all.
    """
    clauses = {code for book in books for code in book.clauses}
    codes = clauses if is_one_year else clauses | registry.rules.keys()
    if chosen is not None:
        codes &= set(chosen)
    return [_row(registry, books, code) for code in sorted(codes)]


def _row(registry: PluginRegistry, books: Iterable[Rulebook], code: str) -> RuleRow:
    found = registry.rules.get(code)
    having = [book for book in books if code in book.clauses]
    return RuleRow(
        code=code,
        slug=found.rule.slug if found else None,
        title=found.rule.title if found else None,
        scope=found.rule.scope if found else None,
        reads=found.rule.reads if found else (),
        evidence=found.rule.evidence if found else (),
        plugin=found.owner.name if found else None,
        distribution=found.owner.distribution if found else None,
        years=tuple(book.year for book in having),
        clauses=tuple(_clause_row(book.year, book.clauses[code]) for book in having),
    )


def _clause_row(year: int, clause: Clause) -> ClauseRow:
    return ClauseRow(
        year=year,
        consequence=clause.consequence,
        severity=severity_of(clause, trust_unverified=False),
        standing=clause.standing,
    )


def describe_years(registry: PluginRegistry, programs: Iterable[str]) -> list[YearRow]:
    """Return every edition of some programs, oldest first."""
    return [
        describe_year(registry, book)
        for program in programs
        for book in list_editions(registry.rulebooks, program)
    ]


def describe_year(registry: PluginRegistry, book: Rulebook) -> YearRow:
    """Return what is said of a rulebook in every list of them."""
    owner = registry.rulebooks.owner(book.program, book.year)
    use = next((use for use in registry.plugins if use.name == owner), None)
    categories = Counter(measure.category for measure in book.measures.values())
    return YearRow(
        program=book.program,
        year=book.year,
        title=book.title,
        status=book.status,
        notice=book.preview_note,
        sha256=book.sha256,
        owner=YearOwner(
            plugin=owner,
            distribution=use.distribution if use else None,
            version=use.version if use else None,
        ),
        measures={"total": len(book.measures), **dict(sorted(categories.items()))},
        rules=len(book.clauses),
        requirements=len(book.requirements),
        sources=len(book.sources),
    )
