"""The clauses of a rule over the years: years with equal clauses are one run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from picheck.engine.rule_records import severity_of
from picheck.model.citation import Citation, best_standing
from picheck.model.frozen import thaw
from picheck.model.vocabulary import STANDINGS, Consequence, Severity, Standing
from picheck.rulebook.models import Clause, Rulebook, Variant
from picheck.rulebook.words import group_by_value
from picheck.site.catalogue import DatedClause

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_encode: Final = msgspec.json.Encoder(enc_hook=thaw, order="deterministic").encode


class Cost(NamedTuple):
    """What a finding costs in a year, and how far the sources of that can be trusted."""

    consequence: Consequence
    severity: Severity
    standing: Standing


class Run(NamedTuple):
    """Editions in which a clause says the same; `numbers` are terms of one number or date."""

    editions: tuple[Rulebook, ...]
    cost: Cost
    numbers: tuple[tuple[str, Any], ...]


class YearsOf(NamedTuple):
    """A value, and the years in which it holds: `2021-2023, 2025`."""

    years: str
    value: Any


class VariantRun(NamedTuple):
    """A milder or harder answer of a clause, with the years in which it says the same."""

    name: str
    years: str
    cost: Cost
    note: str | None


def list_runs(clauses: Iterable[DatedClause]) -> tuple[Run, ...]:
    """Return the runs of a rule's clauses in one program, oldest first.

    Years belong to one run where they follow each other and have equal terms, consequence,
    severity, standing, variants and status of the edition.
    """
    runs: list[list[DatedClause]] = []
    for dated in clauses:
        if runs and _continues(runs[-1][-1], dated):
            runs[-1].append(dated)
        else:
            runs.append([dated])
    return tuple(_run(each) for each in runs)


def _continues(before: DatedClause, after: DatedClause) -> bool:
    follows = before.edition.year + 1 == after.edition.year
    return follows and _essence(before) == _essence(after)


def _essence(dated: DatedClause) -> bytes:
    """Return what the clauses of one run share; citations and notes have lists of their own."""
    edition, clause = dated
    variants = {name: cost_of(variant) for name, variant in clause.variants.items()}
    return _encode((edition.status, cost_of(clause), clause.terms, variants))


def _run(dated: Sequence[DatedClause]) -> Run:
    clause = dated[0].clause
    return Run(
        editions=tuple(each.edition for each in dated),
        cost=cost_of(clause),
        numbers=tuple((name, value) for name, value in clause.terms.items() if is_number(value)),
    )


def cost_of(terms: Clause | Variant) -> Cost:
    """Return what a finding costs by a clause or by one of its variants."""
    # as an audit counts that is not told to trust unverified sources
    severity = severity_of(terms, trust_unverified=False)
    return Cost(terms.consequence, severity, best_standing(terms.citations))


def is_number(value: Any) -> bool:
    """Whether the value of a term is one number or one date."""
    if isinstance(value, str):
        return _DATE.fullmatch(value) is not None
    return isinstance(value, int | float)


def list_terms(clauses: Sequence[DatedClause]) -> dict[str, tuple[YearsOf, ...]]:
    """Return the terms that are more than a number or a date, each with the years of a value."""
    terms = [(dated.edition.year, dated.clause.terms) for dated in clauses]
    long = (name for _, held in terms for name, value in held.items() if not is_number(value))
    return {
        name: _group((year, held[name]) for year, held in terms if name in held)
        for name in dict.fromkeys(long)
    }


def list_notes(clauses: Iterable[DatedClause]) -> tuple[YearsOf, ...]:
    """Return the notes of a rule's clauses with their years."""
    return _group((d.edition.year, d.clause.note) for d in clauses if d.clause.note)


def list_sources(clauses: Iterable[DatedClause]) -> tuple[YearsOf, ...]:
    """Return every citation of a rule's clauses with the years in which it is cited.

    The strongest come first.
    """
    found = _group((d.edition.year, cited) for d in clauses for cited in _citations(d.clause))
    return tuple(sorted(found, key=lambda held: STANDINGS.index(held.value.standing)))


def _citations(clause: Clause) -> dict[Citation, None]:
    """Return each citation of a clause and of its variants once."""
    of_variants = (each for variant in clause.variants.values() for each in variant.citations)
    return dict.fromkeys((*clause.citations, *of_variants))


def list_variants(clauses: Sequence[DatedClause]) -> tuple[VariantRun, ...]:
    """Return the variants of a rule's clauses, the equal ones of several years in one."""
    names = dict.fromkeys(name for dated in clauses for name in dated.clause.variants)
    return tuple(
        VariantRun(name, years, *value)
        for name in names
        for years, value in _group(_variants(clauses, name))
    )


def _variants(
    clauses: Iterable[DatedClause], name: str
) -> Iterator[tuple[int, tuple[Cost, str | None]]]:
    for dated in clauses:
        if variant := dated.clause.variants.get(name):
            yield dated.edition.year, (cost_of(variant), variant.note)


def _group(values: Iterable[tuple[int, Any]]) -> tuple[YearsOf, ...]:
    return tuple(YearsOf(years, value) for years, value in group_by_value(values))
