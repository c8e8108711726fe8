"""How a family of rules offers what its folder holds."""

from collections.abc import Callable

from picheck.api import Rule, hookimpl, rules_in


def offer_rules(package: str) -> Callable[[], tuple[Rule, ...]]:
    """Return the hook of a family: it gives the rules in the modules of a package, by code."""

    @hookimpl
    def picheck_register_rules() -> tuple[Rule, ...]:
        return rules_in(package)

    return picheck_register_rules
