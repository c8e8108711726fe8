"""What a plugin brings, as plain data for lists and their JSON."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from picheck.model.report import PluginUse
from picheck.plugins.host import Host
from picheck.plugins.registry import PluginRegistry

#: What a plugin can bring.
KINDS: Final = ("hooks", "rules", "rulebooks", "clauses", "evidence", "reporters")


def list_contributions(registry: PluginRegistry) -> dict[str, dict[str, list[str]]]:
    """Return what each plugin handed over, by plugin and by kind of thing."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for code, installed in sorted(registry.rules.items()):
        found[installed.owner.name]["rules"].append(code)
    rulebooks = registry.rulebooks
    for program in rulebooks.programs:
        for year in rulebooks.years(program):
            found[rulebooks.owner(program, year)]["rulebooks"].append(f"{program} {year}")
            for code, clause in rulebooks.rulebook(program, year).clauses.items():
                if clause.plugin:
                    found[clause.plugin]["clauses"].append(f"{code} in {program} {year}")
    for name in registry.evidence.schemas:
        found[registry.evidence.owners[name]]["evidence"].append(name)
    for name, owner in sorted(registry.reporter_owners.items()):
        found[owner.partition(" ")[0]]["reporters"].append(name)
    return found


def plugin_row(host: Host, use: PluginUse, handed: dict[str, list[str]]) -> dict[str, Any]:
    """Return one plugin with its origin, status, hooks, and what it handed over."""
    return {
        "name": use.name,
        "distribution": use.distribution,
        "version": use.version,
        "status": use.status,
        "reason": use.reason,
        "hooks": list(host.hooks_of(use.name)) if use.status == "loaded" else [],
        **{kind: handed.get(kind, []) for kind in KINDS if kind != "hooks"},
    }
