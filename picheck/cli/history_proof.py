"""`picheck history verify`, `replay` and `export`: proof of what was known then."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Final

import click

from picheck.cli.audit_parameters import example
from picheck.cli.console import say, say_json, say_wrapped
from picheck.cli.history_options import history_option, open_database, write_new
from picheck.cli.options import format_option, load_inventory, plugin_options
from picheck.cli.stdout import write_utf8
from picheck.errors import InputError, UsageError
from picheck.file_access import read_file

_FILE = click.Path(path_type=Path)
_HASH: Final = re.compile(r"\b[0-9a-f]{64}\b")
# as JSON reports, text reports and our own lines print it
_HEAD: Final = re.compile(r'\bhead"?:? *"?([0-9a-f]{64})\b')
_BROKEN: Final = 1
_INCOMPLETE: Final = 4
_WORDS: Final = {
    "identical": "byte-identical",
    "differs": "differs",
    "notReplayable": "cannot be replayed here",
}


@click.command("verify", epilog=example("picheck history verify --head report.json"))
@click.option(
    "--head",
    "heads",
    multiple=True,
    metavar="HASH|FILE",
    help="A head of an earlier time, or a report that prints one; it must still be in the chain.",
)
@click.option("--against", type=_FILE, metavar="BUNDLE", help="An export to compare with.")
@history_option
@format_option
def verify_command(
    *, heads: tuple[str, ...], against: Path | None, url: str | None, form: str
) -> int:
    """Verify every record, the chain, and every kept file."""
    database = open_database(url)
    from picheck.history.verify import verify  # noqa: PLC0415 - only a history needs it

    wanted = [hash_ for head in heads for hash_ in _heads(head)]
    if against is not None:
        wanted += _bundle_hashes(against)
    found = verify(database, wanted)
    fault = found.fault
    if form == "json":
        say_json(
            {
                "whole": fault is None,
                "records": found.records,
                "files": found.files,
                "head": found.head,
                "fault": None if fault is None else {"seq": fault.seq, "reason": fault.reason},
            }
        )
    elif fault is None:
        say(f"whole: {found.records:,} records, {found.files:,} files, head {found.head}")
        for each in wanted[:3]:
            say(f"holds the earlier head {each}")
    elif fault.seq is None:
        say(f"broken: {fault.reason}")
    else:
        say(f"broken at record {fault.seq}: record {fault.seq} {fault.reason}")
    return 0 if fault is None else _BROKEN


@click.command("replay", epilog=example("picheck history replay 12"))
@click.argument("seqs", nargs=-1, type=int, metavar="[SEQ]...")
@click.option("--all", "every", is_flag=True, help="Replay every recorded audit.")
@click.option(
    "--with-current",
    is_flag=True,
    help="Replay with today's plugins and rulebooks where others made the audit.",
)
@history_option
@plugin_options
@format_option
def replay_command(
    *,
    seqs: tuple[int, ...],
    every: bool,
    with_current: bool,
    url: str | None,
    plugins: tuple[str, ...],
    required: tuple[str, ...],
    autoload: bool,
    form: str,
) -> int:
    """Make recorded audits again from what was kept, and compare the reports byte by byte."""
    if bool(seqs) == every:
        raise UsageError("name the records to replay, or --all")
    database = open_database(url)
    from picheck.history.queries import find_record, list_records  # noqa: PLC0415
    from picheck.history.replay import AuditReplayer  # noqa: PLC0415

    host, registry = load_inventory(plugins, required, autoload=autoload)
    with database.open_to_read() as connection:
        replayer = AuditReplayer(connection, host, registry, with_current=with_current)
        if every:
            seqs = tuple(each["seq"] for each in list_records(connection, kinds=("audit",)))
        rows = [find_record(connection, seq) for seq in seqs]
        for row in rows:
            if row.kind != "audit":
                raise UsageError(f"record {row.seq} is no audit but {row.kind}")
        replays = [replayer.replay(row) for row in rows]
    if form == "json":
        say_json({"replays": [each._asdict() for each in replays]})
    else:
        for each in replays:
            say(f"record {each.seq}: {_WORDS[each.outcome]}")
            for line in each.lines:
                say_wrapped(line, "  ", "    ")
    outcomes = {each.outcome for each in replays}
    return _INCOMPLETE if "notReplayable" in outcomes else int("differs" in outcomes)


@click.command("export", epilog=example("picheck history export 12 14 -o bundle.zip"))
@click.argument("seqs", nargs=-1, type=int, required=True, metavar="SEQ...")
@click.option("-o", "--output", type=_FILE, metavar="PATH", help="Where to; statements: stdout.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["zip", "intoto"]),
    default="zip",
    show_default=True,
    help="A bundle with all files and a script that verifies it, or in-toto statements.",
)
@click.option(
    "--only",
    is_flag=True,
    help="Leave out the records in between, which speak of others; each is proved by itself then.",
)
@history_option
def export_command(
    *,
    seqs: tuple[int, ...], output: Path | None, form: str, only: bool, url: str | None,
) -> int:  # fmt: skip
    """Hand records over, with the files that they name."""
    if form == "zip" and output is None:
        raise UsageError("say where the bundle goes: -o bundle.zip")
    database = open_database(url)
    from picheck.history.export import export_bundle, export_statements  # noqa: PLC0415

    with database.open_to_read() as connection:
        if form == "zip":
            data = export_bundle(connection, seqs, only=only)
        else:
            lines = [json.dumps(each) for each in export_statements(connection, seqs)]
            data = "".join(f"{line}\n" for line in lines).encode()
    if output is None:
        write_utf8(data.decode())
    else:
        write_new(output, data)
        say(f"{output}: {len(seqs)} {'record' if len(seqs) == 1 else 'records'}")
    return 0


def _heads(given: str) -> list[str]:
    """Return the heads that a hash, or a file that prints one, means."""
    if _HASH.fullmatch(given):
        return [given]
    try:
        text = read_file(Path(given)).decode("utf-8", "replace")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", uri=given) from error
    found = _HEAD.findall(text)
    if not found:
        raise UsageError(f"{given} prints no head of a history")
    return list(dict.fromkeys(found))


def _bundle_hashes(path: Path) -> list[str]:
    try:
        if path.exists() and not path.is_file():
            raise InputError("is not a file; give the export itself", uri=str(path))
        with zipfile.ZipFile(path) as archive:
            lines = archive.read("records.ndjson").splitlines()
            return [str(json.loads(line)["hash"]) for line in lines]
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", uri=str(path)) from error
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        said = "is not a bundle that picheck history export wrote"
        raise InputError(said, uri=str(path)) from error


COMMANDS: Final = (verify_command, replay_command, export_command)
