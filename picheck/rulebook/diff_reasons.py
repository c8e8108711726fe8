"""Why two editions differ: each difference with the reasons that the years declared for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec

from picheck.model.citation import Citation
from picheck.rulebook.diff import Difference, differences, reasons
from picheck.rulebook.models import Rulebook
from picheck.rulebook.registry import Rulebooks


class Because(msgspec.Struct, frozen=True, kw_only=True):
    """One declared reason: the year that declared it, its words, and its sources."""

    year: int
    reason: str
    citations: tuple[Citation, ...] = ()


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """One difference and the reasons for it, oldest first; none where no year declares one."""

    difference: Difference
    reasons: tuple[Because, ...] = ()


def explain_between(
    rulebooks: Rulebooks, program: str, first: int, second: int
) -> tuple[Explained, ...]:
    """Return what differs from one year to another, later or earlier, by path.

    The reasons are those of every edition after the earlier of the two, up to the later. Raises
    RulebookError for a year without an edition.
    """
    early, late = sorted((first, second))
    declaring = [
        rulebooks.rulebook(program, year)
        for year in rulebooks.years(program)
        if early < year <= late
    ]
    found = differences(rulebooks.rulebook(program, first), rulebooks.rulebook(program, second))
    return tuple(
        Explained(difference=one, reasons=tuple(_reasons_for(one.path, declaring))) for one in found
    )


def group_by_decision(found: Iterable[Explained]) -> Iterator[tuple[str, tuple[Explained, ...]]]:
    """Yield the section of a rulebook and the differences in it that have the same reasons."""
    # they come sorted by path, so those of one section stand together
    for section, inside in groupby(found, key=lambda one: one.difference.path.partition(".")[0]):
        decisions: dict[bytes, list[Explained]] = {}
        for one in inside:
            decisions.setdefault(msgspec.json.encode(one.reasons), []).append(one)
        for together in decisions.values():
            yield section, tuple(together)


def _reasons_for(path: str, declaring: Iterable[Rulebook]) -> Iterator[Because]:
    """Yield each declared reason once; a change of a part explains a change of the whole."""
    for edition in declaring:
        seen: set[str] = set()
        for declared, change in reasons(edition).items():
            if _overlap(path, declared) and change.reason not in seen:
                seen.add(change.reason)
                yield Because(year=edition.year, reason=change.reason, citations=change.citations)


def _overlap(path: str, other: str) -> bool:
    # with a dot at the end of both: PI_EP_10 does not lie in PI_EP_1
    return f"{path}.".startswith(f"{other}.") or f"{other}.".startswith(f"{path}.")
