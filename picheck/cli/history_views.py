"""`picheck history list`, `show` and `trend`: what a history holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from picheck.cli.audit_options import parse_date
from picheck.cli.audit_parameters import example
from picheck.cli.console import say, say_json, say_labelled, say_table
from picheck.cli.destinations import read_destinations
from picheck.cli.history_options import history_option, open_database, write_new
from picheck.cli.options import load_inventory, plugin_options, today
from picheck.engine.document import DocumentAuditor
from picheck.engine.options import AuditOptions
from picheck.errors import UsageError
from picheck.intake.documents import Unreadable
from picheck.intake.files import read_inputs
from picheck.reporters.presentation import VERDICTS

if TYPE_CHECKING:
    from picheck.history.database import Database

F = TypeVar("F", bound=Callable[..., Any])

_DATA_FORMS: Final = ("text", "json")
_FORMS: Final = (*_DATA_FORMS, "html")
_SHORT: Final = 12
#: The kinds of records (see docs/history.md).
KINDS: Final = ("note", "audit", "run", "submitted", "answer", "expunged")


def _entity_options(command: Any) -> Any:
    """Give a command `--entity-of` with the options that reading the file needs."""
    option = click.option(
        "--entity-of", metavar="FILE", help="Only records about the entity of this submission."
    )
    return option(plugin_options(command))


def _form_option(*forms: str) -> Callable[[F], F]:
    page = ", a page with a picture" if "html" in forms else ""
    return click.option(
        "-f",
        "--format",
        "formats",
        multiple=True,
        metavar=f"{'|'.join(forms)}[=PATH]",
        help=f"Text for people, JSON for programs{page} [default: text].",
    )


@click.command("list", epilog=example("picheck history list --year 2025 --since 2026-01-01"))
@_entity_options
@click.option("-y", "--year", type=int, help="Only records of this performance year.")
@click.option("--since", metavar="DATE", help="Only records from this date on, in UTC.")
@click.option("--until", metavar="DATE", help="Only records up to this date, in UTC.")
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only records of this kind."
)
@click.option("--limit", type=click.IntRange(min=1), help="Only the newest, this many.")
@_form_option(*_DATA_FORMS)
@history_option
def list_command(
    *,
    entity_of: str | None,
    year: int | None,
    since: str | None,
    until: str | None,
    kinds: tuple[str, ...],
    limit: int | None,
    formats: tuple[str, ...],
    url: str | None,
    **given: Any,
) -> int:
    """List the records, the oldest first."""
    dates = {
        "since": parse_date(since, "--since") if since is not None else None,
        "until": parse_date(until, "--until") if until is not None else None,
    }
    database = open_database(url)
    from picheck.history.queries import view_list  # noqa: PLC0415 - only a history needs it

    entity = _entity(entity_of, database, given)
    whole = view_list(database, entity=entity, year=year, **dates, kinds=kinds, limit=limit)
    _write(formats, whole, lambda: _say_list(whole["records"], _state(whole)), None)
    return 0


@click.command("show", epilog=example("picheck history show 12 -f html=record.html"))
@click.argument("seq", type=int)
@_form_option(*_FORMS)
@history_option
def show_command(seq: int, formats: tuple[str, ...], url: str | None) -> int:
    """Show one record with all that was known then."""
    database = open_database(url)
    from picheck.history.page import record_page  # noqa: PLC0415 - only a history needs it
    from picheck.history.queries import view_record  # noqa: PLC0415

    whole = view_record(database, seq)
    _write(formats, whole, lambda: _say_record(whole), lambda: record_page(whole, _state(whole)))
    return 0


@click.command("trend", epilog=example("picheck history trend --year 2025 -f html=trend.html"))
@_entity_options
@click.option("-y", "--year", type=int, help="Only this performance year.")
@_form_option(*_FORMS)
@history_option
def trend_command(
    *,
    entity_of: str | None,
    year: int | None,
    formats: tuple[str, ...],
    url: str | None,
    **given: Any,
) -> int:
    """Show verdicts and scores over time, and what was cured when."""
    database = open_database(url)
    from picheck.history.page import trend_page  # noqa: PLC0415 - only a history needs it
    from picheck.history.queries import view_trend  # noqa: PLC0415

    whole = view_trend(database, entity=_entity(entity_of, database, given), year=year)
    groups = whole["trends"]
    _write(formats, whole, lambda: _say_trend(groups), lambda: trend_page(groups, _state(whole)))
    return 0


def _entity(path: str | None, database: Database, given: dict[str, Any]) -> str | None:
    """Return the name that an entity has in the history, of the file that speaks for it."""
    if path is None:
        return None
    from picheck.history.keys import read_key  # noqa: PLC0415
    from picheck.history.subject import describe_subject  # noqa: PLC0415 - a history needs it

    _, registry = load_inventory(given["plugins"], given["required"], autoload=given["autoload"])
    auditor = DocumentAuditor(registry, AuditOptions(as_of=today()))
    found: str | None = None
    for document in read_inputs([path], registry.document_suffixes):
        if isinstance(document, Unreadable):
            raise document.error
        sets = auditor.entity_sets(document, 0)
        found = describe_subject(sets, None, read_key(database.url)).entity
        break
    if found is None:
        raise UsageError(f"{path} does not say in full whom it speaks for")
    return found


def _state(whole: dict[str, Any]) -> str:
    from picheck.history.database import ChainState  # noqa: PLC0415 - only a history needs it

    return str(ChainState(**whole["history"]))


def _write(
    formats: Sequence[str],
    whole: dict[str, Any],
    say_text: Callable[[], None],
    page: Callable[[], str] | None,
) -> None:
    """Write a view in each of the formats, to standard output or to a file."""
    for form, path in read_destinations(formats or ("text",)):
        forms = _FORMS if page is not None else _DATA_FORMS
        if form not in forms:
            raise UsageError(f"there is no format {form!r} here; choose {' or '.join(forms)}")
        if form == "text":
            if path:
                others = " or ".join(f"{each}=PATH" for each in forms if each != "text")
                raise UsageError(f"text goes to standard output; write {others}")
            say_text()
        elif form == "json":
            _write_data(path, whole)
        elif page is not None:
            text = page()
            if path:
                write_new(path, text.encode())
            else:
                click.echo(text, nl=False)


def _write_data(path: Path | None, whole: dict[str, Any]) -> None:
    if path is None:
        say_json(whole)
        return
    import msgspec  # noqa: PLC0415 - seldom needed

    data = msgspec.json.format(msgspec.json.encode(whole, enc_hook=dict), indent=2)
    write_new(path, data + b"\n")


def _say_list(records: Sequence[dict[str, Any]], state: str) -> None:
    headers = ("seq", "at", "kind", "year", "entity", "verdict", "score", "what")
    say_table(headers, [_row(each) for each in records])
    say()
    say(state)


def _row(record: dict[str, Any]) -> tuple[object, ...]:
    return (
        record["seq"],
        record["at"],
        record["kind"],
        record["year"],
        (record["entity"] or "")[:_SHORT],
        VERDICTS.get(record["verdict"] or "", ""),
        "" if record["score"] is None else f"{record['score']:g}",
        _what(record),
    )


def _what(record: dict[str, Any]) -> str:
    match record["kind"]:
        case "run":
            return f"{record['recorded']} recorded, {record['unchanged']} unchanged"
        case "submitted":
            sent = f"{record['uri']}, sent {record['on']}"
            return f"{sent}, {record['confirmation']}" if record.get("confirmation") else sent
        case "answer":
            return f"answer of {record['on']} to record {record['submitted']}"
        case "expunged":
            return str(record["reason"])
        case "audit":
            more = f", with record {record['amends']}" if "amends" in record else ""
            line = f":{record['line']}" if "line" in record else ""
            return f"{record['uri']}{line}{more}"
    return ""


def _say_record(record: dict[str, Any]) -> None:
    say(f"record {record['seq']}: {record['kind']}, {record['at']}, by {record['by'] or 'unknown'}")
    for name in ("program", "year", "entity", "hash", "previous"):
        say_labelled(name, str(record[name] if record[name] is not None else "-"))
    for name, value in record["body"].items():
        # the digests of files follow, with whether their bytes are kept
        if isinstance(value, str | int) and name not in record["files"]:
            say_labelled(name, str(value))
    for role, file in record["files"].items():
        state = "kept" if file["kept"] else "digest alone"
        say_labelled(role, f"{file['sha256']} ({state})")
    for finding in record.get("findings", ()):
        say(f"  {finding['code']}  {finding['severity']}  {finding['message']}")


def _say_trend(groups: Sequence[dict[str, Any]]) -> None:
    for place, group in enumerate(groups):
        if place:
            say()
        say(f"{group['program']} {group['year']}, entity {group['entity'][:_SHORT]}")
        for audit in group["audits"]:
            score = "" if audit["score"] is None else f", {audit['score']:g} points"
            say(f"  {audit['at']}  {VERDICTS[audit['verdict']]}{score}  (record {audit['seq']})")
            for word, findings in (("cured", audit["gone"]), ("new", audit["new"])):
                if findings:
                    say_labelled(word, ", ".join(each["code"] for each in findings), "      ", 8)
        for sent in group["submitted"]:
            say(f"  sent on {sent['on']}  (record {sent['seq']})")
    if not groups:
        say("no audit of an entity is recorded")


COMMANDS: Final = (list_command, show_command, trend_command)
