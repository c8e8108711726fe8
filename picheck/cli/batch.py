"""`picheck audit` where every output streams: any number of documents in constant memory."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from picheck.cli.audit_options import CommandOptions
from picheck.cli.destinations import Output
from picheck.cli.options import load_inventory
from picheck.cli.output_files import Outlets
from picheck.cli.stdout import OutputLostError, prints_aside, say_fault
from picheck.engine.options import AuditOptions
from picheck.engine.run_inputs import streams_of
from picheck.errors import UsageError
from picheck.model.report import Report
from picheck.plugins import deaths
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import StreamingReporter

if TYPE_CHECKING:
    from picheck.engine.batch.batch import Batch
    from picheck.engine.batch.resume_point import ResumePoint
    from picheck.engine.recorder import Recorder

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
            help="Processes; 0 takes one a core. Needs formats that stream: ndjson, csv, parquet.",
        ),
    ):
        command = option(command)
    return command


def does_stream(outputs: Sequence[Output], options: CommandOptions) -> bool:
    """Whether the run can be written piece by piece.

    Raises UsageError where several processes were asked for and one of the outputs cannot.
    """
    others = [
        output.reporter.name
        for output in outputs
        if not isinstance(output.reporter, StreamingReporter)
        or getattr(output.reporter, "wants_facts", False)  # which are drawn from a whole run
    ]
    if others and (options.jobs != 1 or options.executor):
        raise UsageError(
            f"{', '.join(others)} needs the whole run at once; with --jobs or --executor choose"
            " formats that stream, such as -f ndjson=PATH"
        )
    return not others


def stream(
    outputs: Sequence[Output],
    options_: AuditOptions,
    registry: PluginRegistry,
    options: CommandOptions,
    recorder: Recorder | None = None,
) -> tuple[Report | None, list[str]]:
    """Audit the paths, writing as it goes; `recorder` is given what was audited.

    Return the sum, None where every output broke, and one line for each output that broke.
    """
    from picheck.cli.progress import Progress  # noqa: PLC0415
    from picheck.engine.batch.batch import Batch  # noqa: PLC0415 - a single file does without
    from picheck.engine.batch.executors import make_executors  # noqa: PLC0415
    from picheck.engine.batch.worker import WorkerConfig  # noqa: PLC0415
    from picheck.intake.chunks import ChunkReader  # noqa: PLC0415

    config = WorkerConfig(
        open_plugins=partial(load_inventory, options.plugins, (), autoload=options.autoload),
        options=options_,
        reporters=tuple(output.reporter.name for output in outputs),
    )
    # documents come and go and are in no circles: looking for some among the rules costs a tenth
    gc.freeze()
    jobs = options.jobs or os.cpu_count() or 1
    # a worker that a plugin of others ends can be replaced, this process cannot
    executors = make_executors(jobs, options.executor, say_fault, apart=deaths.is_prepared())
    with ExitStack() as stack:
        chunks = stack.enter_context(
            ChunkReader(options.paths, suffixes=registry.document_suffixes)
        )
        progress = stack.enter_context(Progress(chunks.total_bytes, options.progress))
        outlets = Outlets.of(outputs)
        batch = Batch(config, executors, outlets.each, progress, registry, recorder=recorder)
        kept = _find_resume_point(outputs, batch, options_, recorder) if options.resume else None
        stack.enter_context(outlets.open(None if kept is None else kept.length))
        try:
            with prints_aside():
                report = batch.run(chunks, kept)
        except OutputLostError:
            report = None
        except KeyboardInterrupt:
            say_fault(f"stopped after {progress.position}{_advice(outputs)}")
            raise
    return report, outlets.faults


def _find_resume_point(
    outputs: Sequence[Output], batch: Batch, options: AuditOptions, recorder: Recorder | None
) -> ResumePoint:
    """Find what an earlier run wrote. Raises UsageError where this one cannot go on with it."""
    if streams := streams_of(options):
        raise UsageError(f"--resume compares the files of both runs; {streams[0]} is no file")
    from picheck.engine.batch.resume import read_resume_point  # noqa: PLC0415

    (output, *others) = outputs
    if others or output.path is None or output.reporter.name != "ndjson":
        raise UsageError("--resume goes on with one file: give -f ndjson=PATH and no other format")
    try:
        return read_resume_point(output.path, batch.opening[0], batch.acceptance, recorder)
    except OSError as error:
        raise UsageError(f"{output.path} cannot be gone on with: {error.strerror}") from error


def _advice(outputs: Sequence[Output]) -> str:
    can_resume = [o.path for o in outputs] != [None] and outputs[0].reporter.name == "ndjson"
    return "; go on with --resume" if can_resume and len(outputs) == 1 else ""
