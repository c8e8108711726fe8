"""`picheck plugins show`: one plugin, its options, hooks, rules, years and reporters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from picheck.cli.console import say, say_json, say_labelled, say_table, say_wrapped
from picheck.cli.options import format_option, load_inventory, plugin_options
from picheck.cli.records import KINDS, list_contributions, plugin_row
from picheck.errors import UsageError
from picheck.plugins.host import Host
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.words import show_value, show_years
from picheck.validation import closest_match


@click.command(
    "show",
    epilog="""\b
Exit codes:
  0  shown
  2  usage: no plugin has this name
  4  shown, but it did not load

\b
Examples:
  picheck plugins show acme
  picheck plugins show pi-2025 --format json""",
    short_help="Show one plugin: options, hooks, rules, years, reporters.",
)
@click.argument("name")
@format_option
@plugin_options
def show(
    name: str, form: str, plugins: tuple[str, ...], required: tuple[str, ...], *, autoload: bool
) -> int:
    """Show what a plugin brings, and what users can set in `[tool.picheck.plugins.NAME]`."""
    host, registry = load_inventory(plugins, required, autoload=autoload)
    record = _record(host, registry, name)
    if form == "json":
        say_json(record)
    else:
        _say(record)
    return 4 if record["status"] == "failed" else 0


def _record(host: Host, registry: PluginRegistry, name: str) -> dict[str, Any]:
    uses = {use.name: use for use in registry.plugins}
    if name not in uses:
        near = closest_match(name, list(uses))
        hint = f"did you mean {near!r}?" if near else "see picheck plugins list"
        raise UsageError(f"no plugin is called {name!r}; {hint}")
    row = plugin_row(host, uses[name], list_contributions(registry)[name])
    return {
        **row,
        "rules": [_rule(registry, code) for code in row["rules"]],
        "options": [
            _option(option, schema) for option, schema in registry.options.get(name, {}).items()
        ],
    }


def _rule(registry: PluginRegistry, code: str) -> dict[str, Any]:
    rulebooks, rule = registry.rulebooks, registry.rules[code].rule
    years = {
        year
        for program in rulebooks.programs
        for year in rulebooks.years(program)
        if code in rulebooks.rulebook(program, year).clauses
    }
    return {"code": code, "slug": rule.slug, "title": rule.title, "years": sorted(years)}


def _option(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Describe an option by its Cerberus schema; functions are left out."""
    limits = {
        key: value
        for key, value in schema.items()
        if key not in {"type", "default", "meta", "required"} and not callable(value)
    }
    return {
        "name": name,
        "type": schema.get("type"),
        "default": schema.get("default"),
        "required": bool(schema.get("required")),
        "help": schema.get("meta", {}).get("help"),
        "limits": limits,
    }


def _say(record: dict[str, Any]) -> None:
    version = f" {record['version']}" if record["version"] else ""
    say_wrapped(f"{record['name']}  {record['status']}  {record['distribution']}{version}")
    if record["reason"]:
        say_labelled("reason", record["reason"])
    for kind in KINDS:
        if record[kind] and kind != "rules":
            say_labelled(kind, ", ".join(record[kind]))
    if record["rules"]:
        say()
        rows = [(r["code"], r["slug"], show_years(r["years"]), r["title"]) for r in record["rules"]]
        say_table(["rule", "slug", "years", "title"], rows)
    say()
    if not record["options"]:
        say("takes no options")
        return
    rows = [(o["name"], o["type"], show_value(o["default"]), _limits(o)) for o in record["options"]]
    say_table(["option", "type", "default", "what it does"], rows)
    say()
    say(f"set them in [tool.picheck.plugins.{record['name']}]")


def _limits(option: dict[str, Any]) -> str:
    limits = ", ".join(f"{key} {show_value(value)}" for key, value in option["limits"].items())
    parts = (option["help"] or "", "must be set" if option["required"] else "", limits)
    return "; ".join(part for part in parts if part)
