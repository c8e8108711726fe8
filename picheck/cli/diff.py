"""`picheck diff`: what is new, gone and the same between two reports."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import click
import msgspec

from picheck.cli.console import say, say_wrapped
from picheck.cli.options import format_option
from picheck.cli.report_diff import LISTS, Comparison, Found, Side
from picheck.cli.stdout import say_fault, write_utf8

_FINDINGS = 1
_SCHEMA_VERSION = "1.0"
_AT_ONCE = 1000
_FILE = click.Path(path_type=Path)


@click.command(
    "diff",
    epilog="""\b
Findings are compared by the entity's pseudonym and their fingerprint: a text, a line or a file
name that changes does not matter. Both reports are made with -f json or -f ndjson, with the same
--entity-key and the same --fail-on.

\b
Exit codes:
  0  nothing counts at the gate that did not before
  1  something does: it is new, or a waiver or the baseline accepted it before
  2  usage, or the reports cannot be compared: other entity keys, another gate
  3  a report could not be read, is of another version, or was cut

\b
Examples:
  picheck diff last-week.ndjson tonight.ndjson
  picheck diff --same --format json before.json after.json""",
    short_help="Compare two reports: what is new, gone, the same.",
)
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--same", is_flag=True, help="List the findings that both reports have too.")
@format_option
def command(old: Path, new: Path, form: str, *, same: bool) -> int:
    """Compare an OLD report with a NEW one."""
    with Comparison(old, new) as compared:
        lists = LISTS if same else LISTS[:-1]
        if form == "json":
            for piece in _gather(_json(compared, lists)):
                write_utf8(piece)
        else:
            _say(compared, lists)
        for side in (compared.old, compared.new):
            _say_incomplete(side)
        counts = compared.counts()
        return _FINDINGS if counts["newAtGate"] or counts["reopenedAtGate"] else 0


def _say_incomplete(side: Side) -> None:
    if not side.complete:
        say_fault(
            f"{side.uri} is of an incomplete audit: what it does not hold may not have been checked"
        )


def _gather(pieces: Iterator[str]) -> Iterator[str]:
    """Yield pieces together, about a thousand at once."""
    # one write a piece would cost a system call for each line
    while batch := list(islice(pieces, _AT_ONCE)):
        yield "".join(batch)


def _json(compared: Comparison, lists: tuple[str, ...]) -> Iterator[str]:
    """Yield the comparison as one JSON object, finding by finding."""
    head = {
        "schemaVersion": _SCHEMA_VERSION,
        "old": compared.old,
        "new": compared.new,
        "otherTerms": compared.other_terms,
        "counts": compared.counts(),
        "entities": compared.entities(),
    }
    yield msgspec.json.encode(head).decode()[:-1] + ', "findings": {'
    for number, name in enumerate(lists):
        yield f"{', ' if number else ''}\n{msgspec.json.encode(name).decode()}: ["
        for place, found in enumerate(compared.findings(name)):
            yield f"{',' if place else ''}\n  {msgspec.json.encode(found).decode()}"
        yield "]"
    yield "}}\n"


def _say(compared: Comparison, lists: tuple[str, ...]) -> None:
    counts, entities = compared.counts(), compared.entities()
    gate = f"{counts['newAtGate']} at the gate: {compared.new.gate}"
    say(f"{counts['new']} new ({gate}), {counts['gone']} gone, {counts['same']} the same")
    if counts["reopened"]:
        say(f"of the same, {_no_longer_accepted(counts['reopened'], counts['reopenedAtGate'])}")
    say(
        f"{_show_count(entities['same'])} in both reports, {entities['new']} only in"
        f" {compared.new.uri}, {entities['gone']} only in {compared.old.uri}"
    )
    if compared.other_terms:
        say_wrapped(f"made on other terms: {', '.join(compared.other_terms)}")
    for name in lists:
        if counts[name]:
            say()
            say(name)
            for found in compared.findings(name):
                _say_finding(found, name, compared)


def _say_finding(found: Found, name: str, compared: Comparison) -> None:
    several = f", {found.occurrences} times" if found.occurrences > 1 else ""
    accepted = ", accepted" if found.accepted else ""
    say_wrapped(f"{found.severity:<8}{found.code} {found.slug}{several}{accepted}", "  ", " " * 10)
    line = f":{found.line}" if found.line else ""
    entity = f" ({found.entity})" if found.entity else ""
    say_wrapped(f"{found.subject}{entity}, {found.uri}{line} {found.pointer}", " " * 10)
    say_wrapped(found.message, " " * 10)
    if not found.is_entity_in_other:
        other = compared.new if name == "gone" else compared.old
        say_wrapped(f"{other.uri} has no document of this entity", " " * 10)


def _no_longer_accepted(number: int, at_gate: int) -> str:
    was = "was" if number == 1 else "were"
    return (
        f"{number} {was} accepted before and no longer {'is' if number == 1 else 'are'}"
        f" ({at_gate} at the gate): a waiver ran out, or the baseline is another"
    )


def _show_count(number: int) -> str:
    return "1 entity" if number == 1 else f"{number} entities"
