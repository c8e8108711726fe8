"""How long rules may take, and how long they took."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from picheck.engine.options import RULE_TIMEOUT
from picheck.engine.stopwatch import Stopwatch

F = TypeVar("F", bound=Callable[..., Any])


def rule_timeout_option(command: F) -> F:
    """Give a command `--rule-timeout`."""
    return click.option(
        "--rule-timeout",
        type=click.FloatRange(min=0),
        default=RULE_TIMEOUT,
        show_default=True,
        metavar="SECONDS",
        help="Break off a call of a rule that takes longer; it counts as broken. 0: never. On"
        " Windows and in threads, such as those of Dask and of picheck serve, a call that waits in"
        " compiled code is broken off only when it comes back.",
    )(command)


def timing_options(command: F) -> F:
    """Give a command `--rule-timeout` and `--durations`."""
    durations = click.option(
        "--durations",
        type=click.IntRange(min=1),
        metavar="N",
        help="Print the N slowest rules on standard error.",
    )
    return rule_timeout_option(durations(command))


def print_durations(stopwatch: Stopwatch, number: int) -> None:
    """Print the slowest rules on standard error, in seconds in all and milliseconds per call.

    A rule whose answer was reused is not called, so `calls` may be fewer than documents.
    """
    slowest = sorted(stopwatch.durations.items(), key=lambda item: -item[1].seconds)
    click.echo(f"picheck: slowest {min(number, len(slowest))} of {len(slowest)} rules", err=True)
    width = max((len(code) for code, _ in slowest), default=0)
    for code, (calls, seconds) in slowest[:number]:
        each = seconds / calls * 1000
        click.echo(f"  {code:<{width}} {seconds:9.3f} s {calls:9,} calls {each:9.3f} ms", err=True)
