"""The environment in which pages are filled in, the same for ours and for those of plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from picheck.model.printable import printable

if TYPE_CHECKING:
    from jinja2 import Environment


def make_environment(*packages: str) -> Environment:
    """Return a Jinja environment for pages, with the templates of some packages.

    `packages` are names of packages with a folder `templates`; the first that has a template
    gives it. Everything that is filled in is escaped, controls and direction marks are shown as
    their numbers, and a name that a page does not have is an error.
    """
    from jinja2 import (  # noqa: PLC0415 - only who writes a page pays for it
        ChoiceLoader,
        Environment,
        PackageLoader,
        StrictUndefined,
    )

    return Environment(
        loader=ChoiceLoader([PackageLoader(name) for name in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_printable,
    )


def _printable(value: Any) -> Any:
    """Show controls and direction marks as their numbers, wherever a text comes from."""
    return printable(value) if type(value) is str else value
