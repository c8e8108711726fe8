"""`picheck waivers`: findings accepted by name, with a reason, until a date."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import click

from picheck.cli.audit_options import parse_date
from picheck.cli.audit_parameters import example, settings_options
from picheck.cli.console import say, say_json, say_table
from picheck.cli.lookup import rule_code
from picheck.cli.options import (
    format_option,
    load_inventory,
    plugin_options,
    say_failed,
    today,
)
from picheck.config.settings import settings
from picheck.engine.acceptance.waivers import Waiver, can_never_hold, parse_waivers, read_waivers
from picheck.errors import ConfigurationError, UsageError
from picheck.file_access import read_text, write_text
from picheck.masking import mask_digits
from picheck.plugins.registry import PluginRegistry

_DEFAULT = Path("picheck-waivers.toml")
_EPILOG = """\b
A waiver in the file:
  [[waivers]]
  code = "PIC-PER-04"
  subject = "tin *****6789"
  reason = "the EHR was replaced in June; CMS granted the shorter period by letter"
  owner = "Compliance Office"
  expires = 2026-12-31

\b
Examples:
  picheck waivers add --code PIC-PER-04 --subject "tin *****6789" \\
      --reason "see letter 12" --owner "Compliance Office" --expires 2026-12-31
  picheck waivers lint
  picheck audit --waivers picheck-waivers.toml submission.json
"""


@click.group("waivers", epilog=_EPILOG, short_help="Accept findings by name, until a date.")
def command() -> None:
    """Accept findings: each with a reason, in somebody's name, until a date.

    A waiver names a finding by its fingerprint (the JSON report has it), or a rule's code
    together with the subject as reports print it, or with a file pattern. What CMS would refuse
    cannot be waived: it has to be corrected.
    """


def _file_option(given: Any) -> Any:
    return settings_options(
        click.option(
            "--waivers",
            "file",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="The waivers file [default: the settings' waivers, or picheck-waivers.toml].",
        )(given)
    )


@command.command(
    epilog=example(
        'picheck waivers add --code PIC-PER-04 --subject "tin *****6789"',
        '    --reason "see letter 12" --owner "Compliance Office" --expires 2026-12-31',
    )
)
@_file_option
@plugin_options
@click.option("--fingerprint", metavar="HEX", help="The finding, as the JSON report names it.")
@click.option("--code", metavar="CODE", help="The rule, by code or slug.")
@click.option("--subject", metavar="TEXT", help='Whose, as reports print it: "tin *****6789".')
@click.option(
    "--file", "pattern", metavar="PATTERN", help="Which files: a name, or clinics/*.json."
)
@click.option("--year", type=int, metavar="Y", help="Only this performance year.")
@click.option("--reason", required=True, metavar="TEXT", help="Why it is accepted.")
@click.option("--owner", required=True, metavar="TEXT", help="Who answers for it.")
@click.option("--expires", required=True, metavar="DATE", help="The last day it holds, YYYY-MM-DD.")
def add(**options: Any) -> None:
    """Add a waiver to the file, which is made if it is not there.

    Needs --fingerprint, or --code with --subject or --file; and --reason, --owner and --expires.
    """
    registry = _inventory(options)
    path = _path(options)
    if options["code"]:
        options["code"] = rule_code(registry, None, options["code"])
    before = _text_before(path)
    text = f"{before.rstrip()}\n\n{_block(options)}".lstrip()
    # the whole file, since an audit refuses it for a fault in any of its waivers
    added = parse_waivers(text, path.as_posix(), tuple(registry.rules))[-1]
    if added.has_expired(today()):
        raise UsageError(f"--expires {added.expires} is past; give the last day it should hold")
    _check([added], registry, path)
    try:
        write_text(path, text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    say(f"{path}: waived {mask_digits(added.label)} until {added.expires}")


def _text_before(path: Path) -> str:
    """Return what the file holds already. Raises UsageError."""
    try:
        return read_text(path)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}") from error


@command.command("list", epilog=example("picheck waivers list --as-of 2026-02-01"))
@_file_option
@click.option("--as-of", metavar="DATE", help="The date to judge expiry by [default: today, UTC].")
@format_option
def list_(**options: Any) -> None:
    """List the waivers: what, who, until when, why."""
    day = parse_date(options["as_of"])
    waivers = read_waivers(_path(options))
    if options["form"] == "json":
        say_json([{**_plain(waiver), "state": _state(waiver, day)} for waiver in waivers])
        return
    say_table(
        ("state", "expires", "waived", "owner", "reason"),
        (
            (
                _state(waiver, day),
                waiver.expires,
                *map(mask_digits, (waiver.label, waiver.owner, waiver.reason)),
            )
            for waiver in waivers
        ),
    )


@command.command(epilog=example("picheck waivers lint --waivers picheck-waivers.toml"))
@_file_option
@plugin_options
@click.option("--as-of", metavar="DATE", help="The date to judge expiry by [default: today, UTC].")
def lint(**options: Any) -> int:
    """Check the file: keys, codes, days, and that nothing is waived which CMS refuses.

    Exits with 0 where all waivers hold, with 1 where one has expired, with 2 where the file is
    wrong.
    """
    registry = _inventory(options)
    path = _path(options)
    waivers = read_waivers(path, tuple(registry.rules))
    _check(waivers, registry, path)
    day = parse_date(options["as_of"])
    expired = [waiver for waiver in waivers if waiver.has_expired(day)]
    for waiver in expired:
        who = mask_digits(f"{waiver.label} expired on {waiver.expires} ({waiver.owner})")
        say(f"{path}: the waiver of {who}")
    noun = "waiver" if len(waivers) == 1 else "waivers"
    say(f"{path}: {len(waivers)} {noun}, {len(expired)} expired")
    return 1 if expired else 0


def _inventory(options: dict[str, Any]) -> PluginRegistry:
    _, registry = load_inventory(
        options["plugins"], options["required"], autoload=options["autoload"]
    )
    say_failed(registry)
    return registry


def _path(options: dict[str, Any]) -> Path:
    if options["file"] is not None:
        return Path(options["file"])
    found = settings(options["config"], isolated=options["isolated"]).options
    return Path(found.get("waivers", _DEFAULT))


def _check(
    waivers: list[Waiver] | tuple[Waiver, ...], registry: PluginRegistry, path: Path
) -> None:
    """Raise ConfigurationError where a waiver could never hold."""
    lines = [
        f"{path}: {waiver.label} cannot be waived: CMS refuses such a submission; correct it"
        for waiver in waivers
        if can_never_hold(waiver, registry.rulebooks)
    ]
    if lines:
        raise ConfigurationError("\n".join(lines))


def _block(options: dict[str, Any]) -> str:
    """Write one waiver as TOML; JSON's escapes are TOML's, but for one control character."""
    keys = {"file": options["pattern"]} | {
        key: options[key]
        for key in ("fingerprint", "code", "subject", "year", "reason", "owner", "expires")
    }
    order = ("fingerprint", "code", "subject", "file", "year", "reason", "owner", "expires")
    lines = [
        f"{key} = {json.dumps(keys[key], ensure_ascii=False)}".replace("\x7f", "\\u007f")
        for key in order
        if keys[key] is not None
    ]
    return "\n".join(["[[waivers]]", *lines]) + "\n"


def _state(waiver: Waiver, day: date) -> str:
    return "expired" if waiver.has_expired(day) else "holds"


def _plain(waiver: Waiver) -> dict[str, Any]:
    """Return a waiver as plain data, masked; a masked subject means the same one."""
    import msgspec  # noqa: PLC0415 - only JSON needs it

    table: dict[str, Any] = msgspec.to_builtins(waiver)
    texts = ("subject", "file", "reason", "owner")
    return table | {name: mask_digits(table[name]) for name in texts if table[name]}
