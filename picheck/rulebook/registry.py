"""The rulebooks of installed rulebooks, each read when its year is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

import msgspec

from picheck.errors import RulebookError
from picheck.model.frozen import thaw
from picheck.rulebook.loader import RulebookSource
from picheck.rulebook.models import Clause, Rulebook


class Rulebooks:
    """Rulebooks by program and year.

    `sources` maps (program, year) to the edition's source; `owners` names the plugin behind
    each; `clauses` are those that plugins add to editions they do not own. `programs` are those
    that have any edition.
    """

    __slots__ = ("_added", "_owners", "_programs", "_read", "_sources")

    def __init__(
        self,
        sources: Mapping[tuple[str, int], RulebookSource],
        owners: Mapping[tuple[str, int], str],
        clauses: Iterable[tuple[str, int, Clause]] = (),
    ) -> None:
        self._sources = dict(sources)
        self._programs = tuple(sorted({program for program, _ in self._sources}))
        self._owners = dict(owners)
        self._read: dict[tuple[str, int], Rulebook] = {}
        self._added: dict[tuple[str, int], dict[str, Clause]] = {}
        for program, year, clause in clauses:
            self._added.setdefault((program, year), {})[clause.code] = clause

    @property
    def programs(self) -> tuple[str, ...]:
        """The programs that have any edition, sorted."""
        return self._programs

    def years(self, program: str) -> tuple[int, ...]:
        """The years that a program has an edition for."""
        return tuple(sorted(year for owner, year in self._sources if owner == program))

    def owner(self, program: str, year: int) -> str:
        """The plugin that owns an edition."""
        return self._owners[program, year]

    def package(self, program: str, year: int) -> str:
        """The package that holds the files of an edition."""
        return self._sources[program, year].package

    def has(self, program: str, year: int) -> bool:
        """Whether there is an edition for the year."""
        return (program, year) in self._sources

    def digests(self) -> Iterator[tuple[str, int, str]]:
        """Yield program, year and digest of each edition, with the clauses that plugins add.

        No edition is read for it. One whose files cannot be opened is left out.
        """
        for program, year in sorted(self._sources):
            # an audit of its year says what is wrong with it; a list of digests goes on
            with suppress(OSError, ImportError):
                digest = self._sources[program, year].digest()
                # two runs with other clauses of plugins are not under the same law
                if added := self._added.get((program, year)):
                    text = msgspec.json.encode(thaw([added[code] for code in sorted(added)]))
                    digest = hashlib.sha256(digest.encode() + text).hexdigest()
                yield program, year, digest

    def rulebook(self, program: str, year: int) -> Rulebook:
        """Return the edition, with the clauses that plugins add to it.

        Raises RulebookError where there is none, or where it cannot be read.
        """
        key = program, year
        if key not in self._read:
            self._read[key] = self._read_edition(key)
        return self._read[key]

    def years_knowing(self, program: str, measure_id: str) -> tuple[int, ...]:
        """Return the years whose measure table holds the id."""
        return tuple(
            year
            for year in self.years(program)
            if measure_id in self.rulebook(program, year).measures
        )

    def newest_final(self, program: str) -> Rulebook | None:
        """Return the program's newest edition whose status is final."""
        # from the newest on, so that no older edition is read
        for year in reversed(self.years(program)):
            rulebook = self.rulebook(program, year)
            if rulebook.status == "final":
                return rulebook
        return None

    def _read_edition(self, key: tuple[str, int]) -> Rulebook:
        source = self._sources.get(key)
        if source is None:
            program, year = key
            known = ", ".join(map(str, self.years(program))) or "none"
            raise RulebookError(f"no rulebook for {program} {year}; installed: {known}")
        rulebook = source.read()
        added = self._added.get(key)
        if not added:
            return rulebook
        if taken := sorted(added.keys() & rulebook.clauses.keys()):
            raise RulebookError(f"{taken[0]} has a clause in {key[0]} {key[1]} already")
        return msgspec.structs.replace(rulebook, clauses={**rulebook.clauses, **added})
