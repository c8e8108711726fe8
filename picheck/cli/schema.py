"""`picheck schema`: the published JSON Schemas, and an evidence file to be filled in."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from picheck.cli.lookup import INCOMPLETE
from picheck.cli.options import load_inventory, plugin_options, say_failed, today
from picheck.engine.audit import audit_inputs
from picheck.engine.options import AuditOptions
from picheck.errors import InputError, UsageError
from picheck.intake.documents import RawDocument, Unreadable
from picheck.intake.files import read_inputs
from picheck.model.printable import printable
from picheck.model.report import Report
from picheck.model.skeleton import evidence_skeleton
from picheck.plugins.registry import PluginRegistry
from picheck.schemas import evidence_schema, load_schema

#: Asks for the EHR report's numbers measure by measure, where no report at all would ask once.
_OPEN_EVIDENCE: Final = b'{"ehrReport": {}}'

_NOTHING: Final = 5

_EXIT_CODES: Final = """\b
Exit codes:
  0  printed
  2  usage"""


@click.group("schema")
def command() -> None:
    """Print the published JSON Schemas (draft 2020-12).

    Each property has a title and a description. The schemas describe what picheck reads and
    writes: the submission, the evidence beside it, the report as JSON, and a line of it as NDJSON.
    """


@command.command(
    "submission",
    epilog=f"""{_EXIT_CODES}

\b
Example:
  picheck schema submission > submission.schema.json""",
    short_help="The submission, as the Submissions API takes it.",
)
def submission() -> None:
    """Print the schema of a submission: shape and types; what a rule names is left to it."""
    click.echo(_as_text(load_schema("submission")), nl=False)


@command.command(
    "report",
    epilog=f"""{_EXIT_CODES}

\b
Example:
  picheck schema report > report.schema.json""",
    short_help="The report that `picheck audit -f json` writes.",
)
def report() -> None:
    """Print the schema of the JSON report."""
    click.echo(_as_text(load_schema("report")), nl=False)


@command.command(
    "report-line",
    epilog=f"""{_EXIT_CODES}

\b
Example:
  picheck schema report-line > report-line.schema.json""",
    short_help="A line of what `picheck audit -f ndjson` writes.",
)
def report_line() -> None:
    """Print the schema of one line of the NDJSON report."""
    click.echo(_as_text(load_schema("report-line")), nl=False)


@command.command(
    "evidence",
    epilog="""\b
Exit codes:
  0  printed or written
  2  usage, or SUBMISSION is not one document
  3  the submission could not be read or is not JSON
  4  printed or written, but a rule or plugin broke: facts may be missing
  5  nothing was checked: no rulebook for the year, so no fact can be named

\b
Examples:
  picheck schema evidence > evidence.schema.json
  picheck schema evidence --skeleton acme.json --output acme.evidence.json
  picheck audit acme.json       finds acme.evidence.json by itself""",
    short_help="The evidence side file; with --skeleton, one to be filled in.",
)
@click.option(
    "--skeleton",
    metavar="SUBMISSION",
    help="Write evidence to be filled in for this submission, in place of the schema.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the skeleton to this file; one that exists is left alone [default: standard"
    " output].",
)
@click.option("-y", "--year", type=int, metavar="Y", help="Audit against this year.")
@plugin_options
def evidence(
    skeleton: str | None,
    output: Path | None,
    year: int | None,
    plugins: tuple[str, ...],
    required: tuple[str, ...],
    *,
    autoload: bool,
) -> int:
    """Print the schema of the evidence, or write an evidence file to be filled in.

    The sections that plugins bring are part of both.

    With --skeleton the submission is audited without evidence, and every fact that would settle
    a rule is written as null, which means "not known": unfilled, the file settles nothing and
    claims nothing. Standard error says what each fact is.
    """
    if skeleton is None:
        if output is not None:
            raise UsageError("--output goes with --skeleton; redirect the schema with > FILE")
        _, registry = load_inventory(plugins, required, autoload=autoload)
        say_failed(registry)
        click.echo(_as_text(evidence_schema(registry.evidence)), nl=False)
        return INCOMPLETE if registry.failed else 0
    if output is not None and os.path.lexists(output):
        raise UsageError(f"{output} exists already; remove it, or choose another name")
    _, registry = load_inventory(plugins, required, autoload=autoload)
    say_failed(registry)
    found = _audit(skeleton, year, registry)
    missing = sorted({k for d in found.documents for each in d.unverified for k in each.missing})
    if "nothingChecked" in found.summary.exit.reasons and not missing:
        _say_notices(found)
        return _NOTHING
    _write(_as_text(evidence_skeleton(missing)), output)
    for line in _legend(missing, evidence_schema(registry.evidence)):
        click.echo(printable(line), err=True)
    is_whole = not found.summary.outcomes.get("error") and not registry.failed
    return 0 if is_whole else INCOMPLETE


def _audit(path: str, year: int | None, registry: PluginRegistry) -> Report:
    """Audit the one document behind a path as if there were no evidence for it."""
    given = list(read_inputs([path], registry.document_suffixes))
    if len(given) != 1:
        raise UsageError(f"{path} holds {len(given)} documents; a skeleton is for one")
    document = given[0]
    if isinstance(document, Unreadable):
        raise InputError(f"{path}: {document.error}", uri=path)
    bare = RawDocument(
        uri=document.uri, data=document.data, line=document.line, evidence=_OPEN_EVIDENCE
    )
    found = audit_inputs([bare], AuditOptions(as_of=today(), year=year), registry)
    unreadable = [n.message for n in found.run.notices if n.kind == "unreadable"]
    if unreadable:
        raise InputError(unreadable[0], uri=path)
    return found


def _say_notices(found: Report) -> None:
    for result in found.results:
        click.echo(printable(f"picheck: {result.message}"), err=True)
    for notice in found.run.notices:
        click.echo(printable(f"picheck: {notice.message}"), err=True)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        # "x": a file that came meanwhile is not written over
        with output.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from error


def _legend(missing: list[str], schema: dict[str, Any]) -> Iterator[str]:
    """Say what each fact is and how it is written, in the words of the evidence schema."""
    if not missing:
        yield "picheck: no fact is missing; the skeleton is empty"
        return
    yield "picheck: fill in what you know; null means that it is not known"
    for path in missing:
        yield f"  {path}: {_describe(schema, path)}"


def _describe(schema: dict[str, Any], path: str) -> str:
    """Describe the place of a dotted key in the schema, with an example of what goes there."""
    place: dict[str, Any] = schema
    words: list[str] = []
    for name in path.split("."):
        place = _resolve(schema, place)
        place = place.get("properties", {}).get(name) or place.get("additionalProperties") or {}
        if isinstance(place, dict) and place.get("description"):
            words = [place["description"]]
    whole = _resolve(schema, place)
    described = " ".join(words) or whole.get("description", "")
    return f"{described} {_shape(schema, whole)}".strip()


def _resolve(schema: dict[str, Any], place: dict[str, Any]) -> dict[str, Any]:
    reference = place.get("$ref", "")
    return {**schema["$defs"][reference.rpartition("/")[2]], **place} if reference else place


def _shape(schema: dict[str, Any], place: dict[str, Any]) -> str:
    """Show what a filled-in value looks like."""
    text = json.dumps(_sample(schema, place))
    return f"Such as {text}" if text not in ("null", "{}") else ""


def _sample(schema: dict[str, Any], place: dict[str, Any]) -> Any:
    place = _resolve(schema, place)
    kinds = place.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "enum" in place:
        return place["enum"][0]
    if "object" in kinds and "properties" in place:
        return {name: _sample(schema, inner) for name, inner in place["properties"].items()}
    if "object" in kinds:
        return {"ID": _sample(schema, place["additionalProperties"])}
    if "array" in kinds:
        return [_sample(schema, place["items"])]
    if "integer" in kinds:
        return 1
    return "YYYY-MM-DD" if place.get("format") == "date" else "..."


def _as_text(value: object) -> str:
    return f"{json.dumps(msgspec.to_builtins(value), indent=2, ensure_ascii=False)}\n"
