"""All pages about the rules and the years of the installed plugins."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from picheck.errors import UsageError
from picheck.plugins.registry import PluginRegistry
from picheck.site.catalogue import read_catalogue
from picheck.site.index_pages import write_indexes
from picheck.site.links import rule_path, year_path
from picheck.site.rule_page import write_rule
from picheck.site.year_page import write_year


def write_pages(
    registry: PluginRegistry, codes: Collection[str], title: str
) -> Iterator[tuple[str, str]]:
    """Yield the path and the Markdown text of each page: lists, rules, years.

    The same plugins give the same pages, byte for byte. Raises UsageError where there is no rule
    to write about, or where a rulebook or a case cannot be read.
    """
    if not codes:
        raise UsageError("no rule is left to write a page about; select others, or load a plugin")
    catalogue = read_catalogue(registry, codes)
    yield from write_indexes(catalogue, title)
    for entry in catalogue.rules.values():
        yield rule_path(entry.code), write_rule(catalogue, entry)
    for edition in catalogue.editions:
        yield year_path(edition), write_year(catalogue, registry, edition)
