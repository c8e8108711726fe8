"""The records of a rulebook: one performance year's complete edition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from picheck.model.citation import Citation, best_standing
from picheck.model.frozen import ReadOnly, freeze
from picheck.model.vocabulary import Consequence, Standing

Status = Literal["final", "proposed"]
Metric = Literal["boolean", "proportion"]
ChangeKind = Literal["added", "removed", "changed"]
ReportingCategory = Literal["required", "bonus", "exclusion", "optional"]


class Measure(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One row of the year's measure table: anything that may be a `measureId`.

    `exclusions` excuse from this measure; `substitutes` may not be reported beside it; `levels` are
    the ids of its active engagement levels, earlier level first. `criterion` says in our words
    when an exclusion may be claimed.
    """

    id: str
    title: str
    objective: str
    metric: Metric
    category: ReportingCategory
    is_required: bool = msgspec.field(default=False, name="required")
    is_bonus: bool = msgspec.field(default=False, name="bonus")
    is_suppressed: bool = msgspec.field(default=False, name="suppressed")
    exclusions: tuple[str, ...] = ()
    substitutes: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    criterion: str | None = None


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """A milder or harder answer of the same clause, with its own consequence and citations."""

    consequence: Consequence
    citations: tuple[Citation, ...]
    note: str | None = None


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """A rule's terms in one year: parameters, consequence, citations.

    `clause["minimum_days"]` reads a term. `note` is shown to the user where sources conflict.
    """

    code: str
    consequence: Consequence
    citations: tuple[Citation, ...]
    terms: Mapping[str, Any]
    variants: Mapping[str, Variant]
    note: str | None = None
    plugin: str = ""

    def __post_init__(self) -> None:
        """Freeze the terms all the way down: every rule of every document reads the same law."""
        msgspec.structs.force_setattr(self, "terms", freeze(self.terms))
        msgspec.structs.force_setattr(self, "variants", freeze(self.variants))

    def __getitem__(self, term: str) -> Any:
        return self.terms[term]

    @property
    def standing(self) -> Standing:
        """The strongest standing among the clause's citations."""
        return best_standing(self.citations)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One declared difference from the year before, with its reason and source.

    `paths` say where it lies (`measures.PI_EP_2.category`,
    `clauses.PIC-PER-03.terms.minimum_days`); several paths share one entry where one decision
    changed them alike. `old` and `new` are given only for the kind `changed`.
    """

    paths: tuple[str, ...]
    kind: ChangeKind
    reason: str
    citations: tuple[Citation, ...] = ()
    old: Any = None
    new: Any = None

    def __post_init__(self) -> None:
        """Freeze the values."""
        msgspec.structs.force_setattr(self, "old", freeze(self.old))
        msgspec.structs.force_setattr(self, "new", freeze(self.new))


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """One demand of the year and the rules that check it; none, where nothing checks it.

    `kind` says what breaking it costs (`zero`, `refusal`, `reweighting`).
    """

    id: str
    kind: str
    title: str
    rules: tuple[str, ...]
    citations: tuple[Citation, ...]
    note: str | None = None


class LazySections(ReadOnly):
    """What an audit seldom asks of an edition, read when it is asked for.

    Reading TOML is a good part of a cold start; an audit needs measures, clauses and sources.
    """

    def __init__(
        self,
        changes: Callable[[], tuple[Change, ...]] = tuple,
        requirements: Callable[[], tuple[Requirement, ...]] = tuple,
        extra_tables: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    ) -> None:
        # past `ReadOnly`, which refuses every other way
        vars(self).update(_changes=changes, _requirements=requirements, extra_tables=extra_tables)

    _changes: Callable[[], tuple[Change, ...]]
    _requirements: Callable[[], tuple[Requirement, ...]]
    extra_tables: Mapping[str, Mapping[str, Any]]

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The declared differences from the year before."""
        return self._changes()

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """The year's demands, each with the rules that check it."""
        return self._requirements()


class Rulebook(msgspec.Struct, frozen=True, kw_only=True):
    """One program's law for one performance year.

    `program` is the category of the measurement sets it speaks of; `sha256` is the digest of
    its files. Only a `final` rulebook can yield the verdict `ready`.
    """

    program: str
    year: int
    title: str
    status: Status
    sha256: str
    objectives: Mapping[str, str]
    measures: Mapping[str, Measure]
    clauses: Mapping[str, Clause]
    sources: Mapping[str, Citation]
    lazy: LazySections = msgspec.field(default_factory=LazySections)
    preview_note: str | None = None
    rates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Freeze the tables, and list the ids of the rates."""
        for name in ("objectives", "measures", "clauses", "sources"):
            msgspec.structs.force_setattr(self, name, freeze(getattr(self, name)))
        rates = tuple(sorted(m.id for m in self.measures.values() if m.metric == "proportion"))
        msgspec.structs.force_setattr(self, "rates", rates)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The declared differences from the year before. Raises RulebookError if unreadable."""
        return self.lazy.changes

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """The year's demands and what checks them. Raises RulebookError if unreadable."""
        return self.lazy.requirements

    @property
    def extra_tables(self) -> Mapping[str, Mapping[str, Any]]:
        """The edition's further tables, by file name, handed on as they are."""
        return self.lazy.extra_tables

    def exclusions_of(self, measure_id: str) -> tuple[str, ...]:
        """Return the ids that excuse from a measure; none for an id the year does not know."""
        measure = self.measures.get(measure_id)
        return measure.exclusions if measure else ()

    def measures_excluded_by(self, exclusion_id: str) -> Iterator[str]:
        """Yield the ids of the measures that an exclusion excuses from."""
        return (m.id for m in self.measures.values() if exclusion_id in m.exclusions)
