"""The changes that would bring points, told on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from picheck.api import Style
from picheck_pi.scoring.terminal import painted, wrapped


def changes(record: Mapping[str, Any], style: Style) -> Iterator[str]:
    """Yield what would bring points, most points first, and what no change can settle."""
    yield ""
    yield painted("What would bring points (each one tried on a copy)", "heading", style)
    if not record["whatIf"]:
        yield from wrapped("nothing that picheck could try would bring a point", style)
    for item in record["whatIf"]:
        attest = "  [needs a fact only you can attest]" if item["attest"] else ""
        after = "  after the change above" if item["after"] else ""
        yield from wrapped(
            f"+{item['points']:<3} {item['change']} -> {item['score']}{after}{attest}",
            style,
            "  ",
            "       ",
        )
        if item["settles"]:
            yield from wrapped(f"settles {', '.join(item['settles'])}", style, "       ", "       ")
        if item["fact"]:
            yield from wrapped(f"only if: {item['fact']}", style, "       ", "       ")
        if item["alternatives"]:
            others = "; or ".join(item["alternatives"])
            yield from wrapped(f"or: {others}", style, "       ", "       ")
