"""`picheck config`: the settings, where each comes from, and whether they are sound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
from click.core import ParameterSource

from picheck.cli.audit_options import CommandOptions, audit_options, read_options
from picheck.cli.audit_parameters import example, settings_options
from picheck.cli.console import say, say_json, say_table
from picheck.cli.envvars import name_variables, option_name, variable_in_use
from picheck.cli.options import format_option, load_inventory, say_failed
from picheck.config.json_schema import json_schema
from picheck.config.settings import OPTION_KEYS, SETTINGS_SCHEMA, Settings
from picheck.errors import ConfigurationError
from picheck.validation import closest_match

_PREFIX = "PICHECK_AUDIT"
_EPILOG = """\b
Where settings come from, strongest first:
  the command line          picheck audit --fail-on warning
  the environment           PICHECK_AUDIT_FAIL_ON=warning
  the settings file         fail_on = "warning"
  the defaults

\b
Examples:
  picheck config show
  PICHECK_AUDIT_FAIL_ON=note picheck config show --format json
  picheck config validate -c ci/picheck.toml
  picheck config schema > picheck.schema.json
"""


class Effective(NamedTuple):
    """The audit's options as they are without a command line, and their settings file."""

    context: click.Context
    options: CommandOptions
    settings: Settings


@click.group("config", epilog=_EPILOG, short_help="Show and check the settings.")
def command() -> None:
    """Show and check the settings: picheck.toml, or [tool.picheck] in pyproject.toml.

    The file nearest to the working directory, searched upward, is the one that counts. Its keys
    are the audit's options with underscores; docs/settings.md lists them.
    """


@command.command(epilog=example("PICHECK_AUDIT_FAIL_ON=note picheck config show --format json"))
@settings_options
@format_option
def show(config: Path | None, form: str, *, isolated: bool) -> None:
    """Show the settings in force and where each comes from.

    Only a command line could still change them.
    """
    effective = _effective(config, isolated=isolated)
    rows = list(_rows(effective))
    found = effective.settings
    if form == "json":
        say_json(
            {
                "file": None if found.source is None else str(found.source),
                "options": {key: {"value": value, "source": why} for key, value, why in rows},
                "plugins": found.plugins,
                "overrides": [_list_settings(override) for override in found.overrides],
            }
        )
        return
    say(f"settings file: {found.source or 'none'}")
    say()
    extra = [
        *((f"plugins.{name}", table, str(found.source)) for name, table in found.plugins.items()),
        *(
            (f"overrides.{place}", _list_settings(each), str(found.source))
            for place, each in enumerate(found.overrides)
        ),
    ]
    say_table(
        ("setting", "from", "value"),
        ((key, why, _show(value)) for key, value, why in [*rows, *extra]),
    )


@command.command(epilog=example("picheck config validate -c ci/picheck.toml"))
@settings_options
def validate(config: Path | None, *, isolated: bool) -> int:
    """Check the settings and every file, rule, reporter and plugin they name.

    Exits with 0 where all is sound and with 2 where something is not.
    """
    from picheck.engine.document import DocumentAuditor  # noqa: PLC0415 - `config show` does without
    from picheck.engine.prior.loader import check_prior  # noqa: PLC0415 - as above

    effective = _effective(config, isolated=isolated)
    if effective.settings.source is None:
        raise ConfigurationError("there is no settings file here; write picheck.toml, or name one")
    options = effective.options
    _, registry = load_inventory(options.plugins, options.required)
    say_failed(registry)
    with effective.context.scope(cleanup=False):
        terms = audit_options(options, effective.settings)
    for given in options.formats:
        _check_format(given.partition("=")[0], list(registry.reporters))
    check_prior(options.prior)
    DocumentAuditor(registry, terms)  # reads waivers, baseline, selectors, format, plugin options
    say(f"{effective.settings.source} is sound")
    return 0


@command.command(epilog=example("picheck config schema > picheck.schema.json"))
def schema() -> None:
    """Print the JSON Schema of the settings, for editors that complete and check TOML."""
    say_json(json_schema(SETTINGS_SCHEMA, "picheck settings"))


def _effective(config: Path | None, *, isolated: bool) -> Effective:
    """Read the options that an audit would run with if it were given none."""
    from picheck.cli.audit import command as audit  # noqa: PLC0415 - only where it is asked for

    # an audit needs a path; this one is never read
    arguments = ["-"]
    if config is not None:
        arguments += ["--config", str(config)]
    if isolated:
        arguments += ["--isolated"]
    context = name_variables(audit, _PREFIX).make_context("audit", arguments)
    with context.scope(cleanup=False):
        return Effective(context, *read_options(CommandOptions, context.params))


def _rows(effective: Effective) -> Iterator[tuple[str, Any, str]]:
    """Yield (key, value, where it comes from) for every setting that is an option."""
    parameters = {
        option_name(parameter): parameter for parameter in effective.context.command.params
    }
    for key in OPTION_KEYS:
        parameter = parameters[key]
        name = parameter.name or ""
        if effective.context.get_parameter_source(name) == ParameterSource.ENVIRONMENT:
            source = variable_in_use(_PREFIX, parameter)
        elif key in effective.settings.options:
            source = str(effective.settings.source)
        else:
            source = "default"
        value = getattr(effective.options, name)
        yield key, str(value) if isinstance(value, Path) else value, source


def _list_settings(override: Any) -> dict[str, Any]:
    keys = {"files": "files", "select": "select", "ignore": "ignore", "gate": "fail_on"}
    return {key: getattr(override, name) for name, key in keys.items() if getattr(override, name)}


def _show(value: Any) -> str:
    if value is None or value == ():
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return "; ".join(f"{key} = {_show(inner)}" for key, inner in value.items())
    return str(value)


def _check_format(name: str, known: list[str]) -> None:
    if name not in known:
        near = closest_match(name, known)
        hint = f"did you mean {near}?" if near else f"known: {', '.join(sorted(known))}"
        raise ConfigurationError(f"format: no reporter is called {name!r}; {hint}")
