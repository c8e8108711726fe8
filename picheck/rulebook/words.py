"""How the values, years and differences of rulebooks are written in a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import msgspec

from picheck.model.frozen import thaw
from picheck.rulebook.diff import Difference
from picheck.rulebook.diff_reasons import Explained
from picheck.rulebook.models import Rulebook

#: The parts of a rulebook in which editions differ, as headings.
SECTIONS: Final = {
    "objectives": "Objectives",
    "measures": "Measures",
    "clauses": "Rules and their numbers",
}
#: What breaking a demand of the year costs, as headings.
REQUIREMENT_KINDS: Final = {
    "zero": "What makes the whole category score zero",
    "refusal": "What is refused",
    "reweighting": "Who may leave the category out, and how much it counts",
}


def show_value(value: Any) -> str:
    """Show a value of a rulebook in a line: texts as they are, the rest as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence) and value and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json.dumps(thaw(value), ensure_ascii=False)


def show_years(years: Iterable[int]) -> str:
    """Show years as spans: `2021-2023, 2025`."""
    ordered = sorted(set(years))
    if not ordered:
        return "-"
    breaks = [(a, b) for a, b in pairwise(ordered) if b != a + 1]
    starts = [ordered[0], *(b for _, b in breaks)]
    ends = [*(a for a, _ in breaks), ordered[-1]]
    return ", ".join(
        str(start) if start == end else f"{start}-{end}"
        for start, end in zip(starts, ends, strict=True)
    )


def group_by_value(values: Iterable[tuple[int, Any]]) -> Iterator[tuple[str, Any]]:
    """Group (year, value) pairs by value and yield (spans of years, value), oldest first."""
    groups: dict[bytes, tuple[list[int], Any]] = {}
    for year, value in values:
        groups.setdefault(msgspec.json.encode(value, enc_hook=dict), ([], value))[0].append(year)
    return ((show_years(years), value) for years, value in groups.values())


def count_kinds(found: Sequence[Explained]) -> str:
    """Say how many things were added, removed and changed."""
    counts = dict.fromkeys(("added", "removed", "changed"), 0)
    for one in found:
        counts[one.difference.kind] += 1
    return ", ".join(f"{count} {kind}" for kind, count in counts.items() if count) or "nothing"


class Names:
    """What the ids and codes in the path of a difference are called.

    `slugs` names the installed rules by code.
    """

    def __init__(self, before: Rulebook, after: Rulebook, slugs: Mapping[str, str]) -> None:
        self._titles = {
            **{key: measure.title for key, measure in before.measures.items()},
            **{key: measure.title for key, measure in after.measures.items()},
            **before.objectives,
            **after.objectives,
            **slugs,
        }
        self._owners = {
            code: clause.plugin
            for edition in (before, after)
            for code, clause in edition.clauses.items()
        }

    def find_owner(self, difference: Difference) -> str | None:
        """Return the plugin that added the clause a difference lies in, if one did."""
        return self._owners.get(difference.path.split(".")[1]) or None

    def name(self, key: str) -> str:
        """Return an id or a code with its title, where it has one."""
        title = self._titles.get(key)
        return f"{key} {title}" if title else key


def describe_difference(difference: Difference, names: Names) -> str:
    """Say one difference: `PIC-PER-03 period-too-short: minimum_days 90 -> 180`."""
    _, name, *inner = difference.path.split(".")
    if inner[:1] == ["terms"]:
        inner = inner[1:]
    elif inner[:1] == ["variants"]:
        inner = ["variant", *inner[1:]]
    subject = names.name(name) + (f": {' '.join(inner)}" if inner else "")
    if difference.kind != "changed":
        return f"{subject} {difference.kind}" if inner else f"{subject}: {difference.kind}"
    return f"{subject}{' ' if inner else ': '}{_step(difference.old, difference.new)}"


def _step(old: Any, new: Any) -> str:
    """Say how a value changed; of a list, what came in and what went out."""
    if not (isinstance(old, list) and isinstance(new, list)):
        return f"{_value(old)} -> {_value(new)}"
    gone = [item for item in old if item not in new]
    came = [item for item in new if item not in old]
    # only the order differs, or how often an item is there
    if not gone and not came:
        return f"{_value(old)} -> {_value(new)}"
    parts = []
    if came:
        parts.append(f"new: {_items(came)}")
    if gone:
        parts.append(f"gone: {_items(gone)}")
    return "; ".join(parts)


def _items(items: Sequence[Any]) -> str:
    return ", ".join(_value(item) for item in items)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return show_value(value) if value not in ("", [], {}) else "none"
