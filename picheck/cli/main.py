"""The command line's way in: commands are loaded when asked for, errors become exit codes."""

from __future__ import annotations

import atexit
import errno
import gc
import importlib
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import click

from picheck import __version__
from picheck.cli.envvars import name_variables
from picheck.cli.signals import turn_signals_into_stops
from picheck.cli.stdout import (
    OutputLostError,
    as_output_lost,
    complete_streams,
    drop_output,
    say_fault,
    say_unforeseen,
)
from picheck.cli.supervision import allow_supervision
from picheck.errors import HistoryError, InputError, PicheckError, UsageError
from picheck.plugins.deaths import note_run
from picheck.validation import closest_match

_INCOMPLETE: Final = 4
#: What a command that cannot go on ends with, by the kind of its error; the first that fits.
_CODES: Final = ((InputError, 3), (HistoryError, _INCOMPLETE), (PicheckError, 2))
#: A process that a signal stopped ends with this number and the signal's, as shells have it.
_SIGNALLED: Final = 128
_SIGPIPE: Final = 13
#: What the system says of an output that takes nothing more.
_FULL: Final = (errno.ENOSPC, errno.EBADF, errno.EIO, errno.EFBIG)

#: Command name to module and the line that `picheck --help` shows; none is imported before use.
COMMANDS: Final = {
    "audit": ("picheck.cli.audit", "Audit submissions before they are sent and scored."),
    "score": ("picheck.cli.score", "Preview the score, with its arithmetic."),
    "diff": ("picheck.cli.diff", "Compare two reports: what is new, gone, the same."),
    "history": ("picheck.cli.history", "Keep audits and submissions; look back and prove."),
    "serve": ("picheck.cli.serve", "Serve the page and the API to a browser."),
    "convert": ("picheck.cli.convert", "Print a file of another format as JSON."),
    "rules": ("picheck.cli.rules", "List, show and compare rules."),
    "years": ("picheck.cli.years", "List and show the rulebooks of the performance years."),
    "measures": ("picheck.cli.measures", "List the measures of a year."),
    "plugins": ("picheck.cli.plugins", "List plugins: hooks, rules, origin and version."),
    "waivers": ("picheck.cli.waivers", "Accept findings by name, with a reason, until a date."),
    "baseline": ("picheck.cli.baseline", "Accept today's findings, so that only new ones count."),
    "config": ("picheck.cli.config", "Show and check the settings."),
    "docs": ("picheck.cli.docs", "Write pages about the installed rules and years."),
    "schema": ("picheck.cli.schema", "Print the published JSON Schemas."),
    "completion": ("picheck.cli.completion", "Print the completion script of a shell."),
}


class Commands(click.Group):
    """A group whose commands live in modules that are imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands, in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return name_variables(command, f"PICHECK_{cmd_name}".upper().replace("-", "_"))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, and name the nearest one where there is none."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = closest_match(args[0], COMMANDS)
            if near and "did you mean" not in error.message.lower():
                raise click.UsageError(f"{error.message} Did you mean {near!r}?", ctx) from error
            raise


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "PICHECK"},
)
@click.version_option(__version__, prog_name="picheck")
def cli() -> None:
    """Audit MIPS Promoting Interoperability submissions before they are sent and scored.

    picheck reads the JSON of the QPP Submissions API and says what would be refused, what would
    bring the category to zero, what costs points, where that is and how to fix it.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    # Starting makes many objects and no circles; what is left at the end goes with the process.
    # Looking for circles among them took a sixth of a cold start.
    gc.set_threshold(50_000)
    atexit.register(gc.freeze)
    complete_streams()
    if arguments is None:  # the process is picheck's own
        arguments = sys.argv[1:]
        allow_supervision()
        turn_signals_into_stops()
    code = _run_guarded(lambda: _run(arguments), arguments)
    # what is still held back may fail as well, and must not end as a success
    flushed = _run_guarded(_flush, arguments)
    if flushed:
        drop_output()
        code = flushed
    # a process that waits for this one ends with the same number, whatever ends this one later
    note_run(code=code)
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    """Run a command and return its exit code."""
    if "_PICHECK_COMPLETE" in os.environ:  # a shell asks how a word goes on
        cli.main(arguments, prog_name="picheck")
    _check_folder()
    try:
        # not `cli.main`: it ends with 1, which means findings, where the reader of a pipe left
        with cli.make_context("picheck", list(arguments)) as context:
            code = cli.invoke(context)
    except click.exceptions.Exit as left:
        code = left.exit_code
    return code if isinstance(code, int) else 0


def _check_folder() -> None:
    """Raise UsageError where the working directory was removed: no path leads from there."""
    try:
        os.getcwd()  # noqa: PTH109 - the text of it is not needed
    except OSError as error:
        raise UsageError(
            f"the working directory cannot be used: {error.strerror}; change to another"
        ) from error


def _flush() -> int:
    with as_output_lost():
        sys.stdout.flush()
    return 0


def _run_guarded(work: Callable[[], int], arguments: list[str]) -> int:
    """Do something and return its exit code; what it raises is printed, and becomes one."""
    try:
        return work()
    except click.ClickException as error:
        with suppress(OSError, ValueError):
            error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as stop:
        say_fault("stopped")
        return _SIGNALLED + getattr(stop, "number", signal.SIGINT)
    except OutputLostError as error:
        say_fault(str(error))
        drop_output()
    except PicheckError as error:
        from picheck.masking import mask_digits  # noqa: PLC0415 - a run that ends well needs none

        say_fault(mask_digits(str(error)))
        return next(code for kind, code in _CODES if isinstance(error, kind))
    except BrokenPipeError:
        # The reader of a pipe went away (`picheck ... | head`); that is no fault of the audit.
        drop_output()
        return _SIGNALLED + _SIGPIPE
    except Exception as error:  # noqa: BLE001 - an error that was not foreseen must not look like 1
        if isinstance(error, OSError) and error.errno in _FULL and error.filename is None:
            say_fault(f"standard output cannot be written: {error.strerror}")
        else:
            say_unforeseen(error, arguments)
        drop_output()
    return _INCOMPLETE
