"""What all loaded plugins handed over, each thing with one owner."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from operator import attrgetter
from typing import Any, Final, TypeVar

import msgspec

from picheck.errors import PluginConflict
from picheck.model.conversion import Format, suffixes_of
from picheck.model.evidence_sections import NO_SECTIONS, EvidenceSection, EvidenceSections
from picheck.model.report import PluginUse
from picheck.plugins.host import OWN_DISTRIBUTION, Host, Origin
from picheck.plugins.options import NO_OPTIONS, declared_options
from picheck.plugins.reporter import Reporter
from picheck.plugins.scorer import Preview
from picheck.rulebook.loader import RulebookSource
from picheck.rulebook.models import Clause
from picheck.rulebook.plugin_clauses import AddedClause
from picheck.rulebook.registry import Rulebooks
from picheck.rules.rule import Rule
from picheck.validation import closest_match

OWN_PREFIX: Final = "PIC"

T = TypeVar("T")


class InstalledRule(msgspec.Struct, frozen=True):
    """A rule and the plugin that brings it."""

    rule: Rule
    owner: Origin


class PluginRegistry(msgspec.Struct, frozen=True):
    """Rules by code, rulebooks by program and year, reporters by name, and every plugin met.

    `previews` say what a program's sets would score, by program; `options` are the option
    schemas of the plugins that declare any, by plugin name; `reporter_owners` names the plugin
    and distribution behind each reporter; `evidence` are the sections that plugins bring;
    `formats` are the formats beside JSON that documents may come in, by name.
    """

    rules: dict[str, InstalledRule]
    rulebooks: Rulebooks
    reporters: dict[str, Reporter]
    plugins: tuple[PluginUse, ...]
    options: Mapping[str, Mapping[str, Any]] = NO_OPTIONS
    reporter_owners: Mapping[str, str] = NO_OPTIONS
    previews: Mapping[str, Preview] = NO_OPTIONS
    evidence: EvidenceSections = NO_SECTIONS
    formats: Mapping[str, Format] = NO_OPTIONS

    @property
    def document_suffixes(self) -> tuple[str, ...]:
        """The suffixes of files in formats beside JSON, for whoever looks into folders."""
        return suffixes_of(self.formats.values())

    @property
    def failed(self) -> tuple[PluginUse, ...]:
        """The plugins that did not load; an audit without them is incomplete."""
        return tuple(use for use in self.plugins if use.status == "failed")


def collect_plugins(host: Host) -> PluginRegistry:
    """Call the registering hooks once and return what was handed over.

    Raises PluginConflict where two plugins own one rule code, slug, year or name.
    """
    host.check_pending()
    options = _options(host)
    rules = _rules(host)
    books = _collect(host, "rulebooks", RulebookSource, "rulebook", attrgetter("program", "year"))
    reporters = _collect(host, "reporters", Reporter, "reporter", attrgetter("name"))
    previews = _collect(host, "previews", Preview, "preview", attrgetter("program"))
    formats = _collect(host, "formats", Format, "input format", attrgetter("name"))
    clauses = _clauses(host, rules)
    sections = _sections(host, rules)
    failed = {use.name for use in host.failed}  # what fails in one thing is trusted in none

    def trusted(owned: dict[Any, tuple[Origin, T]]) -> dict[Any, tuple[Origin, T]]:
        return {key: pair for key, pair in owned.items() if pair[0].name not in failed}

    books, reporters = trusted(books), trusted(reporters)
    return PluginRegistry(
        rules={code: rule for code, rule in rules.items() if rule.owner.name not in failed},
        rulebooks=Rulebooks(
            {key: source for key, (_, source) in books.items()},
            {key: origin.name for key, (origin, _) in books.items()},
            [added for added in clauses if added[2].plugin not in failed],
        ),
        reporters={name: reporter for name, (_, reporter) in reporters.items()},
        reporter_owners={
            name: f"{origin.name} ({origin.distribution})"
            for name, (origin, _) in reporters.items()
        },
        plugins=host.plugins,
        options=options,
        previews={program: preview for program, (_, preview) in trusted(previews).items()},
        evidence=sections,
        formats={name: form for name, (_, form) in trusted(formats).items()},
    )


def _rules(host: Host) -> dict[str, InstalledRule]:
    """Collect the rules by code; no two of them have one slug."""
    handed = _own_codes_only(host, host.collect("picheck_register_rules", Rule))
    by_code = _keep_unique(handed, "rule code", attrgetter("code"))
    _keep_unique(by_code.values(), "slug", attrgetter("slug"))
    return {code: InstalledRule(rule, origin) for code, (origin, rule) in by_code.items()}


def _sections(host: Host, rules: Mapping[str, InstalledRule]) -> EvidenceSections:
    """Collect the evidence of plugins; one with a rule that reads what none brings has failed."""
    owned = _collect(host, "evidence", EvidenceSection, "evidence section", attrgetter("name"))
    brought = {name: section for name, (_, section) in owned.items()}
    everything = EvidenceSections(brought)
    failed = {use.name for use in host.failed}
    for code, installed in rules.items():
        fault = _key_fault(code, installed.rule.evidence, everything)
        if fault and installed.owner.name not in failed:
            host.fail(installed.owner, fault)
    failed = {use.name for use in host.failed}
    return EvidenceSections(
        {name: section for name, section in brought.items() if owned[name][0].name not in failed},
        {name: origin.name for name, (origin, _) in owned.items()},
        {
            use.name: "it did not load" if use.status == "failed" else f"it is {use.reason}"
            for use in host.plugins
            if use.status != "loaded"
        },
    )


def _key_fault(code: str, keys: Iterable[str], sections: EvidenceSections) -> str | None:
    """Return which evidence key of a rule no evidence can hold; None where all can be there."""
    for key in keys:
        if not sections.can_hold(key):
            near = closest_match(key, sections.keys)
            hint = f"did you mean {near}?" if near else "no loaded plugin brings it"
            return f"{code} reads {key!r}, which no evidence can hold; {hint}"
    return None


def _options(host: Host) -> dict[str, Mapping[str, Any]]:
    """Collect what the plugins let users set; one whose schema is none has failed."""
    options: dict[str, Mapping[str, Any]] = {}
    for origin in host.loaded:
        try:
            declared = declared_options(host.module_of(origin.name))
        except TypeError as error:
            host.fail(origin, str(error))
        else:
            if declared:
                options[origin.name] = declared
    return options


def _own_codes_only(host: Host, pairs: Iterable[tuple[Origin, Rule]]) -> list[tuple[Origin, Rule]]:
    """Refuse a plugin whose codes carry picheck's own prefix."""
    kept = []
    for origin, rule in pairs:
        if rule.code.startswith(f"{OWN_PREFIX}-") and origin.distribution != OWN_DISTRIBUTION:
            host.fail(origin, f"claims {rule.code}; the prefix {OWN_PREFIX} belongs to picheck")
        else:
            kept.append((origin, rule))
    failed = {use.name for use in host.failed}
    return [(origin, rule) for origin, rule in kept if origin.name not in failed]


def _clauses(host: Host, rules: dict[str, InstalledRule]) -> list[tuple[str, int, Clause]]:
    """Collect added clauses; a plugin may add them only for codes it owns, with every term."""
    clauses: list[tuple[str, int, Clause]] = []
    taken: set[tuple[str, str, int]] = set()
    for origin, added in host.collect("picheck_register_clauses", AddedClause):
        key = added.clause.code, added.program, added.year
        fault = _clause_fault(added.clause, origin, rules)
        if fault is None and key in taken:
            fault = f"hands over a second clause for {' '.join(map(str, key))}"
        if fault:
            host.fail(origin, fault)
            continue
        taken.add(key)
        clause = msgspec.structs.replace(added.clause, plugin=origin.name)
        clauses.append((added.program, added.year, clause))
    return clauses


def _clause_fault(clause: Clause, origin: Origin, rules: Mapping[str, InstalledRule]) -> str | None:
    """Return why a plugin may not add a clause; None where it may."""
    installed = rules.get(clause.code)
    if installed is None:
        # picheck's own codes stay picheck's also where their rules are blocked
        if clause.code.startswith(f"{OWN_PREFIX}-") and origin.distribution != OWN_DISTRIBUTION:
            return f"hands over a clause for {clause.code}, which belongs to {OWN_DISTRIBUTION}"
        return None
    owner = installed.owner.distribution
    if owner != origin.distribution:
        return f"hands over a clause for {clause.code}, which belongs to {owner}"
    if missing := installed.rule.missing_terms(clause.terms):
        return f"hands over a clause for {clause.code} that lacks the term {', '.join(missing)}"
    return None


def _collect(
    host: Host, things: str, expected: type, what: str, key: Callable[[Any], Hashable]
) -> dict[Any, tuple[Origin, Any]]:
    """Call the hook that hands over such things; return (origin, item) by key."""
    return _keep_unique(host.collect(f"picheck_register_{things}", expected), what, key)


def _keep_unique(
    pairs: Iterable[tuple[Origin, T]], what: str, key: Callable[[T], Hashable]
) -> dict[Any, tuple[Origin, T]]:
    """Return (origin, item) by key. Raises PluginConflict where two plugins have one key."""
    owned: dict[Any, tuple[Origin, T]] = {}
    for origin, item in pairs:
        name = key(item)
        if name in owned:
            first = owned[name][0]
            shown = " ".join(map(str, name)) if isinstance(name, tuple) else name
            raise PluginConflict(
                f"{what} {shown} is claimed by {first.name} ({first.distribution}) and"
                f" {origin.name} ({origin.distribution}); block one with -p no:{origin.name}",
                plugin=origin.name,
                distribution=origin.distribution,
            )
        owned[name] = origin, item
    return owned
