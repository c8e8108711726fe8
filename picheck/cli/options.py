"""Options that several commands share, and what they make of the plugins they name."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import click

from picheck.cli.stdout import prints_aside
from picheck.cli.supervision import supervise
from picheck.errors import UsageError
from picheck.plugins.host import OWN_REPORTERS, Host
from picheck.plugins.registry import PluginRegistry, collect_plugins

F = TypeVar("F", bound=Callable[..., Any])


def plugin_options(command: F) -> F:
    """Give a command `-p`, `--no-plugin-autoload` and `--require-plugin`."""
    for option in (
        click.option(
            "--require-plugin",
            "required",
            multiple=True,
            metavar="SPEC",
            help='Refuse to run without this distribution, such as "acme>=1.2".',
        ),
        click.option(
            "--no-plugin-autoload",
            "autoload",
            flag_value=False,
            default=True,
            help="Load only the plugins named with -p.",
        ),
        click.option(
            "-p",
            "--plugin",
            "plugins",
            multiple=True,
            metavar="NAME",
            help="Load a plugin by name, module or file (./my_rules.py); -p no:NAME blocks one.",
        ),
    ):
        command = option(command)
    return command


def format_option(command: F) -> F:
    """Give a listing command `--format text|json`."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Text for people, JSON for programs.",
    )(command)


def load_inventory(
    plugins: Sequence[str], required: Sequence[str] = (), *, autoload: bool = True
) -> tuple[Host, PluginRegistry]:
    """Load the plugins that the options name and take stock of what they hand over.

    `PICHECK_PLUGINS` is an allow-list, names separated by commas. Raises UsageError or a
    PluginError where nothing can be audited with these plugins.
    """
    supervise(plugins, autoload=autoload)
    with prints_aside():
        return _load(plugins, required, autoload=autoload)


def _load(
    plugins: Sequence[str], required: Sequence[str], *, autoload: bool
) -> tuple[Host, PluginRegistry]:
    names = [_require(specification) for specification in required]
    allowed = os.environ.get("PICHECK_PLUGINS")
    host = Host(
        blocked=[name.removeprefix("no:") for name in plugins if name.startswith("no:")],
        allowed=None if allowed is None else [n.strip() for n in allowed.split(",") if n.strip()],
    )
    if autoload:
        host.discover()
    else:
        host.load(OWN_REPORTERS)
    for name in plugins:
        if not name.startswith("no:"):
            host.load(name)
    # where nothing is discovered, no name is met, and none can be called wrong
    if autoload and host.unmet:
        raise UsageError(
            f"no plugin is called {', '.join(host.unmet)}, so none is blocked or allowed by that"
            " name; see picheck plugins list"
        )
    registry = collect_plugins(host)
    for name in names:
        _require_part(name, registry)
    return host, registry


def say_failed(registry: PluginRegistry) -> None:
    """Tell on standard error which plugins did not load."""
    for use in registry.failed:
        click.echo(
            f"picheck: plugin {use.name} ({use.distribution}) did not load: {use.reason}", err=True
        )


def today() -> date:
    """Return today in UTC, or the day of SOURCE_DATE_EPOCH where that is set."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return datetime.now(UTC).date()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"SOURCE_DATE_EPOCH is {epoch!r}, expected seconds since 1970") from error


def wants_color(choice: str) -> bool:
    """Decide on colours for standard output: option, then environment, then terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


def split_list(values: Sequence[str]) -> tuple[str, ...]:
    """Read options that may be repeated and may hold several words separated by commas."""
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def _require_part(name: str, registry: PluginRegistry) -> None:
    """Raise UsageError where a distribution is there, but no plugin of it takes part."""
    from packaging.utils import canonicalize_name  # noqa: PLC0415 - rarely asked for

    uses = [
        use
        for use in registry.plugins
        if canonicalize_name(use.distribution or "") == canonicalize_name(name)
    ]
    if not any(use.status == "loaded" for use in uses):
        reasons = "; ".join(f"{use.name} is {use.status}: {use.reason}" for use in uses)
        raise UsageError(
            f"required plugin {name} takes no part: {reasons or 'it brings no plugin'}"
        )


def _require(specification: str) -> str:
    """Return the name of a required distribution.

    Raises UsageError where it is absent or its version does not fit.
    """
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - as below

    from packaging.requirements import (  # noqa: PLC0415 - rarely asked for
        InvalidRequirement,
        Requirement,
    )

    try:
        requirement = Requirement(specification)
    except InvalidRequirement as error:
        raise UsageError(
            f"--require-plugin {specification!r} is no requirement, such as acme>=1.2"
        ) from error
    try:
        found = version(requirement.name)
    except PackageNotFoundError as error:
        raise UsageError(
            f"required plugin {requirement.name} is not installed; pip install '{specification}'"
        ) from error
    # a pre-release that is installed counts: by itself packaging would leave it out
    if not requirement.specifier.contains(found, prereleases=True):
        raise UsageError(f"required plugin {specification}, but {requirement.name} {found} is here")
    return requirement.name
