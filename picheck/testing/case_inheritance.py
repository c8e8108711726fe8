"""A case that builds on another one: its departure comes on top, its expectations are added."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from picheck.testing.mutations import merge_patch

_ADDED: Final = ("prior", "others", "expect")
_LISTS: Final = ("without", "patch", "text")


def extend_case(
    case: dict[str, Any], cases_of: Callable[[str], list[dict[str, Any]]]
) -> dict[str, Any]:
    """Return a case with what it extends put under it.

    `"extends": {"rule": "PIC-PER-03", "case": "179 days"}` names a case of the rule's file,
    which `cases_of` reads. Raises LookupError where there is no such case.
    """
    if "extends" not in case:
        return case
    named = case["extends"]
    base = extend_case(_find(named["rule"], named["case"], cases_of), cases_of)
    own = {key: value for key, value in case.items() if key != "extends"}
    whole = {**base, **own, "change": _both(base.get("change", {}), own.get("change", {}))}
    for key in _ADDED:
        whole[key] = [*base.get(key, ()), *own.get(key, ())]
    if own.get("evidence") is not None and base.get("evidence") is not None:
        whole["evidence"] = merge_patch(base["evidence"], own["evidence"])
    return whole


def _find(code: str, name: str, cases_of: Callable[[str], list[dict[str, Any]]]) -> dict[str, Any]:
    cases = cases_of(code)
    found = next((case for case in cases if case["name"] == name), None)
    if found is None:
        known = ", ".join(repr(case["name"]) for case in cases)
        raise LookupError(f"no case of {code} is called {name!r}; there are {known}")
    return found


def _both(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Join two changes: objects key by key, lists one after the other."""
    both = {**first}
    for key, value in second.items():
        if key in _LISTS:
            both[key] = [*first.get(key, ()), *value]
        else:
            both[key] = {**first.get(key, {}), **value}
    return both
