"""The edition for performance year 2025."""

from __future__ import annotations

from picheck.api import RulebookSource, hookimpl, rulebook_in


@hookimpl
def picheck_register_rulebooks() -> tuple[RulebookSource, ...]:
    """Hand over the edition in this folder."""
    return (rulebook_in(__name__, program="pi", year=2025),)
