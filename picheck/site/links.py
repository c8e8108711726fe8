"""Where each page lies, and how one page refers to another."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence

from picheck.rulebook.models import Rulebook
from picheck.site.catalogue import Catalogue
from picheck.site.markdown import Markdown, link_to


def rule_path(code: str) -> str:
    """Return the path of a rule's page, from the top."""
    return f"rules/{code}.md"


def family_path(prefix: str) -> str:
    """Return the path of the page of a family of rules, from the top."""
    return f"families/{prefix}.md"


def year_path(edition: Rulebook) -> str:
    """Return the path of the page of a year, from the top."""
    return f"years/{re.sub(r'[^A-Za-z0-9]+', '-', edition.program)}-{edition.year}.md"


class Links:
    """Links from one page to others of the same catalogue."""

    def __init__(self, catalogue: Catalogue, here: str) -> None:
        self._catalogue = catalogue
        self._folder = posixpath.dirname(here) or "."

    def page(self, label: str, path: str) -> Markdown:
        """Return a link to a page, by its path from the top."""
        return link_to(label, posixpath.relpath(path, self._folder))

    def rule(self, code: str) -> Markdown | str:
        """Return a link to a rule, or its code alone where it has no page."""
        return self.page(code, rule_path(code)) if code in self._catalogue.rules else code

    def rules(self, codes: Iterable[str]) -> Markdown:
        """Return links to several rules, in one line."""
        return Markdown(", ".join(self.rule(code) for code in codes))

    def family(self, prefix: str) -> Markdown:
        """Return a link to a family of rules."""
        return self.page(prefix, family_path(prefix))

    def year(self, edition: Rulebook) -> Markdown:
        """Return a link to a year, labelled with its number."""
        return self.page(str(edition.year), year_path(edition))

    def years(self, editions: Sequence[Rulebook]) -> Markdown:
        """Return links to the first and the last of years that follow each other."""
        first, last = editions[0], editions[-1]
        span = self.year(first) if first is last else f"{self.year(first)}-{self.year(last)}"
        return Markdown(f"{span} (preview)" if first.status != "final" else span)
