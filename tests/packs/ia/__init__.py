"""A second rule pack, for another program: improvement activities. Invented for the tests."""

from __future__ import annotations

from picheck.api import Rule, RulebookSource, hookimpl, rulebook_in, rules_in

picheck_api = "2"


@hookimpl
def picheck_register_rules() -> tuple[Rule, ...]:
    """Hand over the rules of the pack."""
    return rules_in(f"{__name__}.rules")


@hookimpl
def picheck_register_rulebooks() -> tuple[RulebookSource, ...]:
    """Hand over the one edition there is."""
    return (rulebook_in(f"{__name__}.y2025", program="ia", year=2025),)
