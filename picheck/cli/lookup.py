"""Which program, year and rule a listing command is about, and what to say where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

import click

from picheck.cli.options import load_inventory, plugin_options, say_failed
from picheck.engine.selection import Selection
from picheck.errors import UsageError
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.registry import Rulebooks
from picheck.site.inventory import find_code
from picheck.validation import closest_match

F = TypeVar("F", bound=Callable[..., Any])

#: A list that lacks what a broken plugin would have brought is told apart by its exit code.
INCOMPLETE = 4

EXIT_CODES = """\b
Exit codes:
  0  listed
  2  usage: an unknown name, year or option, or a plugin conflict
  4  listed, but a plugin did not load: something may be missing"""


def lists_inventory(command: Callable[..., int | None]) -> Callable[..., int]:
    """Give a command the plugin options, and hand it the registry they make.

    Plugins that did not load are told on standard error; then the exit code is 4 where it
    would have been 0.
    """

    @plugin_options
    @wraps(command)
    def wrapped(
        plugins: tuple[str, ...], required: tuple[str, ...], *, autoload: bool, **options: Any
    ) -> int:
        _, registry = load_inventory(plugins, required, autoload=autoload)
        say_failed(registry)
        code = command(registry=registry, **options) or 0
        return INCOMPLETE if code == 0 and registry.failed else code

    return wrapped


def program_option(command: F) -> F:
    """Give a command `--program`."""
    return click.option(
        "--program",
        metavar="NAME",
        help="The category of measurement sets [default: the only one that is installed].",
    )(command)


def year_option(text: str) -> Callable[[F], F]:
    """Give a command `-y/--year`, with this help."""
    return click.option("-y", "--year", type=int, metavar="Y", help=text)


def program_of(rulebooks: Rulebooks, name: str | None) -> str:
    """Return the program asked for, or the only one. Raises UsageError where neither exists."""
    known = rulebooks.programs
    if name is None and len(known) == 1:
        return known[0]
    listed = ", ".join(known) or "none"
    if name is None:
        choice = "choose one with --program" if known else "install or load a plugin with one"
        raise UsageError(f"programs with rulebooks: {listed}; {choice}")
    if name not in known:
        near = closest_match(name, list(known))
        hint = f"did you mean {near}?" if near else f"installed: {listed}"
        raise UsageError(f"no rulebook is for the program {name!r}; {hint}")
    return name


def rule_code(registry: PluginRegistry, program: str | None, name: str) -> str:
    """Return the code of a rule named by code or slug, of one program or of all of them.

    Raises SelectorError with the nearest known name.
    """
    return find_code(registry, [program] if program else registry.rulebooks.programs, name)


def selected(registry: PluginRegistry, selectors: Sequence[str]) -> frozenset[str]:
    """Return the codes that selectors choose; all of them for none."""
    rules = {code: found.rule for code, found in registry.rules.items()}
    return Selection(rules, selectors, ()).codes
