"""How a difference between two years is told: what, why, and by which source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

import msgspec

from picheck.cli.console import say, say_labelled, say_sources, say_wrapped, shown
from picheck.rulebook.diff import Difference
from picheck.rulebook.diff_reasons import Because, Explained
from picheck.rulebook.models import Rulebook

_SECTIONS: Final = {
    "objectives": "Objectives",
    "measures": "Measures",
    "clauses": "Rules and their numbers",
}
_UNDECLARED: Final = "no year declares a reason for it"


def say_differences(
    found: Iterable[Explained], before: Rulebook, after: Rulebook, slugs: Mapping[str, str]
) -> None:
    """Print differences in sections; those that one decision made share its reason.

    `slugs` names the installed rules by code.
    """
    names = _Names(before, after, slugs)
    for section, inside in groupby(found, key=_section):
        say()
        say(_SECTIONS.get(section, section))
        decisions: dict[bytes, list[Explained]] = {}
        for one in inside:
            decisions.setdefault(msgspec.json.encode(one.reasons), []).append(one)
        for together in decisions.values():
            _say_decision(together, names, spans_years=after.year - before.year not in (1, -1))


def as_records(found: Iterable[Explained]) -> list[dict[str, Any]]:
    """Return differences as plain data, for JSON."""
    return [
        {
            **msgspec.structs.asdict(one.difference),
            "reasons": [
                {"year": why.year, "reason": why.reason, "sources": why.citations}
                for why in one.reasons
            ],
        }
        for one in found
    ]


def counted_kinds(found: Sequence[Explained]) -> str:
    """Say how many things were added, removed and changed."""
    counts = dict.fromkeys(("added", "removed", "changed"), 0)
    for one in found:
        counts[one.difference.kind] += 1
    return ", ".join(f"{count} {kind}" for kind, count in counts.items() if count) or "nothing"


def _section(one: Explained) -> str:
    return one.difference.path.partition(".")[0]


def _say_decision(together: Sequence[Explained], names: _Names, *, spans_years: bool) -> None:
    say()
    for one in together:
        say_wrapped(_told(one.difference, names), "  ", "      ")
    reasons = together[0].reasons
    if not reasons:
        for owner in dict.fromkeys(names.owner(one.difference) for one in together):
            told = f"the plugin {owner} brings it, and declares no reason" if owner else _UNDECLARED
            say_labelled("why", told, "      ", 8)
    for why in reasons:
        _say_reason(why, spans_years=spans_years)


def _say_reason(why: Because, *, spans_years: bool) -> None:
    since = f"since {why.year}: " if spans_years else ""
    say_labelled("why", since + why.reason, "      ", 8)
    say_sources(why.citations, "      ", 8)


class _Names:
    """What the ids and codes in a path are called."""

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

    def owner(self, difference: Difference) -> str | None:
        """Return the plugin that added the clause a difference lies in, if one did."""
        return self._owners.get(difference.path.split(".")[1]) or None

    def of(self, key: str) -> str:
        title = self._titles.get(key)
        return f"{key} {title}" if title else key


def _told(difference: Difference, names: _Names) -> str:
    """Say one difference: `PIC-PER-03 period-too-short: minimum_days 90 -> 180`."""
    _, name, *inner = difference.path.split(".")
    if inner[:1] == ["terms"]:
        inner = inner[1:]
    elif inner[:1] == ["variants"]:
        inner = ["variant", *inner[1:]]
    subject = names.of(name) + (f": {' '.join(inner)}" if inner else "")
    if difference.kind != "changed":
        return f"{subject} {difference.kind}" if inner else f"{subject}: {difference.kind}"
    return f"{subject}{' ' if inner else ': '}{_step(difference.old, difference.new)}"


def _step(old: Any, new: Any) -> str:
    """Say how a value changed; of a list, what came in and what went out."""
    if not (isinstance(old, list) and isinstance(new, list)):
        return f"{_value(old)} -> {_value(new)}"
    gone = [item for item in old if item not in new]
    came = [item for item in new if item not in old]
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
    return shown(value) if value not in ("", [], {}) else "none"
