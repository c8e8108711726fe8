"""Values, places and sources as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from picheck.api import Citation, DocumentSummary, Location, Report, Result
from picheck.model.frozen import thaw


def document_name(summary: DocumentSummary) -> str:
    """Return the file, and the line where the document is one line of it."""
    return summary.uri if summary.line is None else f"{summary.uri}:{summary.line}"


def format_count(number: int, noun: str, plural: str | None = None) -> str:
    """Return "1 rule" or "3 rules"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def format_value(value: Any) -> str:
    """Show a JSON value in a sentence: texts as they are, several joined by "or"."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return " or ".join(value)
    return json.dumps(thaw(value), ensure_ascii=False)


def format_citation(citation: Citation) -> str:
    """Return one citation as a line: title, place in it, standing, address."""
    where = f", {citation.locator}" if citation.locator else ""
    address = f" {citation.url}" if citation.url else ""
    return f"{citation.title}{where} ({citation.standing}){address}"


def format_pointer(location: Location) -> str:
    """Return the pointer with the measure's id in place of its index; `/` for the root."""
    return location.named or location.pointer or "/"


def format_path(location: Location) -> str:
    """Return what people of the file's own format call the place, an XPath; else the pointer."""
    return location.source_path or format_pointer(location)


def format_place(summary: DocumentSummary, location: Location) -> str:
    """Return `file:line:column`, or the file and the pointer where there is no column.

    Where the file's format has names for its places, such as an XPath, the name comes last.
    """
    if location.line and location.column:
        place = f"{summary.uri}:{location.line}:{location.column}"
        return f"{place} {location.source_path}" if location.source_path else place
    name = f"{summary.uri}:{location.line}" if location.line else summary.uri
    return f"{name} {location.source_path or location.named or location.pointer}".rstrip()


def format_places(summary: DocumentSummary, equal: Sequence[Result]) -> str:
    """Return the places of equal results of one document, the file named once."""
    if len(equal) == 1:
        return format_place(summary, equal[0].location)
    spots = ", ".join(
        f"{location.line}:{location.column}"
        if location.line and location.column
        else format_pointer(location)
        for location in (result.location for result in equal)
    )
    return f"{len(equal):,} in {document_name(summary)}: {spots}"


def format_related(report: Report, result: Result, related: Location) -> str:
    """Return a related place, which may be in another document, and what is there."""
    index = result.document if related.document is None else related.document
    if index == result.document and not related.line:
        place = format_pointer(related)
    else:
        place = format_place(report.documents[index], related)
    return f"{place} {related.message or ''}".rstrip()


def list_related(report: Report, equal: Iterable[Result]) -> list[str]:
    """Return the related places of results, each once."""
    places = (
        format_related(report, result, related)
        for result in equal
        for related in result.related_locations
    )
    return list(dict.fromkeys(places))
