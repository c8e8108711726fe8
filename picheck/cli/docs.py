"""`picheck docs`: pages about the rules and years of the installed plugins."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from picheck.cli.console import say
from picheck.cli.lookup import INCOMPLETE, lists_inventory, select_codes
from picheck.cli.options import split_list
from picheck.cli.stdout import write_utf8
from picheck.plugins.registry import PluginRegistry
from picheck.schemas import load_schema

_DEFAULT: Final = Path("build/docs")
EPILOG: Final = """\b
Exit codes:
  0  written
  2  usage: an unknown name or option, a folder that is not picheck's, a plugin conflict
  4  written, but a plugin did not load, or Sphinx found a fault

\b
Examples:
  picheck docs build
  picheck docs build --format html --select ACME --title "Rules of ACME"
  picheck docs build --format html --pages docs --output site"""


@click.group("docs")
def command() -> None:
    """Write pages about rules and years, to read and to publish."""


@command.command("build", epilog=EPILOG, short_help="Write a page for each rule and each year.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=_DEFAULT,
    show_default=True,
    metavar="DIR",
    help="The folder to write to: DIR/markdown, and DIR/html.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "html"]),
    default="markdown",
    show_default=True,
    help="Markdown files alone, or a web site too (needs picheck[site]).",
)
@click.option(
    "--pages",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Pages of your own, copied beside the others; index.md and conf.py replace picheck's.",
)
@click.option(
    "--select", multiple=True, metavar="LIST", help="Codes, code prefixes or slugs [default: all]."
)
@click.option("--title", default="picheck rules", show_default=True, help="The title of the site.")
@click.option("--strict", is_flag=True, help="Exit with 4 where Sphinx warns.")
@lists_inventory
def build(
    *,
    output: Path,
    form: str,
    pages: Path | None,
    select: tuple[str, ...],
    title: str,
    strict: bool,
    registry: PluginRegistry,
) -> int:
    """Write a page for each rule of the installed plugins and for each year, and lists of them.

    A rule's page has what it checks, why and how to fix a finding; what it costs and by which
    terms, in runs of equal years; its sources with their standing; and a failing and a passing
    example from its cases. A year's page has what changed, the measures, rules and sources.

    Markdown needs nothing else. A web site with a search is made of it by Sphinx, MyST and Furo.
    """
    from picheck.site.folder import fill_folder  # noqa: PLC0415 - jinja2: only here
    from picheck.site.html_site import build_html, check_tools, write_configuration  # noqa: PLC0415
    from picheck.site.pages import write_pages  # noqa: PLC0415

    if form == "html":
        check_tools()
    written = dict(write_pages(registry, select_codes(registry, split_list(select)), title))
    folder = output / "markdown"
    fill_folder(folder, {**written, "conf.py": write_configuration(title)}, pages)
    say(f"{len(written)} pages: {folder.as_posix()}")
    if form != "html":
        return 0
    site = output / "html"
    is_sound = build_html(folder, site, strict=strict)
    say(f"the site: {(site / 'index.html').as_posix()}")
    return 0 if is_sound else INCOMPLETE


@command.command(
    "schema",
    epilog="""\b
Exit codes:
  0  printed
  2  usage: no schema of that name

\b
Example:
  picheck docs schema report > docs/reference/report.md""",
    short_help="Print the page of a published JSON Schema, as Markdown.",
)
@click.argument("name")
def schema(name: str) -> None:
    """Print a Markdown page of a published schema: each part with its properties."""
    from picheck.site.schema_page import write_schema  # noqa: PLC0415 - jinja2: only here

    write_utf8(write_schema(name, load_schema(name)))
