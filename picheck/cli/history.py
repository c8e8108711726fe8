"""`picheck history`: what was known then, and proof of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

from picheck.cli import history_proof, history_views
from picheck.cli.audit_options import parse_date
from picheck.cli.audit_parameters import example
from picheck.cli.console import say, say_json
from picheck.cli.history_options import (
    check_installed,
    clock,
    find_url,
    history_option,
    keep_option,
    open_database,
    user_name,
    writer_options,
)
from picheck.cli.options import format_option, load_inventory, plugin_options
from picheck.engine.options import AuditOptions
from picheck.errors import InputError, UsageError
from picheck.file_access import read_file
from picheck.intake.files import read_inputs

_EPILOG: Final = """\b
Examples:
  picheck history init --history practice.db
  picheck audit submission.json --history practice.db
  picheck history record submission.json --as submitted --on 2026-03-01 --history practice.db
  picheck history trend --history practice.db
  picheck history verify --history practice.db

\b
Exit codes:
  0  done, whole, or identical
  1  the chain is broken, or a replay differs
  2  usage; no history at this address, or one of an older version
  3  a file could not be read
  4  the database does not answer, or a record cannot be replayed here
"""
_FILE = click.Path(path_type=Path)


@click.group("history", epilog=_EPILOG, short_help="Audits and submissions of earlier days.")
def command() -> None:
    """Keep what was audited and what was sent, in a database whose records never change.

    Rules that look back read what was submitted in earlier years; a data validation finds what
    was known at the time, with a proof that it was not written afterwards.
    """


@command.command(epilog=example("picheck history init --history practice.db"))
@history_option
@writer_options
@format_option
def init(url: str | None, by: str | None, now: str | None, form: str) -> int:
    """Make a new history, with the key of its entities beside it."""
    check_installed()
    from picheck.history.chain import create  # noqa: PLC0415 - only a history needs it
    from picheck.history.keys import key_file  # noqa: PLC0415

    address = find_url(url)
    database = create(address, by=user_name(by), clock=clock(now))
    state, key = database.state(), key_file(address)
    database.close()
    if form == "json":
        facts = {"records": state.records, "head": state.head, "origin": state.origin}
        say_json({**facts, "key": str(key)})
    else:
        say(f"{state}")
        say(f"keep a copy of {key}: without it no entity can be found in the history again")
    return 0


@command.command(epilog=example("picheck history upgrade --history practice.db"))
@history_option
@format_option
def upgrade(url: str | None, form: str) -> int:
    """Bring the tables of a history to the version of this picheck; records stay as they are."""
    check_installed()
    from picheck.history import database  # noqa: PLC0415 - only a history needs it

    address = find_url(url)
    database.upgrade(address)
    state = database.Database(address).state()
    if form == "json":
        say_json({"records": state.records, "head": state.head, "revision": database.REVISION})
    else:
        say(f"{state}")
    return 0


@command.command(
    epilog=example("picheck history record submission.json --as submitted --on 2026-03-01")
)
@click.argument("path", metavar="PATH|-")
@click.option(
    "--as",
    "kind",
    type=click.Choice(["submitted", "answer"]),
    required=True,
    help="The file was sent to CMS, or it is what CMS answered.",
)
@click.option("--on", "day", metavar="DATE", required=True, help="The date it was sent or came.")
@click.option("--confirmation", metavar="ID", help="The number that confirms it.")
@click.option("--channel", metavar="TEXT", help="How it was sent, such as a registry's name.")
@click.option("--of", "about", type=_FILE, metavar="FILE", help="The submission that was answered.")
@click.option("-y", "--year", type=int, help="The performance year [default: the document's].")
@history_option
@writer_options
@keep_option
@plugin_options
@format_option
def record(
    *,
    path: str,
    kind: str,
    day: str,
    confirmation: str | None,
    channel: str | None,
    about: Path | None,
    year: int | None,
    url: str | None,
    by: str | None,
    keep: str,
    now: str | None,
    plugins: tuple[str, ...],
    required: tuple[str, ...],
    autoload: bool,
    form: str,
) -> int:
    """Record what was really sent, or what CMS answered to it."""
    on = parse_date(day, "--on")
    facts = {"on": on.isoformat(), "confirmation": confirmation, "channel": channel}
    given: dict[str, Any] = {
        "facts": {name: value for name, value in facts.items() if value is not None},
        "by": user_name(by),
        "keep": keep == "all",
        "clock": clock(now),
    }
    if (kind == "answer") != (about is not None):
        raise UsageError("--of FILE names the submission that --as answer is about, and only that")
    _, registry = load_inventory(plugins, required, autoload=autoload)
    database = open_database(url)
    from picheck.history.submitted import record_answer, record_submitted  # noqa: PLC0415

    lines: list[str] = []
    if about is not None:
        (document, *others) = read_inputs([str(about)], registry.document_suffixes)
        if others:
            raise UsageError(f"{about} holds several documents; name one")
        state = record_answer(database, _read(Path(path)), document, **given)
    else:
        options = AuditOptions(as_of=on, year=year)
        inputs = read_inputs([path], registry.document_suffixes)
        state, lines = record_submitted(database, inputs, registry, options, **given)
    if form == "json":
        # an answer is one record, and has no line
        say_json({"records": state.records, "head": state.head, "recorded": max(len(lines), 1)})
    else:
        for line in lines:
            say(line)
        say(f"{state}")
    return 0


@command.command(epilog=example("picheck history expunge --before 2019 --reason retention"))
@click.option("--before", type=int, required=True, metavar="YEAR", help="The first year to keep.")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is recorded.")
@history_option
@writer_options
@format_option
def expunge(
    *, before: int, reason: str, url: str | None, by: str | None, now: str | None, form: str
) -> int:
    """Remove the bytes of files past their retention; records and chain stay whole."""
    database = open_database(url)
    from picheck.history.expunge import expunge as remove  # noqa: PLC0415 - a history needs it

    state, files = remove(database, before, reason, by=user_name(by), clock=clock(now))
    if form == "json":
        say_json({"files": files, "records": state.records, "head": state.head})
    else:
        say(f"{files:,} {'file' if files == 1 else 'files'} removed")
        say(f"{state}")
    return 0


def _read(path: Path) -> bytes:
    try:
        return read_file(path)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", uri=str(path)) from error


for _view in (*history_views.COMMANDS, *history_proof.COMMANDS):
    command.add_command(_view)
