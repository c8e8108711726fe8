"""`picheck audit` where every output streams: any number of documents in constant memory."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from picheck.cli.options import load_inventory
from picheck.cli.outlets import Outlets, OutputLostError
from picheck.cli.writing import Output
from picheck.engine.terms import Terms
from picheck.errors import UsageError
from picheck.hooks.inventory import Inventory
from picheck.hooks.reporter import StreamingReporter
from picheck.model.report import Report

if TYPE_CHECKING:
    from picheck.engine.batch import Batch
    from picheck.engine.resuming import Kept

F = TypeVar("F", bound=Callable[..., Any])


def batch_options(command: F) -> F:
    """Give a command `--jobs`, `--executor` and `--progress`."""
    for option in (
        click.option(
            "--progress",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            help="A progress bar on standard error [default: on a terminal].",
        ),
        click.option(
            "--resume",
            is_flag=True,
            help="Go on with an -f ndjson=PATH that was cut short, on the same inputs.",
        ),
        click.option(
            "--executor",
            metavar="SPEC",
            help="Audit on a cluster: dask://HOST:PORT. Needs a format that streams.",
        ),
        click.option(
            "-j",
            "--jobs",
            type=click.IntRange(min=0),
            default=1,
            show_default=True,
            help="Processes; 0 takes one a core. Needs a format that streams: ndjson, csv.",
        ),
    ):
        command = option(command)
    return command


def does_stream(outputs: Sequence[Output], options: dict[str, Any]) -> bool:
    """Whether the run can be written piece by piece.

    Raises UsageError where several processes were asked for and one of the outputs cannot.
    """
    others = [o.reporter.name for o in outputs if not isinstance(o.reporter, StreamingReporter)]
    if others and (options["jobs"] != 1 or options["executor"]):
        raise UsageError(
            f"{', '.join(others)} needs the whole run at once; with --jobs or --executor choose"
            " formats that stream, such as -f ndjson=PATH"
        )
    return not others


def stream(
    outputs: Sequence[Output], terms: Terms, inventory: Inventory, options: dict[str, Any]
) -> tuple[Report | None, list[str]]:
    """Audit the paths, writing as it goes.

    Return the sum, None where every output broke, and one line for each output that broke.
    """
    from picheck.cli.progress import Progress  # noqa: PLC0415
    from picheck.engine.batch import Batch  # noqa: PLC0415 - a single file does without
    from picheck.engine.crews import crew_of  # noqa: PLC0415
    from picheck.engine.streaming import Recipe  # noqa: PLC0415
    from picheck.intake.chunks import ChunkReader  # noqa: PLC0415

    recipe = Recipe(
        open_inventory=partial(
            load_inventory, options["plugins"], (), autoload=options["autoload"]
        ),
        terms=terms,
        reporters=tuple(output.reporter.name for output in outputs),
    )
    # documents come and go and are in no circles: looking for some among the rules costs a tenth
    gc.freeze()
    crew = crew_of(options["jobs"] or os.cpu_count() or 1, options["executor"], _say)
    with ExitStack() as stack:
        packets = stack.enter_context(ChunkReader(options["paths"]))
        progress = stack.enter_context(Progress(packets.total_bytes, options["progress"]))
        outlets = Outlets(outputs)
        batch = Batch(recipe, crew, outlets.each, progress, inventory)
        kept = _kept(outputs, batch) if options["resume"] else None
        stack.enter_context(outlets.opened(None if kept is None else kept.length))
        try:
            report = batch.of(packets, kept)
        except OutputLostError:
            report = None
        except KeyboardInterrupt:
            click.echo(f"picheck: stopped after {progress.told}{_advice(outputs)}", err=True)
            raise
    return report, outlets.faults


def _say(fault: str) -> None:
    """Tell on standard error what no report tells, for it costs no document its verdict."""
    click.echo(f"picheck: {fault}", err=True)


def _kept(outputs: Sequence[Output], batch: Batch) -> Kept:
    """Find what an earlier run wrote. Raises UsageError where this one cannot go on with it."""
    from picheck.engine.resuming import read_kept  # noqa: PLC0415

    (output, *others) = outputs
    if others or output.path is None or output.reporter.name != "ndjson":
        raise UsageError("--resume goes on with one file: give -f ndjson=PATH and no other format")
    try:
        return read_kept(output.path, batch.opening[0], batch.acceptance)
    except OSError as error:
        raise UsageError(f"{output.path} cannot be gone on with: {error.strerror}") from error


def _advice(outputs: Sequence[Output]) -> str:
    can_resume = [o.path for o in outputs] != [None] and outputs[0].reporter.name == "ndjson"
    return "; go on with --resume" if can_resume and len(outputs) == 1 else ""
