"""Which rules run on a document, in which order, and at which gate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import msgspec

from picheck.engine.file_patterns import matches
from picheck.engine.options import AuditOptions, Gate, Override
from picheck.errors import RulebookError, SelectorError
from picheck.model.report import Notice
from picheck.plugins.registry import InstalledRule
from picheck.rules.rule import Rule
from picheck.validation import closest_match


class Selection:
    """The rules that were selected. Raises SelectorError for a selector that fits no rule."""

    def __init__(
        self, rules: Mapping[str, Rule], select: Iterable[str], ignore: Iterable[str]
    ) -> None:
        self._rules = rules
        selected = self._codes(select)
        ignored = self._codes(ignore)
        kept = rules.keys() if selected is None else selected
        self.codes = frozenset(kept) - (ignored or frozenset())

    def left_out(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Return those of the codes that were not selected, sorted."""
        return tuple(sorted(set(codes) - self.codes))

    def _codes(self, selectors: Iterable[str]) -> frozenset[str] | None:
        selectors = tuple(selectors)
        if not selectors:
            return None
        return frozenset(code for selector in selectors for code in self._match(selector))

    def _match(self, selector: str) -> list[str]:
        wanted = selector.upper()
        found = [
            code
            for code, rule in self._rules.items()
            # with the hyphen: PIC-E is no prefix of PIC-ELG-01, and is refused with a suggestion
            if code == wanted or code.startswith(f"{wanted}-") or rule.slug == selector.lower()
        ]
        if found:
            return found
        known = {*self._rules, *(rule.slug for rule in self._rules.values())}
        known |= {code.rpartition("-")[0] for code in self._rules}
        hint = closest_match(wanted, sorted(known)) or closest_match(
            selector.lower(), sorted(known)
        )
        raise SelectorError(
            f"no rule is called {selector!r}"
            + (f"; did you mean {hint}?" if hint else "; see picheck rules list")
        )


class EffectiveSelection(msgspec.Struct, frozen=True):
    """The codes that are selected and the gate, for the documents of some files."""

    codes: frozenset[str]
    gate: Gate


class FileOverrides:
    """The selections of a run. Raises SelectorError for a selector that fits no rule."""

    def __init__(self, rules: Mapping[str, Rule], options: AuditOptions) -> None:
        self._rules = rules
        self._options = options
        self._effective: dict[tuple[int, ...], EffectiveSelection] = {}
        self.general = self._selection(())
        # a selector that fits no rule is refused before the first document, not at its file
        for index in range(len(options.overrides)):
            self._selection((index,))

    def of(self, uri: str) -> EffectiveSelection:
        """Return the selection that applies to a document."""
        if not self._options.overrides:
            return self.general
        return self._selection(self.overrides_of(uri))

    def overrides_of(self, uri: str) -> tuple[int, ...]:
        """Return the indexes of the overrides that apply to a document."""
        return tuple(
            index
            for index, override in enumerate(self._options.overrides)
            if any(matches(pattern, uri, Path(override.folder)) for pattern in override.files)
        )

    def codes_of(self, uris: Iterable[str]) -> frozenset[str]:
        """Return the codes that are selected for any of the documents."""
        return frozenset().union(*(self.of(uri).codes for uri in uris))

    def notices(self, used: Counter[int]) -> Iterator[Notice]:
        """Say of every override to how many documents it applied, and what it changed."""
        for index, override in enumerate(self._options.overrides):
            count = used[index]
            name = f"overrides.{index} ({', '.join(override.files)})"
            if not count:
                yield Notice(kind="overrideUnused", message=f"{name} matches no document")
                continue
            documents = "1 document" if count == 1 else f"{count:,} documents"
            yield Notice(
                kind="override", message=f"{name} applied to {documents}: {_describe(override)}"
            )

    def _selection(self, indexes: tuple[int, ...]) -> EffectiveSelection:
        """Put overrides over the run's options: the last `select` and gate, every `ignore`."""
        if indexes not in self._effective:
            options = self._options
            select, ignore, gate = options.select, options.ignore, options.gate
            for index in indexes:
                override = options.overrides[index]
                select = override.select or select
                ignore += override.ignore
                gate = override.gate or gate
            codes = Selection(self._rules, select, ignore).codes
            self._effective[indexes] = EffectiveSelection(codes, gate)
        return self._effective[indexes]


def with_needs(codes: Iterable[str], installed: Mapping[str, InstalledRule]) -> set[str]:
    """Return the codes with everything they need, directly or not."""
    found: set[str] = set()
    waiting = list(codes)
    while waiting:
        code = waiting.pop()
        if code not in found and code in installed:
            found.add(code)
            waiting.extend(installed[code].rule.needs)
    return found


def in_order(codes: Iterable[str], installed: Mapping[str, InstalledRule]) -> list[str]:
    """Sort codes so that each comes after those it needs; otherwise by code."""
    # sorted twice: sets and their rules must come in one order under every hash seed
    graph = {
        code: sorted(need for need in installed[code].rule.needs if need in installed)
        for code in sorted(codes)
    }
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise RulebookError(f"rules need each other in a circle: {circle}") from error


def _describe(override: Override) -> str:
    parts = (
        f"selecting {', '.join(override.select)}" if override.select else "",
        f"ignoring {', '.join(override.ignore)}" if override.ignore else "",
        f"gate {override.gate}" if override.gate else "",
    )
    return "; ".join(part for part in parts if part)
