"""Options that say on what terms to audit, and what they become beside a settings file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
from click.core import ParameterSource

from picheck.cli.envvars import option_name
from picheck.cli.options import split_list, today
from picheck.config.settings import Settings, settings
from picheck.engine.options import RULE_TIMEOUT, AuditOptions, Override
from picheck.engine.stopwatch import Stopwatch
from picheck.errors import UsageError
from picheck.plugins.lockfile import LOCK_FILE

F = TypeVar("F", bound=Callable[..., Any])

#: A shorter key could be found by trying all of them.
_SHORTEST_KEY = 16

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


def terms_options(command: F) -> F:
    """Give a command the options that decide what is found, settings included."""
    options = (
        click.option(
            "-y", "--year", type=int, help="Audit against this year [default: the document's]."
        ),
        click.option(
            "--as-of",
            metavar="DATE",
            help="The day the audit speaks for, YYYY-MM-DD [default: today, UTC].",
        ),
        click.option(
            "--evidence",
            type=_FILE,
            help="Side file with facts the submission cannot carry [default: NAME.evidence.json"
            " beside NAME.json].",
        ),
        input_format_option,
        click.option(
            "--prior",
            multiple=True,
            metavar="PATH",
            help="Earlier submissions of the same entities; may be repeated.",
        ),
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
    for option in reversed(options):
        command = option(command)
    return command


def configured(options: dict[str, Any]) -> tuple[dict[str, Any], Settings]:
    """Return the options of the command that runs, with what the settings file adds.

    The command line and the environment win over the file. Raises ConfigurationError where the
    file is wrong.
    """
    found = settings(options["config"], isolated=options["isolated"])
    context = click.get_current_context()
    merged = dict(options)
    for parameter in context.command.params:
        key, name = option_name(parameter), parameter.name or ""
        if key in found.options and not is_given(context, name):
            merged[name] = found.options[key]
    return merged, found


def terms_of(options: dict[str, Any], found: Settings) -> AuditOptions:
    """Turn configured options into the terms of a run. Raises UsageError for a day that is none."""
    return AuditOptions(
        as_of=day_of(options["as_of"]),
        year=options["year"],
        gate=options.get("gate", "error"),
        evidence=options["evidence"],
        prior=tuple(options["prior"]),
        select=split_list(options["select"]),
        ignore=split_list(options["ignore"]),
        trust_unverified=options["trust"] == "unverified",
        reveal=options.get("reveal", False),
        all_results=options.get("all_results", False),
        with_unverified=options.get("with_unverified", False),
        plugin_options=found.plugins,
        waivers=options["waivers"],
        baseline=options.get("baseline"),
        overrides=_overrides(found),
        entity_key=_entity_key(options.get("entity_key")),
        files=tuple(_files(options, found)),
        rule_timeout=options.get("rule_timeout", RULE_TIMEOUT),
        input_format=options["input_format"],
        stopwatch=Stopwatch() if options.get("durations") else None,
    )


def _files(options: dict[str, Any], found: Settings) -> Iterator[tuple[str, Path]]:
    """Yield the files of a run that no option of the audit names, by their role."""
    if found.source is not None:
        yield "settings", found.source
    if options.get("locked"):
        yield "lock", Path(LOCK_FILE)


def _entity_key(path: Path | None) -> bytes:
    """Read the key of the pseudonyms of entities. Raises UsageError."""
    if path is None:
        return b""
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise UsageError(f"--entity-key {path} cannot be read: {error.strerror}") from error
    if len(key) < _SHORTEST_KEY:
        raise UsageError(f"--entity-key {path} holds {len(key)} bytes; 16 or more are needed")
    return key


def is_given(context: click.Context, name: str) -> bool:
    """Whether a parameter was set on the command line or in the environment."""
    return context.get_parameter_source(name) in {
        ParameterSource.COMMANDLINE,
        ParameterSource.ENVIRONMENT,
    }


def _overrides(found: Settings) -> tuple[Override, ...]:
    """Return the file's overrides without what the command line or the environment decides."""
    context = click.get_current_context()
    nothing: dict[str, Any] = {"select": (), "ignore": (), "gate": None}
    blank = {name: value for name, value in nothing.items() if is_given(context, name)}
    return tuple(msgspec.structs.replace(override, **blank) for override in found.overrides)


def day_of(text: str | None) -> date:
    """Read an `--as-of` day; today where none was given. Raises UsageError."""
    if text is None:
        return today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--as-of {text!r} is no date, expected YYYY-MM-DD") from error
