"""What users set for a plugin, held against the options it declares.

A plugin module may declare `picheck_options`, a Cerberus schema by option name. Users set the
options in `[tool.picheck.plugins.NAME]`; rules read them as `the parameter `options``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from picheck.errors import ConfigurationError
from picheck.model.frozen import freeze
from picheck.model.report import PluginUse
from picheck.validation import closest_match, schema_fault, validate

ATTRIBUTE: Final = "picheck_options"
NO_OPTIONS: Final[Mapping[str, Any]] = MappingProxyType({})

#: Option schemas by plugin name.
Schemas = Mapping[str, Mapping[str, Any]]


def declared_options(plugin: object) -> Mapping[str, Any]:
    """Return the options that a plugin module declares; none where it declares nothing.

    Raises TypeError where they are no Cerberus schema by option name.
    """
    schema = getattr(plugin, ATTRIBUTE, None)
    if schema is None:
        return NO_OPTIONS
    if not isinstance(schema, Mapping) or not all(isinstance(name, str) for name in schema):
        raise TypeError(f"{ATTRIBUTE} is {type(schema).__name__}, expected a dict by option name")
    if fault := schema_fault(schema):
        raise TypeError(f"{ATTRIBUTE} is no Cerberus schema: {fault}")
    return schema


def resolve_options(
    given: Mapping[str, Mapping[str, Any]], schemas: Schemas, plugins: Iterable[PluginUse]
) -> dict[str, Mapping[str, Any]]:
    """Return the options of every plugin that declares any, defaults and coercions applied.

    Raises ConfigurationError with one line for each fault: an option no plugin declares, a
    value that does not fit, a plugin that is not installed.
    """
    met = {use.name: use.status for use in plugins}
    faults = [_stranger(name, met) for name in given if name not in met]
    faults += [
        f"plugins.{name}: the plugin {name} takes no options; remove the table"
        for name in given
        if met.get(name) == "loaded" and not schemas.get(name)
    ]
    settled: dict[str, Mapping[str, Any]] = {}
    for name, schema in schemas.items():
        try:
            values = validate(dict(given.get(name, {})), schema, f"plugins.{name}")
        except ConfigurationError as error:
            faults.append(str(error))
        else:
            settled[name] = freeze(values)
    if faults:
        raise ConfigurationError("\n".join(faults))
    return settled


def _stranger(name: str, known: Iterable[str]) -> str:
    near = closest_match(name, list(known))
    hint = f"did you mean {near!r}?" if near else "see picheck plugins list"
    return f"plugins.{name}: no plugin is called {name!r}; {hint}"
