"""The proof that is kept."""

from picheck.api import Rule, hookimpl, rules_in


@hookimpl
def picheck_register_rules() -> tuple[Rule, ...]:
    """Return the rules of this family."""
    return rules_in(__name__)
