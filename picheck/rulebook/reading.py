"""An edition's folder becomes a rulebook."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, Final, TypeVar

import msgspec

from picheck.errors import RulebookError
from picheck.model.citation import Citation
from picheck.model.outcome import Standing
from picheck.rulebook.contract import (
    ChangesFile,
    ClauseEntry,
    MeasureEntry,
    MeasuresFile,
    Reference,
    RequirementEntry,
    SourceEntry,
    explain,
)
from picheck.rulebook.edition import (
    Change,
    Clause,
    Measure,
    Requirement,
    Rulebook,
    Variant,
)

T = TypeVar("T")

_REQUIRED_FILES: Final = ("measures.toml", "clauses.toml", "sources.toml", "changes.toml")
_OWN_FILES: Final = (*_REQUIRED_FILES, "requirements.toml")


class RulebookSource(msgspec.Struct, frozen=True):
    """Where an edition lies; it is read only when an audit needs its year."""

    program: str
    year: int
    package: str

    def read(self) -> Rulebook:
        """Read the edition. Raises RulebookError naming file, key and remedy."""
        return read_edition(files(self.package), self.program, self.year)


def rulebook_in(package: str, *, program: str, year: int) -> RulebookSource:
    """Point to the edition whose TOML files lie in a package."""
    return RulebookSource(program, year, package)


def read_edition(folder: Traversable, program: str, year: int) -> Rulebook:
    """Read the TOML files of one folder into a rulebook.

    Raises RulebookError with one line for each fault, naming file, key and remedy.
    """
    texts = {
        entry.name: entry.read_bytes()
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    }
    if missing := [name for name in _REQUIRED_FILES if name not in texts]:
        raise RulebookError(f"{folder}: {', '.join(missing)} is missing; an edition is complete")
    tables = {name: _parse(folder, name, text) for name, text in texts.items()}
    return _build(_Edition(folder, tables), program, year, _digest(texts))


def _build(edition: _Edition, program: str, year: int, sha256: str) -> Rulebook:
    head = edition.decode("measures.toml", MeasuresFile)
    if (head.program, head.year) != (program, year):
        raise RulebookError(
            f"{edition.path('measures.toml')}: says {head.program} {head.year}, but it was"
            f" registered as {program} {year}; make them agree"
        )
    sources = edition.decode("sources.toml", dict[str, SourceEntry])
    library = Library(sources, edition.path("sources.toml"))
    clauses = edition.decode("clauses.toml", dict[str, ClauseEntry])
    changes = edition.decode("changes.toml", ChangesFile)
    requirements = edition.decode("requirements.toml", dict[str, RequirementEntry])
    return Rulebook(
        program=program,
        year=year,
        title=head.title,
        status=head.status,
        notice=head.notice,
        sha256=sha256,
        objectives=_sealed(head.objectives),
        measures=_sealed({key: _measure(key, entry) for key, entry in head.measures.items()}),
        clauses=_sealed({key: clause_of(key, entry, library) for key, entry in clauses.items()}),
        sources=_sealed({key: library.cite(Reference(key)) for key in sources}),
        changes=tuple(
            Change(
                paths=entry.paths,
                kind=entry.kind,
                reason=entry.reason,
                citations=library.cite_all(entry.sources),
                old=entry.old,
                new=entry.new,
            )
            for entry in changes.changes
        ),
        requirements=tuple(
            Requirement(
                id=key,
                kind=entry.kind,
                title=entry.title,
                rules=entry.rules,
                citations=library.cite_all(entry.sources),
                note=entry.note,
            )
            for key, entry in requirements.items()
        ),
        annexes=edition.annexes(),
    )


class _Edition:
    """The parsed tables of a folder, decoded on demand."""

    def __init__(self, folder: Traversable, tables: Mapping[str, dict[str, Any]]) -> None:
        self._folder = folder
        self._tables = tables

    def path(self, name: str) -> str:
        return str(self._folder.joinpath(name))

    def decode(self, name: str, shape: type[T]) -> T:
        table = self._tables.get(name, {})
        try:
            return msgspec.convert(table, shape)
        except msgspec.ValidationError as error:
            lines = explain(name, table, self.path(name)) or [f"{self.path(name)}: {error}"]
            raise RulebookError("\n".join(lines)) from error

    def annexes(self) -> dict[str, Mapping[str, Any]]:
        return {
            name.removesuffix(".toml"): table
            for name, table in self._tables.items()
            if name not in _OWN_FILES
        }


class Library:
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


def clause_of(code: str, entry: ClauseEntry, library: Library) -> Clause:
    """Make a clause of a table, its sources resolved."""
    return Clause(
        code=code,
        consequence=entry.consequence,
        citations=library.cite_all(entry.sources),
        terms=_sealed(entry.terms),
        variants={
            name: Variant(
                consequence=variant.consequence,
                citations=library.cite_all(variant.sources),
                note=variant.note,
            )
            for name, variant in entry.variants.items()
        },
        note=entry.note,
    )


def _sealed(table: dict[str, T]) -> Mapping[str, T]:
    """Make a table read-only: every rule of every document reads the same edition."""
    return MappingProxyType(table)


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


def _parse(folder: Traversable, name: str, text: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulebookError(f"{folder.joinpath(name)}: not TOML: {error}") from error


def _digest(texts: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, text in texts.items():
        digest.update(f"{name}\0{len(text)}\0".encode())
        digest.update(text)
    return digest.hexdigest()
