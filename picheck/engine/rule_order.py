"""In which order rules run: each after those that it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from picheck.errors import RulebookError
from picheck.plugins.registry import InstalledRule


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
    graph = {
        code: sorted(need for need in installed[code].rule.needs if need in installed)
        for code in sorted(codes)
    }
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise RulebookError(f"rules need each other in a circle: {circle}") from error
