"""What a format other than JSON is, and what it makes of a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol, runtime_checkable

import msgspec

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Spot(msgspec.Struct, frozen=True):
    """A place in a file of another format than JSON.

    `line` and `column` are 1-based and count Unicode code points; `offset` counts bytes from the
    start. All three are None where the format has no lines. `path` is how people of that format
    name the place: an XPath, or `Measures!C14` in a spreadsheet.
    """

    line: int | None = None
    column: int | None = None
    path: str = ""
    offset: int | None = None


def spot_of(pointer: str, places: Mapping[str, Spot]) -> Spot | None:
    """Return the place of a pointer, or of its nearest ancestor; None where none is known."""
    while pointer not in places and pointer:
        pointer = pointer.rpartition("/")[0]
    return places.get(pointer)


class Converted(msgspec.Struct, frozen=True):
    """A file as a submission.

    `document` is the JSON of the Submissions API. `places` says where each JSON Pointer of it
    is in the file; a pointer that is not there is looked up by its nearest ancestor. `facts`
    are what only the file states, for rules that read `source`; a pointer in them need not lead
    into the document, but it is one of `places`.
    """

    document: bytes
    places: Mapping[str, Spot]
    facts: Mapping[str, Any] = _NOTHING


@runtime_checkable
class Format(Protocol):
    """Turns files of one format into submissions.

    `name` is what `--input-format` takes and what `source.format` is; `description` is one line;
    `suffixes` are the endings of file names, in lower case and with the point: `(".xml",)`.
    """

    name: str
    description: str
    suffixes: tuple[str, ...]

    def recognises(self, head: bytes) -> bool:
        """Whether a file that begins with `head`, at most 4 KiB, may be of this format."""
        ...

    def convert(self, data: bytes, uri: str) -> Converted:
        """Convert a file.

        It never writes an answer, a count or a date that is not in the file. Raises InputError,
        with line and column where there are any, for a file that is not of this format.
        """
        ...


def suffixes_of(formats: Iterable[Format]) -> tuple[str, ...]:
    """Return the suffixes that files of these formats have, for those who look into folders."""
    return tuple(dict.fromkeys(suffix for form in formats for suffix in form.suffixes))
