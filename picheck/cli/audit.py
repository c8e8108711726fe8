"""`picheck audit`: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from picheck.cli.audit_options import CommandOptions, audit_options, read_options
from picheck.cli.audit_parameters import (
    audit_parameters,
    baseline_option,
    detail_options,
    gate_option,
    locked_option,
    log_options,
)
from picheck.cli.batch import batch_options, does_stream, stream
from picheck.cli.destinations import check_not_read, read_destinations
from picheck.cli.history_options import audit_history_options, open_recorder, read_beginning
from picheck.cli.options import load_inventory, plugin_options, say_failed
from picheck.cli.output import outputs_of, write
from picheck.cli.stdout import OutputLostError, begin_output, prints_aside, say_fault
from picheck.cli.timing_options import print_durations, timing_options
from picheck.engine.audit import audit
from picheck.engine.report_filter import ask_for
from picheck.masking import mask_digits
from picheck.model.report import Report
from picheck.plugins.lockfile import LOCK_FILE, check_lock

if TYPE_CHECKING:
    from picheck.history.audit_history import AuditHistory

_INCOMPLETE: Final = 4

EPILOG = """\b
Exit codes:
  0  audited, nothing at or above the gate
  1  findings at or above the gate
  2  usage, configuration, unknown selector or plugin conflict: nothing audited
  3  some input could not be read or is not JSON (the others were audited)
  4  audit incomplete: a rule, a plugin, an output or picheck broke, or the rulebook is a preview
  5  nothing was checked: no document, no rulebook for the year
  128 + N  a signal N stopped it: 130 Ctrl-C, 143 SIGTERM, 141 the reader of a pipe left

\b
Examples:
  picheck audit submission.json
  picheck audit --prior 2024.json -f text -f json=report.json 2025.json
  cat submission.json | picheck audit - --year 2025 --fail-on warning
"""


@click.command(
    "audit", epilog=EPILOG, short_help="Audit submissions before they are sent and scored."
)
@click.argument("paths", nargs=-1, required=True, metavar="[PATH|-]...")
@audit_parameters
@baseline_option
@click.option(
    "-f",
    "--format",
    "formats",
    multiple=True,
    metavar="NAME[=PATH]",
    help="A reporter, and a file for it; at most one to standard output [default: text].",
)
@gate_option
@detail_options
@click.option("--reveal", is_flag=True, help="Print TINs and NPIs in full.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 where it would be 1.")
@batch_options
@audit_history_options
@timing_options
@plugin_options
@locked_option
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing about documents that are ready.")
@log_options("Log more on standard error.")
def command(**given: Any) -> int:
    """Audit submissions: files, directories, zip archives, patterns, or - for standard input."""
    options, settings = read_options(CommandOptions, given)
    host, registry = load_inventory(options.plugins, options.required, autoload=options.autoload)
    if options.locked:
        check_lock(Path(LOCK_FILE), host)
    say_failed(registry)
    destinations = read_destinations(options.formats or ("text",))
    outputs = outputs_of(destinations, registry)
    check_not_read(destinations, options, settings, registry.document_suffixes)
    terms = ask_for(audit_options(options, settings), [output.reporter for output in outputs])
    log = _RunLog(options)
    log.say("audit started", paths=len(options.paths), as_of=str(terms.as_of))
    streams = does_stream(outputs, options)
    begun = read_beginning(destinations[0][1]) if options.resume and options.history else None
    recorder, terms, lost = open_recorder(
        options, terms, host, registry, streams=streams, begun=begun
    )
    if streams:
        report, broken = stream(outputs, terms, registry, options, recorder)
    else:
        with prints_aside():
            report = audit(options.paths, terms, registry, recorder)
        broken = list(write(report, outputs, registry, options))
    if terms.stopwatch is not None:
        print_durations(terms.stopwatch, options.durations or 0)
    if report is None:
        raise OutputLostError("; ".join(broken))
    number = sum(report.summary.documents.values())
    log.say("audit ended", documents=number, verdict=report.summary.verdict)
    # from here on nothing is begun again, whatever a plugin does: a history would be written twice
    begin_output()
    broken += lost
    if recorder is not None:
        broken += _record(recorder, report, options)
    with prints_aside():
        broken_at_end = host.notify("picheck_audit_finished", report=report)
    if not options.reveal:
        broken_at_end = [mask_digits(fault) for fault in broken_at_end]
    for fault in (*broken, *broken_at_end):
        say_fault(fault)
    code = _INCOMPLETE if broken else report.summary.exit.code
    return 0 if code == 1 and options.exit_zero else code


def _record(recorder: AuditHistory, report: Report, options: CommandOptions) -> list[str]:
    """Bring the history of the run to its end; return a line for what was not recorded."""
    line = recorder.finish(report)
    if line and not options.quiet:
        click.echo(f"picheck: {line}", err=True)
    return recorder.faults


class _RunLog:
    """Logs the run's milestones, if anybody asked for logs."""

    def __init__(self, options: CommandOptions) -> None:
        self._verbosity: int = options.verbose
        self._form: str = options.log_format

    def say(self, event: str, **facts: object) -> None:
        if self._verbosity:
            from picheck.logging import get_logger  # noqa: PLC0415 - few runs are logged

            get_logger(verbosity=self._verbosity, form=self._form).info(event, **facts)
