"""`picheck plugins`: what was found, what it brings, and what did not load."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import click

from picheck.cli.choosing import INCOMPLETE
from picheck.cli.options import format_option, load_inventory, plugin_options, say_failed
from picheck.cli.printing import say, say_json, say_labelled, say_wrapped
from picheck.hooks.host import Host
from picheck.hooks.inventory import Inventory
from picheck.model.report import PluginUse


@click.group("plugins")
def command() -> None:
    """List, make and check plugins.

    A plugin is a module behind an entry point of the group picheck. It brings rules, rulebooks,
    clauses or reporters; picheck's own come through the same door.
    """


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

    Each is told with the distribution and version it comes from, the hooks it implements, and
    the rules, rulebooks, clauses and reporters it brings; a blocked or failed one with the
    reason.
    """
    host, inventory = load_inventory(plugins, required, autoload=autoload)
    say_failed(inventory)
    _say_plugins(host, inventory, form)
    return INCOMPLETE if inventory.failed else 0


def _say_plugins(host: Host, inventory: Inventory, form: str) -> None:
    brought = _brought(inventory)
    rows = [_row(host, use, brought[use.name]) for use in inventory.plugins]
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


def _brought(inventory: Inventory) -> dict[str, dict[str, list[str]]]:
    """Return what each plugin handed over, by plugin and by kind of thing."""
    brought: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for code, installed in sorted(inventory.rules.items()):
        brought[installed.reference.plugin]["rules"].append(code)
    shelf = inventory.shelf
    for program in shelf.programs:
        for year in shelf.years(program):
            brought[shelf.owner(program, year)]["rulebooks"].append(f"{program} {year}")
            for code, clause in shelf.rulebook(program, year).clauses.items():
                if clause.plugin:
                    brought[clause.plugin]["clauses"].append(f"{code} in {program} {year}")
    for name, owner in sorted(inventory.reporter_owners.items()):
        brought[owner.partition(" ")[0]]["reporters"].append(name)
    return brought


def _row(host: Host, use: PluginUse, brought: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "name": use.name,
        "distribution": use.distribution,
        "version": use.version,
        "status": use.status,
        "reason": use.reason,
        "hooks": list(host.hooks_of(use.name)) if use.status == "loaded" else [],
        **{kind: brought.get(kind, []) for kind in ("rules", "rulebooks", "clauses", "reporters")},
    }


def _say_plugin(row: dict[str, Any]) -> None:
    version = f" {row['version']}" if row["version"] else ""
    say_wrapped(f"{row['name']}  {row['status']}  {row['distribution']}{version}")
    if row["reason"]:
        say_labelled("reason", row["reason"])
    for kind in ("hooks", "rules", "rulebooks", "clauses", "reporters"):
        if row[kind]:
            say_labelled(kind, _listed(row[kind]))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
