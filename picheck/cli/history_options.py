"""The options of a history, and what they open."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
import msgspec

from picheck.config.settings import settings
from picheck.errors import HistoryError, UsageError
from picheck.model.report import HistoryUse

if TYPE_CHECKING:
    from picheck.cli.audit_options import CommandOptions
    from picheck.engine.options import AuditOptions
    from picheck.engine.prior.loader import LoadedPrior
    from picheck.history.audit_history import AuditHistory
    from picheck.history.database import Database
    from picheck.plugins.host import Host
    from picheck.plugins.registry import PluginRegistry

F = TypeVar("F", bound=Callable[..., Any])

#: The environment variable that names the history, for every command that has `--history`.
HISTORY_VARIABLE: Final = "PICHECK_HISTORY"


class _Opening(msgspec.Struct):
    """What is read of the first line of an NDJSON report."""

    history: HistoryUse | None = None


def audit_history_options(command: F) -> F:
    """Give a command `--history`, `--by` and `--keep`."""
    for option in (
        keep_option,
        writer_options,
        click.option(
            "--history",
            metavar="URL",
            envvar=HISTORY_VARIABLE,
            help="Look back into a history and record the audit in it: a path,"
            " sqlite:///PATH or postgresql+psycopg://HOST/NAME (see picheck history init)"
            f" [default: {HISTORY_VARIABLE}, then the settings' history].",
        ),
    ):
        command = option(command)
    return command


def writer_options(command: F) -> F:
    """Give a command `--by`, and the clock that its tests set."""
    command = click.option("--now", hidden=True, metavar="TIME")(command)
    return click.option(
        "--by", metavar="NAME", help="Who records it [default: the name of the system's user]."
    )(command)


def keep_option(command: F) -> F:
    """Give a command `--keep`."""
    return click.option(
        "--keep",
        type=click.Choice(["all", "digests"]),
        default="all",
        show_default=True,
        help="Keep the files themselves in the history, or their digests alone.",
    )(command)


def history_option(command: F) -> F:
    """Give a command of the history `--history`."""
    return click.option(
        "--history",
        "url",
        metavar="URL",
        envvar=HISTORY_VARIABLE,
        help="The history: a path, sqlite:///PATH or postgresql+psycopg://HOST/NAME"
        f" [default: {HISTORY_VARIABLE}, then the settings' history].",
    )(command)


def find_url(url: str | None) -> str:
    """Return the address of the history that was given, or of the one in the settings.

    Raises UsageError where there is none.
    """
    found = url or settings(None, isolated=False).options.get("history")
    if not found:
        raise UsageError(f"name the history: --history URL, {HISTORY_VARIABLE}, or the settings")
    return str(found)


def open_database(url: str | None) -> Database:
    """Open a history. Raises UsageError where there is none, or no package that reads it."""
    check_installed()
    from picheck.history.database import Database  # noqa: PLC0415 - only a history needs it

    return Database(find_url(url))


def check_installed() -> None:
    """Raise UsageError where the packages that a history needs are not installed."""
    try:
        import alembic  # noqa: F401, PLC0415 - only a history needs it
        import sqlalchemy  # noqa: F401, PLC0415
    except ImportError as error:
        raise UsageError(
            f"a history needs {error.name}; install it with: pip install 'picheck[history]'"
        ) from error


def user_name(by: str | None) -> str:
    """Return who is recorded: the name that was given, or that of the system's user."""
    if by is not None:
        return by
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return ""


def clock(now: str | None) -> Callable[[], datetime]:
    """Return the clock of a history; tests set it to one time. Raises UsageError."""
    if now is None:
        return lambda: datetime.now(UTC)
    try:
        time = datetime.fromisoformat(now)
    except ValueError as error:
        raise UsageError(f"--now {now!r} is not a time such as 2026-01-05T09:00:00Z") from error
    return lambda: time


def open_recorder(
    options: CommandOptions,
    terms: AuditOptions,
    host: Host,
    registry: PluginRegistry,
    *,
    streams: bool,
    begun: HistoryUse | None = None,
) -> tuple[AuditHistory | None, AuditOptions, list[str]]:
    """Open the history of an audit, if one was asked for.

    Returns it, the options that name it in the report, and a line for a database that does not
    answer: the audit is made without it then. `begun` is the state of the history that an output
    names which the run goes on with. Raises UsageError where there is no history there.
    """
    if options.history is None:
        return None, terms, []
    check_installed()
    from picheck.history.audit_history import History  # noqa: PLC0415 - as above

    try:
        history = History(options.history, host, registry, keep=options.keep == "all")
        by, now = user_name(options.by), clock(options.now)
        run, terms = history.begin_run(terms, by=by, at_end=not streams, begun=begun, clock=now)
    except HistoryError as error:
        return None, terms, [f"{error}; earlier years were not looked up, nothing was recorded"]
    return run, terms, []


def look_back_into(url: str, prior: LoadedPrior, registry: PluginRegistry) -> LoadedPrior:
    """Add a history to the earlier submissions of a run that records nothing.

    Raises UsageError where there is no history there.
    """
    check_installed()
    from picheck.history.archive import look_back  # noqa: PLC0415 - as above

    return look_back(url, prior, registry.rulebooks)


def read_beginning(path: Path | None) -> HistoryUse | None:
    """Return the state of the history that an NDJSON report names; None where it names none."""
    if path is None:
        return None
    with suppress(OSError, msgspec.DecodeError, UnicodeDecodeError), path.open("rb") as file:
        return msgspec.json.decode(file.readline(), type=_Opening).history
    return None


def write_new(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read. Raises UsageError where it cannot be written."""
    try:
        # before the first byte is in it
        path.touch(mode=0o600)
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
