"""What stands in a measurement set, sorted once by the groups of the year's measure table."""

from __future__ import annotations

from functools import lru_cache

from picheck.api import SetView
from picheck_pi.table import table_of


class Present:
    """The answers of one set by group, in the order of the set, whatever their numbers.

    `exclusions` are the exclusion ids that stand there, whatever their value; `clashes` the
    pairs (each sorted) that may not stand in one set. Of the measures that ask for a level,
    `engaged` maps those that are answered yes to the levels answered yes, and `orphaned` are
    levels answered yes whose measure is not.
    """

    __slots__ = ("clashes", "engaged", "exclusions", "orphaned")

    def __init__(self, view: SetView) -> None:
        """Sort the answers in one pass: every rule of the pack would have to, else."""
        self.exclusions: list[str] = []
        self.clashes: list[tuple[str, str]] = []
        self.engaged: dict[str, list[str]] = {}
        self.orphaned: list[str] = []
        levels: list[str] = []
        table = table_of(view.rulebook)
        rows = table.rows
        for measure_id, answer in view.kinds.items():
            row = rows.get(measure_id)
            if row is None:
                continue
            kind, rivals = row
            if rivals:
                self._add_clashes(view, measure_id, rivals)
            if kind == "exclusion":
                self.exclusions.append(measure_id)
            elif answer is True:
                if kind == "levelled":
                    self.engaged[measure_id] = []
                elif kind == "level":
                    levels.append(measure_id)
        for level in levels:
            self.engaged.get(table.measure_of[level], self.orphaned).append(level)

    def _add_clashes(self, view: SetView, measure_id: str, rivals: tuple[str, ...]) -> None:
        """Enter the rivals of an id that stand there too; each pair once, by its lesser id."""
        for rival in rivals:
            if measure_id < rival and view.has(rival):
                self.clashes.append((measure_id, rival))


# All rules look at one set before the next set comes, so one is enough to remember.
present_in = lru_cache(maxsize=1)(Present)


def rated(view: SetView) -> list[str]:
    """Return the rates that are answered by counts, whatever they are, as the table has them."""
    kinds = view.kinds
    return [i for i in table_of(view.rulebook).rates if kinds.get(i) == "counts"]


class Rates:
    """The rates of one set by their numbers, in the order of the year's table.

    `tallies` are those whose counts are whole numbers, and `broken` those whose pair of counts
    is no honest one.
    """

    __slots__ = ("broken", "tallies")

    def __init__(self, view: SetView) -> None:
        """Read the counts of every rate once."""
        self.broken: list[str] = []
        self.tallies: dict[str, tuple[int, int]] = {}
        for measure_id in rated(view):
            tally = view.tally(measure_id)
            if tally is not None:
                self.tallies[measure_id] = tally
            if tally is None or tally[0] > tally[1]:
                self.broken.append(measure_id)


rates_in = lru_cache(maxsize=1)(Rates)
