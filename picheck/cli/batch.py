"""`picheck audit` where every output streams: any number of documents in constant memory."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click

from picheck.cli.options import load_inventory
from picheck.cli.writing import Output
from picheck.engine.terms import Terms
from picheck.errors import UsageError
from picheck.hooks.inventory import Inventory
from picheck.hooks.reporter import StreamingReporter
from picheck.model.report import Report

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
) -> Report:
    """Audit the paths, writing as it goes; return the sum."""
    from picheck.cli.progress import Progress  # noqa: PLC0415
    from picheck.engine.batch import Batch  # noqa: PLC0415 - a single file does without
    from picheck.engine.crews import crew_of  # noqa: PLC0415
    from picheck.engine.streaming import Recipe  # noqa: PLC0415
    from picheck.intake.packets import Packets  # noqa: PLC0415

    recipe = Recipe(
        open_inventory=partial(
            load_inventory, options["plugins"], (), autoload=options["autoload"]
        ),
        terms=terms,
        reporters=tuple(output.reporter.name for output in outputs),
    )
    crew = crew_of(options["jobs"] or os.cpu_count() or 1, options["executor"])
    with ExitStack() as stack:
        packets = stack.enter_context(Packets(options["paths"]))
        progress = stack.enter_context(Progress(packets.total_bytes, options["progress"]))
        sinks = [stack.enter_context(_opened(output.path)) for output in outputs]
        try:
            return Batch(recipe, crew, sinks, progress, inventory).of(packets)
        except KeyboardInterrupt:
            click.echo(f"picheck: stopped after {progress.told}", err=True)
            raise


@contextmanager
def _opened(path: Path | None) -> Iterator[BinaryIO]:
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    try:
        with path.open("wb") as file:
            yield file
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
