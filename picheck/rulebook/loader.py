"""An edition's folder becomes a rulebook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from picheck.errors import RulebookError
from picheck.model.citation import Citation
from picheck.model.vocabulary import Standing
from picheck.rulebook.files import REQUIRED_FILES, EditionFolder, ExtraTables, folder_of
from picheck.rulebook.models import (
    Change,
    Clause,
    LazySections,
    Measure,
    Requirement,
    Rulebook,
    Variant,
)
from picheck.rulebook.schema import (
    ChangesFile,
    ClauseEntry,
    MeasureEntry,
    MeasuresFile,
    Reference,
    RequirementEntry,
    SourceEntry,
)

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


class RulebookSource(msgspec.Struct, frozen=True):
    """Where an edition lies; it is read only when an audit needs its year."""

    program: str
    year: int
    package: str

    def read(self) -> Rulebook:
        """Read the edition. Raises RulebookError naming file, key and remedy."""
        return read_edition(folder_of(self.package), self.program, self.year)

    def digest(self) -> str:
        """Return the digest of the edition without reading it; the rulebook has it as `sha256`."""
        folder = folder_of(self.package)
        return EditionFolder(folder, _texts(folder)).digest()


def rulebook_in(package: str, *, program: str, year: int) -> RulebookSource:
    """Point to the edition whose TOML files lie in a package."""
    return RulebookSource(program, year, package)


def read_edition(folder: Traversable, program: str, year: int) -> Rulebook:
    """Read the TOML files of one folder into a rulebook.

    Raises RulebookError with one line for each fault, naming file, key and remedy.
    """
    texts = _texts(folder)
    if missing := [name for name in REQUIRED_FILES if name not in texts]:
        raise RulebookError(f"{folder}: {', '.join(missing)} is missing; an edition is complete")
    return _build(EditionFolder(folder, texts), program, year)


def _texts(folder: Traversable) -> dict[str, bytes]:
    """Return the texts of the TOML files of a folder, by name, in order."""
    return {
        entry.name: entry.read_bytes()
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    }


def _build(edition: EditionFolder, program: str, year: int) -> Rulebook:
    head = edition.decode("measures.toml", MeasuresFile)
    if (head.program, head.year) != (program, year):
        raise RulebookError(
            f"{edition.path('measures.toml')}: says {head.program} {head.year}, but it was"
            f" registered as {program} {year}; make them agree"
        )
    sources = edition.decode("sources.toml", dict[str, SourceEntry])
    known = Sources(sources, edition.path("sources.toml"))
    clauses = edition.decode("clauses.toml", dict[str, ClauseEntry])
    return Rulebook(
        program=program,
        year=year,
        title=head.title,
        status=head.status,
        preview_note=head.notice,
        sha256=edition.digest(),
        objectives=head.objectives,
        measures={key: _measure(key, entry) for key, entry in head.measures.items()},
        clauses={key: clause_of(key, entry, known) for key, entry in clauses.items()},
        sources={key: known.cite(Reference(key)) for key in sources},
        # read when they are asked for: an audit needs none of them
        lazy=LazySections(
            changes=partial(_changes, edition, known),
            requirements=partial(_requirements, edition, known),
            extra_tables=ExtraTables(edition),
        ),
    )


def _changes(edition: EditionFolder, known: Sources) -> tuple[Change, ...]:
    entries = edition.decode("changes.toml", ChangesFile).changes
    return tuple(
        Change(
            paths=entry.paths,
            kind=entry.kind,
            reason=entry.reason,
            citations=known.cite_all(entry.sources),
            old=entry.old,
            new=entry.new,
        )
        for entry in entries
    )


def _requirements(edition: EditionFolder, known: Sources) -> tuple[Requirement, ...]:
    entries = edition.decode("requirements.toml", dict[str, RequirementEntry])
    return tuple(
        Requirement(
            id=key,
            kind=entry.kind,
            title=entry.title,
            rules=entry.rules,
            citations=known.cite_all(entry.sources),
            note=entry.note,
        )
        for key, entry in entries.items()
    )


class Sources:
    """The sources of one edition, by key."""

    def __init__(self, sources: Mapping[str, SourceEntry], file: str) -> None:
        self._sources = sources
        self._file = file

    def cite(self, reference: Reference) -> Citation:
        """Resolve one reference. Raises RulebookError for a key that no source has."""
        source = self._sources.get(reference.key)
        if source is None:
            raise RulebookError(f"{self._file}: no source is called {reference.key!r}; add it")
        standing: Standing = source.standing
        return Citation(
            key=reference.key,
            title=source.title,
            standing=standing,
            locator=reference.at or source.locator,
            url=source.url,
        )

    def cite_all(self, references: Iterable[Reference]) -> tuple[Citation, ...]:
        """Resolve several references, in order."""
        return tuple(self.cite(reference) for reference in references)


def clause_of(code: str, entry: ClauseEntry, known: Sources) -> Clause:
    """Make a clause of a table, its sources resolved."""
    return Clause(
        code=code,
        consequence=entry.consequence,
        citations=known.cite_all(entry.sources),
        terms=entry.terms,
        variants={
            name: Variant(
                consequence=variant.consequence,
                citations=known.cite_all(variant.sources),
                note=variant.note,
            )
            for name, variant in entry.variants.items()
        },
        note=entry.note,
    )


def _measure(measure_id: str, entry: MeasureEntry) -> Measure:
    return Measure(
        id=measure_id,
        title=entry.title,
        objective=entry.objective,
        metric=entry.metric,
        category=entry.category,
        is_required=entry.required,
        is_bonus=entry.bonus,
        is_suppressed=entry.suppressed,
        exclusions=entry.exclusions,
        substitutes=entry.substitutes,
        levels=entry.levels,
        criterion=entry.criterion,
    )
