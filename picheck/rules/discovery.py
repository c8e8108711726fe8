"""All installed rules, by code, and the rules of one package."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

from picheck.rules.rule import Rule


def rules_in(package: ModuleType | str) -> tuple[Rule, ...]:
    """Return the rules defined in the modules directly inside a package, by code.

    One rule a module: it is called like its rule.
    """
    if isinstance(package, str):
        package = importlib.import_module(package)
    found: list[Rule] = []
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        found.extend(value for value in vars(module).values() if isinstance(value, Rule))
    return tuple(sorted(found, key=lambda rule: rule.code))
