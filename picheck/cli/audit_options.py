"""The options of commands that audit, and what they become beside a settings file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar

import click
import msgspec
from click.core import ParameterSource

from picheck.cli.envvars import option_name
from picheck.cli.options import split_list, today
from picheck.config.settings import DOCS_URL, Settings, settings
from picheck.engine.options import RULE_TIMEOUT, AuditOptions, Gate, Override
from picheck.engine.stopwatch import Stopwatch
from picheck.errors import UsageError
from picheck.file_access import read_file
from picheck.plugins.lockfile import LOCK_FILE

#: A shorter key could be found by trying all of them.
_SHORTEST_KEY = 16


class CommandOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a command that audits was given, by the names of its parameters.

    A default is what a command works with that does not have the option.
    """

    paths: tuple[str, ...] = ()
    year: int | None = None
    as_of: str | None = None
    evidence: Path | None = None
    input_format: str = "auto"
    prior: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    trust: Literal["verified", "unverified"] = "verified"
    entity_key: Path | None = None
    waivers: Path | None = None
    baseline: Path | None = None
    gate: Gate = "error"
    all_results: bool = False
    reveal: bool = False
    docs_url: str | None = None
    rule_timeout: float = RULE_TIMEOUT
    durations: int | None = None
    formats: tuple[str, ...] = ()
    sources: bool = False
    exit_zero: bool = False
    jobs: int = 1
    executor: str | None = None
    history: str | None = None
    by: str | None = None
    keep: Literal["all", "digests"] = "all"
    now: str | None = None
    resume: bool = False
    progress: Literal["auto", "always", "never"] = "auto"
    plugins: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    autoload: bool = True
    locked: bool = False
    config: Path | None = None
    isolated: bool = False
    color: Literal["auto", "always", "never"] = "auto"
    quiet: bool = False
    verbose: int = 0
    log_format: Literal["console", "json"] = "console"


OptionsT = TypeVar("OptionsT", bound=CommandOptions)


def help_base(docs_url: str | None) -> str:
    """Return where the pages of rules begin; empty for no address.

    Raises UsageError for what is no address.
    """
    if docs_url is None:
        return ""
    if re.fullmatch(DOCS_URL, docs_url) is None:
        raise UsageError(
            f"--docs-url {docs_url!r} is not an address; write https://HOST/PATH or file:///PATH"
        )
    return f"{docs_url.rstrip('/')}/rules/"


def read_options(shape: type[OptionsT], given: Mapping[str, Any]) -> tuple[OptionsT, Settings]:
    """Return the options of the command that runs, and the settings file that completes them.

    `given` are the values of the command's parameters. The command line and the environment win
    over the file. The file speaks of the options of an audit: one that a command has of its own
    is left alone, even if it is spelt like one of an audit. Raises ConfigurationError where the
    file is wrong.
    """
    found = settings(given["config"], isolated=given["isolated"])
    context = click.get_current_context()
    merged = dict(given)
    of_an_audit = CommandOptions.__struct_fields__
    for parameter in context.command.params:
        key, name = option_name(parameter), parameter.name or ""
        if name in of_an_audit and key in found.options and not is_given(context, name):
            merged[name] = found.options[key]
    return shape(**merged), found


def audit_options(given: CommandOptions, found: Settings) -> AuditOptions:
    """Turn a command's options into those of a run. Raises UsageError for a date that is none."""
    return AuditOptions(
        as_of=parse_date(given.as_of),
        year=given.year,
        gate=given.gate,
        evidence=given.evidence,
        prior=given.prior,
        select=split_list(given.select),
        ignore=split_list(given.ignore),
        trust_unverified=given.trust == "unverified",
        reveal=given.reveal,
        all_results=given.all_results,
        plugin_options=found.plugins,
        waivers=given.waivers,
        baseline=given.baseline,
        overrides=_overrides(found),
        entity_key=_entity_key(given.entity_key),
        help_base=help_base(given.docs_url),
        files=tuple(_files(given, found)),
        rule_timeout=given.rule_timeout,
        input_format=given.input_format,
        stopwatch=Stopwatch() if given.durations else None,
    )


def _files(given: CommandOptions, found: Settings) -> Iterator[tuple[str, Path]]:
    """Yield the files of a run that no option of the audit names, by their role."""
    if found.source is not None:
        yield "settings", found.source
    if given.locked:
        yield "lock", Path(LOCK_FILE)


def _entity_key(path: Path | None) -> bytes:
    """Read the key of the pseudonyms of entities. Raises UsageError."""
    if path is None:
        return b""
    try:
        key = read_file(path).strip()
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
    # settings that outlive --fail-on on the command line would surprise whoever typed it
    blank = {name: value for name, value in nothing.items() if is_given(context, name)}
    return tuple(msgspec.structs.replace(override, **blank) for override in found.overrides)


def parse_date(text: str | None, option: str = "--as-of") -> date:
    """Read the date of an option; today where none was given. Raises UsageError."""
    if text is None:
        return today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option} {text!r} is not a date, expected YYYY-MM-DD") from error
