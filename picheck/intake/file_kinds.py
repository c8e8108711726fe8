"""Says what a file is that is neither JSON nor of any format."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Collection
from typing import Final

from picheck.intake.compression import unpacked_name

_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_SPACE: Final = b" \t\r\n"
#: How much of a text is looked at.
_HEAD: Final = 4096
_COMMENTS: Final = re.compile(rb"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL)
_ROOT: Final = re.compile(rb"<([A-Za-z_][\w.:-]{0,60})")

_REMEDY: Final = "export the submission as JSON or QRDA III"
_SHEET: Final = f"a spreadsheet; {_REMEDY}"
_TEXT: Final = f"a text document; {_REMEDY}"
_SLIDES: Final = f"a presentation; {_REMEDY}"
_OFFICE: Final = f"a document of an office program; {_REMEDY}"
_TABLE: Final = f"a table; {_REMEDY}"
_BINARY: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF-", f"a PDF, which is for people; {_REMEDY}"),
    (b"\xd0\xcf\x11\xe0", _SHEET),
    (b"\x1f\x8b", "compressed (gzip); unpack it first"),
)
_ZIP_MARK: Final = b"PK\x03\x04"
#: Office programs keep their documents in zip archives; a member says which program.
_OFFICE_MEMBER: Final = "[Content_Types].xml"
_OFFICE_FOLDERS: Final = (("xl/", _SHEET), ("word/", _TEXT), ("ppt/", _SLIDES))
#: Documents of the OpenDocument kind begin with a member that says so.
_OPEN_DOCUMENT: Final = b"mimetypeapplication/vnd.oasis.opendocument."
#: How much of an archive `kind_of_package` looks at.
PACKAGE_HEAD: Final = 200
_OPEN_KINDS: Final = ((b"spreadsheet", _SHEET), (b"text", _TEXT), (b"presentation", _SLIDES))
_IWORK_SUFFIX: Final = ".iwa"
_SUFFIXES: Final = (
    ((".csv", ".tsv"), _TABLE),
    ((".xml",), "no XML, though its name ends in .xml"),
    ((".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".numbers"), _SHEET),
)


def kind_of(data: bytes, uri: str) -> str | None:
    """Say what a file is that is neither JSON nor of any format; None where nothing is known.

    The answer completes the sentence "is ...". `data` are the bytes of the file, `uri` its name.
    """
    for mark, kind in _BINARY:
        if data.startswith(mark):
            return kind
    if data.startswith(_ZIP_MARK):
        return _kind_of_zip(data)
    return _kind_of_text(data[:_HEAD]) or kind_of_name(uri)


def kind_of_package(names: Collection[str], head: bytes) -> str | None:
    """Say which program's document a zip archive is; None where it is a plain archive.

    `names` are those of its members, `head` is how the archive begins.
    """
    if _OFFICE_MEMBER in names:
        for folder, kind in _OFFICE_FOLDERS:
            if any(name.startswith(folder) for name in names):
                return kind
    if any(name.endswith(_IWORK_SUFFIX) for name in names):
        return _OFFICE
    _, mark, rest = head[:PACKAGE_HEAD].partition(_OPEN_DOCUMENT)
    if not mark:
        return None
    return next((kind for word, kind in _OPEN_KINDS if rest.startswith(word)), _OFFICE)


def kind_of_name(uri: str) -> str | None:
    """Say what a file is by its name alone; None where that says nothing."""
    name = unpacked_name(uri).lower()
    return next((kind for suffixes, kind in _SUFFIXES if name.endswith(suffixes)), None)


def _kind_of_zip(data: bytes) -> str:
    import zipfile  # noqa: PLC0415 - rarely needed

    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, struct.error, OSError, ValueError, LookupError, RuntimeError):
        names = []
    kind = kind_of_package(names, data)
    return kind or "a zip archive; unpack it, and audit the files that are in it"


def _kind_of_text(head: bytes) -> str | None:
    text = _as_ascii(head).lstrip(_SPACE)
    if text[:9].lower() == b"<!doctype" or text[:5].lower() == b"<html":
        return (
            "a web page, not a submission"
            if b"html" in text[:200].lower()
            else "XML with a document type declaration (DOCTYPE), which is not read"
        )
    if not text.startswith(b"<"):
        return None
    root = _ROOT.search(_COMMENTS.sub(b"", text))
    which = f": its root element is {root[1].decode(errors='replace')}" if root else ""
    return f"XML, but of no format that is installed{which}"


def _as_ascii(head: bytes) -> bytes:
    """Return the beginning of a text without its mark, and without the zeros of UTF-16."""
    if head.startswith(_UTF16_MARKS):
        return head[2:].replace(b"\x00", b"")
    if head.startswith((b"<\x00", b"\x00<")):
        return head.replace(b"\x00", b"")
    return head.removeprefix(_UTF8_MARK)
