"""Results learn their line and column, only where there are any to place."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from picheck.errors import InputError
from picheck.intake.inputs import RawDocument
from picheck.intake.positions import ReadText
from picheck.intake.structure import read_json
from picheck.model.finding import Result
from picheck.model.location import Location


def located(results: Sequence[Result], raw: RawDocument) -> tuple[Result, ...]:
    """Return the results, sorted by pointer and code, each with its line and column.

    In a file of one document a line they know the document's line already, and no column is given.
    """
    ordered = sorted(results, key=lambda result: (result.location.pointer, result.rule.code))
    if not ordered or raw.line is not None:
        return tuple(ordered)
    try:
        text = read_json(raw.data, raw.uri)
    except InputError:  # pragma: no cover - the gate read it before
        return tuple(ordered)
    return tuple(_place(result, text) for result in ordered)


def _place(result: Result, text: ReadText) -> Result:
    return msgspec.structs.replace(
        result,
        location=_at(result.location, text),
        related_locations=tuple(
            place if place.document is not None else _at(place, text)
            for place in result.related_locations
        ),
    )


def _at(location: Location, text: ReadText) -> Location:
    line, column = text.locate(location.pointer)
    return msgspec.structs.replace(location, line=line, column=column)
