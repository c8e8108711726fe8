"""Which program, year and rule a listing command is about, and what to say where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

import click

from picheck.cli.options import load_inventory, plugin_options, say_failed
from picheck.engine.selection import Selection
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.registry import Rulebooks
from picheck.site.inventory import find_code, find_program

F = TypeVar("F", bound=Callable[..., Any])

#: A list that lacks what a broken plugin would have brought is known by its exit code.
INCOMPLETE = 4

EXIT_CODES = """\b
Exit codes:
  0  listed
  2  usage: an unknown name, year or option, or a plugin conflict
  4  listed, but a plugin did not load: something may be missing"""


def lists_inventory(command: Callable[..., int | None]) -> Callable[..., int]:
    """Give a command the plugin options, and hand it the registry they make.

    Plugins that did not load are named on standard error; then the exit code is 4 where it
    would have been 0.
    """

    @plugin_options
    @wraps(command)
    def run(
        plugins: tuple[str, ...], required: tuple[str, ...], *, autoload: bool, **options: Any
    ) -> int:
        _, registry = load_inventory(plugins, required, autoload=autoload)
        say_failed(registry)
        code = command(registry=registry, **options) or 0
        return INCOMPLETE if code == 0 and registry.failed else code

    return run


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
    some = "choose one with --program"
    none = "install or load a plugin with one"
    return find_program(rulebooks, name, some if rulebooks.programs else none)


def rule_code(registry: PluginRegistry, program: str | None, name: str) -> str:
    """Return the code of a rule named by code or slug, of one program or of all of them.

    Raises SelectorError with the nearest known name.
    """
    return find_code(registry, [program] if program else registry.rulebooks.programs, name)


def select_codes(registry: PluginRegistry, selectors: Sequence[str]) -> frozenset[str]:
    """Return the codes that selectors choose; all of them for none."""
    rules = {code: found.rule for code, found in registry.rules.items()}
    return Selection(rules, selectors, ()).codes
