"""Documents of other formats become JSON, at one door."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

import msgspec

from picheck.errors import InputError, PicheckError, UsageError
from picheck.intake.compression import unpacked_name
from picheck.intake.decoder import DecodedDocument, decode_document
from picheck.intake.documents import FromFormat, RawDocument
from picheck.intake.file_kinds import kind_of
from picheck.intake.file_names import DOCUMENT_SUFFIX, LINE_SUFFIXES
from picheck.model.conversion import Format, suffixes_of
from picheck.rules.inputs import JSON_SOURCE, Source
from picheck.validation import closest_match

#: Lets the beginning of a file, and its name, decide.
AUTO: Final = "auto"
JSON: Final = "json"
#: How many bytes of a file a format is shown to recognise it by.
HEAD: Final = 4096

#: What no format has to be asked about: JSON begins with one of these.
_JSON_STARTS: Final = (b"{", b"[")
_JSON_SUFFIXES: Final = (DOCUMENT_SUFFIX, *LINE_SUFFIXES)
_SPACE: Final = b" \t\r\n"


def convert(
    data: bytes, uri: str, choice: str = AUTO, formats: Mapping[str, Format] | None = None
) -> FromFormat:
    """Return a document as JSON; one that is JSON is returned as it is, at no cost.

    `choice` is `auto`, `json` or the name of one of `formats`. Raises UsageError where there is
    no such format or two formats claim the file, InputError where the file is of no format that
    is read, and says what it is.
    """
    if choice == AUTO and (not data or data.isspace()):
        raise InputError("holds nothing; export it again", uri=uri)
    if choice == JSON or (choice == AUTO and data[:HEAD].lstrip(_SPACE)[:1] in _JSON_STARTS):
        return FromFormat(data, JSON_SOURCE, None)
    formats = formats or {}
    form = _claimant(data[:HEAD], uri, formats) if choice == AUTO else find_format(choice, formats)
    if form is not None:
        return _convert(form, data, uri)
    # what nothing is known of is read as JSON, which says where and why it is none
    kind = kind_of(data, uri)
    if kind is not None:
        raise InputError(f"is {kind}", uri=uri)
    return FromFormat(data, JSON_SOURCE, None)


def decode(
    raw: RawDocument,
    formats: Mapping[str, Format],
    choice: str,
    programs: Collection[str],
) -> DecodedDocument:
    """Decode a document of whatever format; see `convert` and `decode_document`.

    Whoever decodes gives the programs, so that a set of another category is passed over alike
    by the audit, by the score and by those who look back.
    """
    made = raw.converted or convert(raw.data, raw.uri, choice, formats)
    decoded = decode_document(made.document, raw.uri, programs)
    if made.places is None:
        return decoded
    return msgspec.structs.replace(decoded, source=made.source, places=made.places)


def show_converted(made: FromFormat, uri: str, *, places: bool) -> Any:
    """Return a converted document as plain JSON, with its places in the file if asked for.

    Raises InputError for what is not JSON.
    """
    try:
        shown: Any = msgspec.json.decode(made.document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(
            f"{uri} is not JSON, nor of a format that is installed", uri=uri
        ) from error
    if not places:
        return shown
    spots = {
        pointer: {key: value for key, value in msgspec.structs.asdict(spot).items() if value}
        for pointer, spot in (made.places or {}).items()
    }
    return {"format": made.source.format, "document": shown, "places": spots}


def find_format(name: str, formats: Mapping[str, Format]) -> Format:
    """Return a format by its name. Raises UsageError where there is none, with the nearest."""
    form = formats.get(name)
    if form is None:
        known = (AUTO, JSON, *formats)
        near = closest_match(name, known)
        hint = f"did you mean {near}?" if near else f"known are {', '.join(known)}"
        raise UsageError(f"no input format is called {name!r}; {hint}")
    return form


def _claimant(head: bytes, uri: str, formats: Mapping[str, Format]) -> Format | None:
    """Return the one format that a file is of; None where there is none.

    A file whose name has a suffix of some format is only of a format with that suffix; where the
    name says nothing, as for standard input, the beginning of the file decides alone.
    """
    name = unpacked_name(uri).lower()
    # a file that is called JSON is read as JSON, also where it is damaged: no format may claim it
    if name.endswith(_JSON_SUFFIXES):
        return None
    known = name.endswith(suffixes_of(formats.values()))
    claiming = [
        form
        for form in formats.values()
        if (not known or name.endswith(form.suffixes)) and _recognises(form, head, uri)
    ]
    if len(claiming) > 1:
        names = " and ".join(form.name for form in claiming)
        raise UsageError(f"{uri} may be {names}; say which with --input-format")
    return claiming[0] if claiming else None


def _recognises(form: Format, head: bytes, uri: str) -> bool:
    try:
        return bool(form.recognises(head))
    except Exception as error:
        raise _broke(form, uri, error) from error


def _convert(form: Format, data: bytes, uri: str) -> FromFormat:
    try:
        made = form.convert(data, uri)
        return FromFormat(made.document, Source(form.name, made.facts), made.places)
    except PicheckError:
        raise
    except Exception as error:
        raise _broke(form, uri, error) from error


def _broke(form: Format, uri: str, error: Exception) -> InputError:
    return InputError(
        f"cannot be read: the format {form.name} broke ({type(error).__name__})", uri=uri
    )
