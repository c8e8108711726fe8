"""What a plugin declares about itself, held against what it hands over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from types import ModuleType

from picheck.model.frozen import thaw
from picheck.plugins.markers import API_VERSIONS
from picheck.plugins.one_file import is_one_file
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.models import Clause
from picheck.testing.assertions import describe_difference
from picheck.testing.cases import Case
from picheck.testing.certificate import Check
from picheck.testing.examples import Examples
from picheck.testing.pytest_plugin import cases_behind
from picheck.validation import faults


def declared_checks(
    module: ModuleType, registry: PluginRegistry, codes: Sequence[str], base: Examples
) -> tuple[Check, ...]:
    """Check the interface version, the prefix, the clauses, their terms and the examples.

    `base` are the compliant submissions that the plugin's cases depart from.
    """
    return (
        _version(module),
        _prefix(registry, codes),
        _clauses(registry, codes),
        _examples(module, registry, codes, base),
    )


def _version(module: ModuleType) -> Check:
    """A package says for which version it was written; a single file is that of its reader."""
    wanted = getattr(module, "picheck_api", API_VERSIONS[-1] if is_one_file(module) else None)
    return Check(
        name="says its version",
        passed=wanted is not None,
        detail=f'picheck_api = "{wanted}"',
        faults=()
        if wanted
        else (f'it has no picheck_api; add picheck_api = "{API_VERSIONS[-1]}"',),
    )


def _prefix(registry: PluginRegistry, codes: Sequence[str]) -> Check:
    """Every code carries one prefix that no other distribution uses."""
    prefixes = {code.partition("-")[0] for code in codes}
    own = registry.rules[codes[0]].owner.distribution
    shared = sorted(
        code
        for code, rule in registry.rules.items()
        if code.partition("-")[0] in prefixes and rule.owner.distribution != own
    )
    wrong = [f"{code} of another distribution has the same prefix" for code in shared]
    if len(prefixes) > 1:
        wrong.append(f"its codes carry {len(prefixes)} prefixes: {', '.join(sorted(prefixes))}")
    return Check(
        name="codes in its own prefix",
        passed=not wrong,
        detail=f"{', '.join(sorted(prefixes))}: {', '.join(codes)}",
        faults=tuple(wrong),
    )


def _clauses(registry: PluginRegistry, codes: Sequence[str]) -> Check:
    """Every rule has a clause, every clause a citation, and terms that fit its rule."""
    found = [(where, clause) for where, clause in _all_clauses(registry) if clause.code in codes]
    wrong = [fault for where, clause in found for fault in _clause_faults(registry, where, clause)]
    wrong += [
        f"{code} has no clause in any installed rulebook, so it never runs"
        for code in codes
        if code not in {clause.code for _, clause in found}
    ]
    years = sorted({where.rpartition(" ")[2] for where, _ in found})
    return Check(
        name="clauses cited and fitting",
        passed=not wrong,
        detail=f"{len(found)} clauses in {', '.join(years) or 'no year'}",
        faults=tuple(wrong),
    )


def _all_clauses(registry: PluginRegistry) -> Iterator[tuple[str, Clause]]:
    rulebooks = registry.rulebooks
    for program in rulebooks.programs:
        for year in rulebooks.years(program):
            for clause in rulebooks.rulebook(program, year).clauses.values():
                yield f"{program} {year}", clause


def _clause_faults(registry: PluginRegistry, where: str, clause: Clause) -> list[str]:
    label = f"{clause.code} in {where}"
    schema = {
        name: {"required": True, **term}
        for name, term in registry.rules[clause.code].rule.terms.items()
    }
    wrong = faults(thaw(clause.terms), schema, label)
    if not clause.citations:
        wrong.append(f"{label}: cites nothing; add a source")
    wrong += [
        f"{label}: variant {name} cites nothing; add a source"
        for name, variant in clause.variants.items()
        if not variant.citations
    ]
    return wrong


def _examples(
    module: ModuleType, registry: PluginRegistry, codes: Sequence[str], base: Examples
) -> Check:
    """Every case holds, and every rule has one that it finds fault with and one it passes."""
    place, cases = _find_cases(module, codes)
    wrong = [t for case in cases if (t := describe_difference(case, base.parts, registry))]
    for code in codes:
        own = [case for case in cases if case.rule == code]
        if not any(_expects(case, code) for case in own):
            wrong.append(f"{code} has no case that it finds fault with")
        if all(_expects(case, code) for case in own):
            wrong.append(f"{code} has no case that it passes")
    return Check(
        name="examples behave as declared",
        passed=not wrong,
        detail=f"{len(cases)} runs of the cases {place}",
        faults=tuple(wrong),
    )


def _find_cases(module: ModuleType, codes: Sequence[str]) -> tuple[str, Sequence[Case]]:
    """Return where a plugin's cases are, in words, and the cases.

    They are in its package; those of a single file are beside it, perhaps with those of others.
    """
    if is_one_file(module):
        file = Path(str(module.__file__))
        found = (cases_behind(file.parent / "cases" / f"{code}.json") for code in codes)
        return f"in cases beside {file.name}", tuple(chain.from_iterable(found))
    cases = cases_behind(module.__name__) if hasattr(module, "__path__") else ()
    return f"in {module.__name__}/cases", cases


def _expects(case: Case, code: str) -> bool:
    return any(expected.rule == code for expected in case.entry.expect)
