"""`picheck plugins`: what was found, what it brings, and what did not load."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from picheck.cli.console import say, say_json, say_labelled, say_wrapped
from picheck.cli.lookup import INCOMPLETE
from picheck.cli.options import format_option, load_inventory, plugin_options, say_failed
from picheck.cli.plugins_lock import lock
from picheck.cli.plugins_new import new
from picheck.cli.plugins_show import show
from picheck.cli.plugins_verify import verify
from picheck.cli.records import KINDS, list_contributions, plugin_row
from picheck.plugins.host import Host
from picheck.plugins.registry import PluginRegistry


@click.group("plugins")
def command() -> None:
    """List, make and check plugins.

    A plugin is a module behind an entry point of the group picheck. It brings rules, rulebooks,
    clauses or reporters; picheck's own come through the same door.
    """


for _subcommand in (new, show, verify, lock):
    command.add_command(_subcommand)


@command.command(
    "list",
    epilog="""\b
Exit codes:
  0  listed, every plugin loaded or was blocked on purpose
  2  usage, or two plugins claim one name, code or year
  4  listed, but a plugin did not load: every audit with it is incomplete

\b
Examples:
  picheck plugins list
  picheck plugins list -p no:acme
  picheck plugins list --no-plugin-autoload -p pi-2025 --format json""",
    short_help="List plugins: origin, status, hooks, and what they bring.",
)
@format_option
@plugin_options
def list_plugins(
    *, form: str, plugins: tuple[str, ...], required: tuple[str, ...], autoload: bool
) -> int:
    """List every plugin that was met: loaded, blocked or failed.

    Each is listed with the distribution and version it comes from, the hooks it implements, and
    the rules, rulebooks, clauses and reporters it brings; a blocked or failed one with the
    reason.
    """
    host, registry = load_inventory(plugins, required, autoload=autoload)
    say_failed(registry)
    _say_plugins(host, registry, form)
    return INCOMPLETE if registry.failed else 0


def _say_plugins(host: Host, registry: PluginRegistry, form: str) -> None:
    handed = list_contributions(registry)
    rows = [plugin_row(host, use, handed[use.name]) for use in registry.plugins]
    if form == "json":
        say_json(rows)
        return
    for row in rows:
        _say_plugin(row)
    tally = ", ".join(
        f"{count} {status}"
        for status in ("loaded", "blocked", "failed")
        if (count := sum(row["status"] == status for row in rows))
    )
    say(f"{len(rows)} plugin{'' if len(rows) == 1 else 's'}: {tally or 'none'}")


def _say_plugin(row: dict[str, Any]) -> None:
    version = f" {row['version']}" if row["version"] else ""
    say_wrapped(f"{row['name']}  {row['status']}  {row['distribution']}{version}")
    if row["reason"]:
        say_labelled("reason", row["reason"])
    for kind in KINDS:
        if row[kind]:
            say_labelled(kind, _join(row[kind]))


def _join(names: Sequence[str]) -> str:
    return ", ".join(names)
