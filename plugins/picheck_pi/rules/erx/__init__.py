"""Electronic prescribing, with the query of the drug monitoring program."""

from picheck.api import Rule, hookimpl, rules_in


@hookimpl
def picheck_register_rules() -> tuple[Rule, ...]:
    """Hand over the rules of this family."""
    return rules_in(__name__)
