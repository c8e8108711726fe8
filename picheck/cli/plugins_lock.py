"""`picheck plugins lock`: pin the plugins of an audit that must be reproducible."""

from __future__ import annotations

from pathlib import Path

import click

from picheck.cli.console import say
from picheck.cli.options import load_inventory, plugin_options
from picheck.errors import PluginError, UsageError
from picheck.file_access import write_text
from picheck.plugins.lockfile import LOCK_FILE, lock_of, write_lock


@click.command(
    "lock",
    epilog="""\b
Exit codes:
  0  written
  2  usage, or a plugin did not load: a broken set of plugins is not worth keeping

\b
Examples:
  picheck plugins lock
  picheck audit --locked submissions/""",
    short_help="Pin the loaded plugins by version and digest.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=LOCK_FILE,
    show_default=True,
    metavar="FILE",
    help="The lock file to write.",
)
@plugin_options
def lock(
    output: Path, plugins: tuple[str, ...], required: tuple[str, ...], *, autoload: bool
) -> None:
    """Write the loaded plugins with the version and the digest of their distributions.

    `picheck audit --locked` then refuses to run with any other plugin, version or file.
    """
    host, registry = load_inventory(plugins, required, autoload=autoload)
    for use in registry.failed:
        raise PluginError(
            f"plugin {use.name} did not load: {use.reason}; block it with -p no:{use.name}",
            plugin=use.name,
            distribution=use.distribution or use.name,
        )
    found = lock_of(host)
    try:
        write_text(output, write_lock(found))
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from error
    for each in found:
        count = "1 plugin" if len(each.plugins) == 1 else f"{len(each.plugins)} plugins"
        say(f"{each.name} {each.version}  sha256 {each.sha256[:12]}  {count}")
    say(f"written to {output}")
