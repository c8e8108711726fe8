"""Results learn their line and column, only where there are any to place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Protocol, TypeAlias

import msgspec

from picheck.errors import InputError
from picheck.intake.decoder import read_json
from picheck.intake.documents import RawDocument
from picheck.intake.formats import convert
from picheck.intake.json_locations import LocatedJson
from picheck.model.conversion import Format, Spot, spot_of
from picheck.model.location import Location
from picheck.model.report import DocumentSummary, Notice
from picheck.model.result import Result

#: Where the values of a document are: the JSON itself, or the places in a file of other format.
_Text: TypeAlias = LocatedJson | Mapping[str, Spot]


class Documents(Protocol):
    """The summaries of a run's documents by index."""

    def __getitem__(self, index: int, /) -> DocumentSummary:
        """Return one document's summary."""
        ...


def with_locations(
    results: Sequence[Result], raw: RawDocument, places: Mapping[str, Spot] | None = None
) -> tuple[Result, ...]:
    """Return the results, sorted by pointer and code, each with its line and column.

    `places` says where values are in a file that is not JSON.

    In a file of one document a line they know the document's line already, and no column is given.
    """
    ordered = sorted(results, key=lambda result: (result.location.pointer, result.code))
    if not ordered or raw.line is not None:
        return tuple(ordered)
    if places is not None:
        return tuple(_place(result, places) for result in ordered)
    try:
        text = read_json(raw.data, raw.uri)
    except InputError:  # pragma: no cover - the gate read it before
        return tuple(ordered)
    return tuple(_place(result, text) for result in ordered)


class SourceLocator:
    """Places in the documents of a run, for what is found across them at its end.

    A file is read again, and only believed if it is still the same; `in_memory` are documents whose
    bytes are here anyway, or can be had only once. `notices` says of each file that is no longer
    the same that it changed.
    """

    def __init__(
        self,
        documents: Documents,
        in_memory: Mapping[int, RawDocument],
        formats: Mapping[str, Format],
        choice: str,
    ) -> None:
        self._documents = documents
        self._in_memory = in_memory
        self._formats = formats
        self._choice = choice
        self._texts: dict[int, _Text | None] = {}
        self.notices: list[Notice] = []

    def locate(self, result: Result) -> Result:
        """Return a result with line and column, wherever its documents can be read again."""
        own = result.document
        related = tuple(
            self._at(place, own if place.document is None else place.document)
            for place in result.related_locations
        )
        location = self._at(result.location, own)
        return msgspec.structs.replace(result, location=location, related_locations=related)

    def _at(self, location: Location, index: int) -> Location:
        line = self._documents[index].line
        if line is not None:
            return msgspec.structs.replace(location, line=line)
        if index not in self._texts:
            self._texts[index] = self._read(index)
        text = self._texts[index]
        return location if text is None else _at(location, text)

    def _read(self, index: int) -> _Text | None:
        """Return the places in a document; None where they cannot be had any more."""
        try:
            given = self._in_memory.get(index) or _read_again(self._documents[index])
        except InputError as error:
            self.notices.append(_changed_notice(index, error))
            return None
        with suppress(InputError):
            made = convert(given.data, given.uri, self._choice, self._formats)
            return read_json(given.data, given.uri) if made.places is None else made.places
        return None


def _read_again(document: DocumentSummary) -> RawDocument:
    """Read the document that a summary is of. Raises InputError where it is not the same now."""
    from picheck.intake.files import reread  # noqa: PLC0415 - few findings need it

    return reread(document.uri, document.sha256)


def _changed_notice(index: int, error: InputError) -> Notice:
    """Say that a document is not what it was, so that its lines and columns are not known."""
    return Notice(
        kind="changedWhileRead",
        document=index,
        message=f"no line and column can be given for what was found across documents: {error}",
        is_incomplete=True,
    )


def _place(result: Result, text: _Text) -> Result:
    return msgspec.structs.replace(
        result,
        location=_at(result.location, text),
        related_locations=tuple(
            # a related place in another document has no line in this text
            place if place.document is not None else _at(place, text)
            for place in result.related_locations
        ),
    )


def _at(location: Location, text: _Text) -> Location:
    if isinstance(text, LocatedJson):
        line, column = text.locate(location.pointer)
        return msgspec.structs.replace(location, line=line, column=column)
    spot = spot_of(location.pointer, text)
    if spot is None:
        return location
    path = spot.path or None
    return msgspec.structs.replace(location, line=spot.line, column=spot.column, source_path=path)
