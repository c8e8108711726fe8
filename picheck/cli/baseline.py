"""`picheck baseline`: today's findings are accepted, so that only new ones count."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from picheck.cli.audit_options import CommandOptions, audit_options, read_options
from picheck.cli.audit_parameters import audit_parameters, example, settings_options
from picheck.cli.console import say, say_json, say_table
from picheck.cli.destinations import Destination, check_not_read
from picheck.cli.options import format_option, load_inventory, plugin_options, say_failed
from picheck.config.settings import settings
from picheck.engine.acceptance.baseline import (
    baseline_of,
    can_be_accepted,
    read_baseline,
    update_baseline,
    write_baseline,
)
from picheck.engine.audit import audit
from picheck.errors import UsageError
from picheck.model.report import Report

_DEFAULT = Path("picheck-baseline.json")
_NOTHING = 5
_EPILOG = """\b
Examples:
  picheck baseline create submissions/
  picheck audit --baseline picheck-baseline.json submissions/
  picheck baseline update submissions/
  picheck baseline show

\b
Exit codes:
  0  done
  2  usage or settings
  3, 4  done, but some input was unreadable or the audit was incomplete
  5  nothing was checked, nothing was written
"""


@click.group(
    "baseline", epilog=_EPILOG, short_help="Accept today's findings, so that only new ones count."
)
def command() -> None:
    """Accept today's findings: from then on only new ones count.

    A baseline holds fingerprints, each of one finding of one subject; two subjects never share
    one. What CMS would refuse is never taken up, nor is anything of a document that does not say
    in full whom it speaks for.
    """


def _file_option(given: Any) -> Any:
    return click.option(
        "--baseline",
        "file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The baseline [default: the settings' baseline, or picheck-baseline.json].",
    )(given)


@command.command(epilog=example("picheck baseline create --prior archive/2024 submissions/"))
@click.argument("paths", nargs=-1, required=True, metavar="[PATH|-]...")
@_file_option
@click.option("--force", is_flag=True, help="Write over a baseline that is there.")
@audit_parameters
@plugin_options
def create(file: Path | None, *, force: bool, **given: Any) -> int:
    """Audit submissions and write their findings as a new baseline."""
    path = _path(file, given["config"], isolated=given["isolated"])
    # a link that leads nowhere is there too, and would be written through
    if os.path.lexists(path) and not force:
        raise UsageError(f"{path} is there; use picheck baseline update, or --force")
    report = _audit(given, replaces=path)
    if report.summary.exit.code == _NOTHING:
        return _say_nothing_checked(path, report)
    baseline = baseline_of(report)
    write_baseline(path, baseline)
    say(f"{path}: {_show_count(len(baseline.findings), 'finding')} as of {baseline.as_of}")
    return _say_left_out(report, len(baseline.findings))


@command.command(epilog=example("picheck baseline update --only-remove submissions/"))
@click.argument("paths", nargs=-1, required=True, metavar="[PATH|-]...")
@_file_option
@click.option("--only-remove", is_flag=True, help="Drop what is gone; take up nothing new.")
@audit_parameters
@plugin_options
def update(file: Path | None, *, only_remove: bool, **given: Any) -> int:
    """Audit submissions and bring the baseline to what they show.

    Findings of subjects that are not among these submissions stay as they are.
    """
    path = _path(file, given["config"], isolated=given["isolated"])
    before = read_baseline(path)
    report = _audit(given)
    if report.summary.exit.code == _NOTHING:
        return _say_nothing_checked(path, report)
    change = update_baseline(before, report, only_removes=only_remove)
    write_baseline(path, change.baseline)
    for sign, findings in (("+", change.added), ("-", change.removed)):
        for known in findings:
            say(f"{sign} {known.code} {known.slug}, {known.subject}, {known.year}")
    stayed = len(change.baseline.findings) - len(change.added)
    say(f"{path}: {len(change.added)} added, {len(change.removed)} gone, {stayed} stay")
    return _say_left_out(report, len(baseline_of(report).findings))


@command.command(epilog=example("picheck baseline show --format json"))
@_file_option
@settings_options
@format_option
def show(file: Path | None, config: Path | None, form: str, *, isolated: bool) -> None:
    """Show the findings of the baseline."""
    baseline = read_baseline(_path(file, config, isolated=isolated))
    if form == "json":
        say_json(baseline)
        return
    say_table(
        ("code", "year", "subject", "fingerprint", "finding"),
        (
            (known.code, known.year, known.subject, known.fingerprint[:12],
             f"{known.slug} at {known.pointer or 'the document'}")
            for known in sorted(baseline.findings, key=lambda k: (k.code, k.subject, k.pointer))
        ),
    )  # fmt: skip
    say(f"{_show_count(len(baseline.findings), 'finding')} as of {baseline.as_of}")


def _audit(given: Mapping[str, Any], *, replaces: Path | None = None) -> Report:
    """Audit under the settings in force, without any baseline.

    Raises UsageError where the file that will be replaced is one that is read.
    """
    options, found = read_options(CommandOptions, given)
    _, registry = load_inventory(options.plugins, options.required, autoload=options.autoload)
    say_failed(registry)
    if replaces is not None:
        baseline = [Destination("--baseline", replaces)]
        check_not_read(baseline, options, found, registry.document_suffixes)
    # open questions can be accepted too, and only what is a result can be
    run = msgspec.structs.replace(audit_options(options, found), with_unverified=True)
    return audit(options.paths, run, registry)


def _say_left_out(report: Report, taken: int) -> int:
    """Say what was not taken up and what the audit has to say; return the exit code."""
    findings = [r for r in report.results if r.outcome in {"fail", "indeterminate", "error"}]
    refused = sum(r.consequence == "submissionRejected" for r in findings)
    waived = sum(r.waiver is not None for r in findings)
    others = sum(not can_be_accepted(r) for r in findings) - refused
    for count, why in (
        (refused, "CMS refuses such a submission; correct it"),
        (waived, "a waiver accepts it already"),
        (others, "no rule of the submission's found it"),
        (len(findings) - taken - refused - waived - others, "its subject is not named in full"),
    ):
        if count > 0:
            say(f"{_show_count(count, 'finding')} not taken up: {why}")
    _say_notices(report)
    code = report.summary.exit.code
    # findings are what a baseline is made of, and no fault here
    return code if code > 1 else 0


def _say_nothing_checked(path: Path, report: Report) -> int:
    _say_notices(report)
    click.echo(f"picheck: nothing was checked, so {path} was not written", err=True)
    return _NOTHING


def _say_notices(report: Report) -> None:
    for notice in report.run.notices:
        click.echo(f"picheck: {notice.message}", err=True)


def _path(file: Path | None, config: Path | None, *, isolated: bool) -> Path:
    if file is not None:
        return file
    return Path(settings(config, isolated=isolated).options.get("baseline", _DEFAULT))


def _show_count(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else noun + 's'}"
