"""The options that commands which audit have in common, as click shows them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from picheck.engine.options import GATES
from picheck.plugins.lockfile import LOCK_FILE

F = TypeVar("F", bound=Callable[..., Any])

_FILE = click.Path(path_type=Path)


def example(*lines: str) -> str:
    """Return the end of a help page that shows one command; several lines are one command."""
    return "\b\nExample:\n  " + " \\\n  ".join(lines)


def settings_options(command: F) -> F:
    """Give a command `-c/--config` and `--isolated`."""
    for option in (
        click.option("--isolated", is_flag=True, help="Look for no settings file."),
        click.option(
            "-c",
            "--config",
            type=_FILE,
            metavar="FILE",
            help="The settings file [default: picheck.toml or pyproject.toml, found upward].",
        ),
    ):
        command = option(command)
    return command


def input_format_option(command: F) -> F:
    """Give a command `--input-format`."""
    return click.option(
        "--input-format",
        default="auto",
        show_default=True,
        metavar="NAME",
        help="The format of the files: auto, json, or one that a plugin adds, such as qrda3.",
    )(command)


def baseline_option(command: F) -> F:
    """Give a command `--baseline`."""
    return click.option(
        "--baseline",
        type=_FILE,
        metavar="FILE",
        help="Findings that were there before; see picheck baseline.",
    )(command)


def gate_option(command: F) -> F:
    """Give a command `--fail-on`."""
    return click.option(
        "--fail-on",
        "gate",
        type=click.Choice(GATES),
        default="error",
        show_default=True,
        help="The gate: from which severity on a finding makes a submission not ready.",
    )(command)


def docs_url_option(command: F) -> F:
    """Give a command `--docs-url`."""
    return click.option(
        "--docs-url",
        metavar="URL",
        help="Link to the pages of rules at this address (see picheck docs build).",
    )(command)


def detail_options(command: F) -> F:
    """Give a command `--all-results`, `--sources` and `--docs-url`: how much a report says."""
    for option in (
        docs_url_option,
        click.option("--sources", is_flag=True, help="Print notes and sources in the text report."),
        click.option(
            "--all-results", is_flag=True, help="Report passes and rules that do not apply too."
        ),
    ):
        command = option(command)
    return command


def locked_option(command: F) -> F:
    """Give a command `--locked`."""
    return click.option(
        "--locked",
        is_flag=True,
        help=f"Refuse to run with other plugins than {LOCK_FILE} names (see picheck plugins lock).",
    )(command)


def log_options(verbose: str) -> Callable[[F], F]:
    """Give a command `-v`, whose help is `verbose`, and `--log-format`."""

    def give(command: F) -> F:
        form = click.Choice(["console", "json"])
        command = click.option("--log-format", type=form, default="console", show_default=True)(
            command
        )
        return click.option("-v", "--verbose", count=True, help=verbose)(command)

    return give


def audit_parameters(command: F) -> F:
    """Give a command the options that decide what is found, settings included."""
    for option in (
        click.option(
            "--prior",
            multiple=True,
            metavar="PATH",
            help="Earlier submissions of the same entities; may be repeated.",
        ),
        click.option(
            "--evidence",
            type=_FILE,
            help="Side file with facts the submission cannot carry [default: NAME.evidence.json"
            " beside NAME.json].",
        ),
    ):
        command = option(command)
    return terms_options(command)


def terms_options(command: F) -> F:
    """Give a command the options of an audit that do not belong to one document."""
    options = (
        click.option(
            "-y", "--year", type=int, help="Audit against this year [default: the document's]."
        ),
        click.option(
            "--as-of",
            metavar="DATE",
            help="The date that the audit speaks for, YYYY-MM-DD [default: today, UTC].",
        ),
        input_format_option,
        click.option(
            "--select", multiple=True, metavar="LIST", help="Codes, code prefixes or slugs."
        ),
        click.option(
            "--ignore", multiple=True, metavar="LIST", help="Codes, code prefixes or slugs."
        ),
        click.option(
            "--trust",
            type=click.Choice(["verified", "unverified"]),
            default="verified",
            show_default=True,
            help="Whether clauses that rest on unverified sources alone may count as errors.",
        ),
        click.option(
            "--entity-key",
            type=_FILE,
            metavar="FILE",
            help="A secret of 16 bytes or more: the key of the pseudonyms of entities.",
        ),
        click.option(
            "--waivers", type=_FILE, metavar="FILE", help="Findings accepted by name, in TOML."
        ),
        settings_options,
    )
    # help shows first what is put on last
    for option in reversed(options):
        command = option(command)
    return command
