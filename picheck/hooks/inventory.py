"""What all loaded plugins handed over, each thing with one owner."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Final, TypeVar

import msgspec

from picheck.errors import PluginConflict
from picheck.hooks.host import Host, Origin
from picheck.hooks.reporter import Reporter
from picheck.hooks.settings import NO_OPTIONS, declared_options
from picheck.model.finding import RuleReference
from picheck.model.report import PluginUse
from picheck.rulebook.added import AddedClause
from picheck.rulebook.edition import Clause
from picheck.rulebook.reading import RulebookSource
from picheck.rulebook.shelf import Shelf
from picheck.rules.rule import Rule

OWN_PREFIX: Final = "PIC"
OWN_DISTRIBUTION: Final = "picheck"

T = TypeVar("T")


class InstalledRule(msgspec.Struct, frozen=True):
    """A rule and whose it is."""

    rule: Rule
    reference: RuleReference


class Inventory(msgspec.Struct, frozen=True):
    """Rules by code, rulebooks by program and year, reporters by name, and every plugin met.

    `options` are the option schemas of the plugins that declare any, by plugin name.
    """

    rules: dict[str, InstalledRule]
    shelf: Shelf
    reporters: dict[str, Reporter]
    plugins: tuple[PluginUse, ...]
    options: Mapping[str, Mapping[str, Any]] = NO_OPTIONS

    @property
    def failed(self) -> tuple[PluginUse, ...]:
        """The plugins that did not load; an audit without them is incomplete."""
        return tuple(use for use in self.plugins if use.status == "failed")


def take_inventory(host: Host) -> Inventory:
    """Call the registering hooks once and return what was handed over.

    Raises PluginConflict where two plugins own one rule code, slug, year or reporter name.
    """
    host.check_pending()
    options = _options(host)
    rules = {
        code: InstalledRule(rule, _reference(rule, origin))
        for code, (origin, rule) in _owned(
            _own_codes_only(host, host.collect("picheck_register_rules", Rule)),
            "rule code",
            lambda rule: rule.code,
        ).items()
    }
    _owned(
        ((host.origin(r.reference.plugin), r.rule) for r in rules.values()),
        "slug",
        lambda rule: rule.slug,
    )
    books = _owned(
        host.collect("picheck_register_rulebooks", RulebookSource),
        "rulebook",
        lambda source: (source.program, source.year),
    )
    reporters = _owned(
        host.collect("picheck_register_reporters", Reporter),
        "reporter",
        lambda reporter: reporter.name,
    )
    shelf = Shelf(
        {key: source for key, (_, source) in books.items()},
        {key: origin.name for key, (origin, _) in books.items()},
        _clauses(host, rules),
    )
    return Inventory(
        rules=rules,
        shelf=shelf,
        reporters={name: reporter for name, (_, reporter) in reporters.items()},
        plugins=host.plugins,
        options=options,
    )


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


def _own_codes_only(
    host: Host, pairs: Iterable[tuple[Origin, Rule]]
) -> list[tuple[Origin, Rule]]:
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
    """Collect added clauses; a plugin may add them only for codes it owns."""
    clauses: list[tuple[str, int, Clause]] = []
    for origin, added in host.collect("picheck_register_clauses", AddedClause):
        owner = rules.get(added.clause.code)
        if owner is not None and owner.reference.distribution != origin.distribution:
            host.fail(
                origin,
                f"hands over a clause for {added.clause.code},"
                f" which belongs to {owner.reference.distribution}",
            )
            continue
        clauses.append(
            (
                added.program,
                added.year,
                msgspec.structs.replace(added.clause, plugin=origin.name),
            )
        )
    return clauses


def _owned(
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


def _reference(rule: Rule, origin: Origin) -> RuleReference:
    return RuleReference(
        code=rule.code,
        slug=rule.slug,
        plugin=origin.name,
        distribution=origin.distribution,
        version=origin.version,
    )
