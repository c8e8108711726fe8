"""Which rules and which gate hold for a document: the run's own, or those of its file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from picheck.engine.matching import fits
from picheck.engine.selecting import Selection
from picheck.engine.terms import Gate, Override, Terms
from picheck.model.report import Notice
from picheck.rules.rule import Rule


class Scope(msgspec.Struct, frozen=True):
    """The codes that were chosen and the gate, for the documents of some files."""

    chosen: frozenset[str]
    gate: Gate


class Scopes:
    """The scopes of a run. Raises SelectorError for a selector that fits no rule."""

    def __init__(self, rules: Mapping[str, Rule], terms: Terms) -> None:
        self._rules = rules
        self._terms = terms
        self._scopes: dict[tuple[int, ...], Scope] = {}
        self.general = self._scope(())
        for place in range(len(terms.overrides)):
            self._scope((place,))
        self._met: dict[int, int] = {}

    def of(self, uri: str) -> Scope:
        """Return the scope of a document."""
        if not self._terms.overrides:
            return self.general
        return self._scope(self._holding(uri))

    def enter(self, uri: str) -> None:
        """Count a document for the overrides that hold for it."""
        for place in self._holding(uri) if self._terms.overrides else ():
            self._met[place] = self._met.get(place, 0) + 1

    def take(self) -> dict[int, int]:
        """Hand over what was counted and begin anew."""
        met, self._met = self._met, {}
        return met

    def absorb(self, met: Mapping[int, int]) -> None:
        """Add what a part of the run counted."""
        for place, number in met.items():
            self._met[place] = self._met.get(place, 0) + number

    def together(self, uris: Iterable[str]) -> frozenset[str]:
        """Return the codes that were chosen for any of the documents."""
        return frozenset().union(*(self.of(uri).chosen for uri in uris))

    def notices(self) -> Iterator[Notice]:
        """Say of every override for how many documents it held, and what it changed."""
        for place, override in enumerate(self._terms.overrides):
            count = self._met.get(place, 0)
            name = f"overrides.{place} ({', '.join(override.files)})"
            if not count:
                yield Notice(kind="overrideUnused", message=f"{name} fits no document")
                continue
            documents = "1 document" if count == 1 else f"{count:,} documents"
            yield Notice(kind="override", message=f"{name} held for {documents}: {_told(override)}")

    def _holding(self, uri: str) -> tuple[int, ...]:
        return tuple(
            place
            for place, override in enumerate(self._terms.overrides)
            if any(fits(pattern, uri, Path(override.folder)) for pattern in override.files)
        )

    def _scope(self, places: tuple[int, ...]) -> Scope:
        """Lay overrides over the run's terms: the last `select` and gate, every `ignore`."""
        if places not in self._scopes:
            select, ignore, gate = self._terms.select, self._terms.ignore, self._terms.gate
            for place in places:
                override = self._terms.overrides[place]
                select = override.select or select
                ignore += override.ignore
                gate = override.gate or gate
            self._scopes[places] = Scope(Selection(self._rules, select, ignore).codes, gate)
        return self._scopes[places]


def _told(override: Override) -> str:
    parts = (
        f"selecting {', '.join(override.select)}" if override.select else "",
        f"ignoring {', '.join(override.ignore)}" if override.ignore else "",
        f"gate {override.gate}" if override.gate else "",
    )
    return "; ".join(part for part in parts if part)
