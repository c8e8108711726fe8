"""A rule with its clauses, and what a plugin brings, as plain data for lists and their JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from picheck.engine.rule_records import severity_of
from picheck.model.report import PluginUse
from picheck.plugins.host import Host
from picheck.plugins.registry import InstalledRule, PluginRegistry
from picheck.rulebook.models import Clause, Rulebook
from picheck.testing.rule_examples import Example, Showcase

#: What a plugin can bring.
KINDS: Final = ("hooks", "rules", "rulebooks", "clauses", "evidence", "reporters")


def rule_record(
    code: str, found: InstalledRule | None, having: Sequence[Rulebook], examples: Showcase
) -> dict[str, Any]:
    """Return everything that is known of a rule: itself, its clauses by year, its examples."""
    rule = found.rule if found else None
    return {
        "code": code,
        "slug": rule.slug if rule else None,
        "title": rule.title if rule else None,
        "help": rule.help if rule else {},
        "scope": rule.scope if rule else None,
        "reads": rule.reads if rule else [],
        "evidence": rule.evidence if rule else [],
        "needs": rule.needs if rule else [],
        "origin": found.owner if found else None,
        "years": [clause_record(edition, edition.clauses[code]) for edition in having],
        "examples": {
            "failing": _example_record(examples.failing),
            "passing": _example_record(examples.passing),
        },
    }


def clause_record(edition: Rulebook, clause: Clause) -> dict[str, Any]:
    """Return a clause with its year, and its sources in full."""
    return {
        "year": edition.year,
        "status": edition.status,
        "consequence": clause.consequence,
        "severity": severity_of(clause, trust_unverified=False),
        "standing": clause.standing,
        "terms": clause.terms,
        "sources": clause.citations,
        "note": clause.note,
        "variants": {
            name: {
                "consequence": variant.consequence,
                "severity": severity_of(variant, trust_unverified=False),
                "sources": variant.citations,
                "note": variant.note,
            }
            for name, variant in clause.variants.items()
        },
    }


def _example_record(example: Example | None) -> dict[str, Any] | None:
    return msgspec.structs.asdict(example) if example else None


def brought(registry: PluginRegistry) -> dict[str, dict[str, list[str]]]:
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
