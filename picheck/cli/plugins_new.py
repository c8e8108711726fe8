"""`picheck plugins new`: a complete distribution to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from picheck.cli.console import say
from picheck.cli.lookup import program_of
from picheck.cli.options import load_inventory


@click.command(
    "new",
    epilog="""\b
Exit codes:
  0  written
  2  usage: a name, prefix or folder that cannot be used; nothing was written

\b
Examples:
  picheck plugins new acme --prefix ACME
  picheck plugins new acme --prefix ACME --output work/picheck-acme
  picheck plugins new activities --prefix ACT --program ia""",
    short_help="Write a new plugin: package, rule, clauses, cases, test, matrix.",
)
@click.argument("name")
@click.option("--prefix", required=True, metavar="PREFIX", help="The codes' prefix, such as ACME.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder to write; it must be empty or not be there [default: picheck-NAME].",
)
@click.option(
    "--program",
    metavar="NAME",
    help="The category of measurement sets that it is for; one that is not installed is brought"
    " along, with a rulebook of one year [default: the only one that is installed].",
)
def new(name: str, prefix: str, output: Path | None, program: str | None) -> None:
    """Write a complete distribution for a plugin, with one working rule.

    It can be installed and tested as it is; put your own rule in the place of the example.
    Nothing is downloaded, nothing is overwritten.
    """
    from picheck.testing.scaffold import scaffold  # noqa: PLC0415 - only this command needs it

    _, registry = load_inventory(())
    folder = output or Path(f"picheck-{name}")
    chosen = program or program_of(registry.rulebooks, None)
    for file in scaffold(name, prefix, folder, registry, chosen):
        say(file.as_posix())
    say()
    say(f"next: pip install -e {folder.as_posix()}, then pytest {folder.as_posix()}")
