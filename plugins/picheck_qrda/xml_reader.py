"""XML is read safely: one pass, no document types, no entities, bounded in size and depth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from xml.parsers import expat

from picheck.api import InputError
from picheck_qrda.elements import LONGEST_TEXT, Element

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_DEPTH: Final = 64
MAX_ELEMENTS: Final = 400_000
MAX_ATTRIBUTES: Final = 64

#: What the parser decodes by itself; any other encoding would have to be looked up.
_ENCODINGS: Final = ("UTF-8", "UTF-16", "UTF-16BE", "UTF-16LE", "ISO-8859-1", "US-ASCII")
_BOM: Final = b"\xef\xbb\xbf"

#: What a narrative is divided into; other elements in it are parts of a text.
_BLOCKS: Final = frozenset({"text", "table", "tr", "th", "td", "list", "item", "paragraph"})

Prune = Callable[[Element], None]
HasNarrative = Callable[[Element], bool]


def read_xml(
    data: bytes, uri: str, prune: Mapping[str, Prune], has_narrative: HasNarrative
) -> tuple[Element, str]:
    """Return the root element of a document, and its namespace ("" where it has none).

    `prune` holds functions by the names of elements; each is called at the end tag of such an
    element, to drop of it what is not needed. The narrative of a section, its `text`, is passed
    over unless `has_narrative` says of the section that it is wanted. Raises InputError with the
    place where the bytes are not XML, or more than is read.
    """
    if len(data) > MAX_BYTES:
        raise InputError(
            f"{len(data):,} bytes in one document, at most {MAX_BYTES:,} are read", uri=uri
        )
    return _Reading(uri, prune, has_narrative, has_mark=data.startswith(_BOM)).read(data)


class _Reading:
    """One pass over a document."""

    def __init__(
        self,
        uri: str,
        prune: Mapping[str, Prune],
        has_narrative: HasNarrative,
        *,
        has_mark: bool,
    ) -> None:
        self._uri = uri
        self._prune = prune
        self._has_narrative = has_narrative
        self._has_mark = has_mark
        self._root: Element | None = None
        self._open: list[Element] = []
        self._namespace = ""
        self._names: dict[str, str] = {}
        self._count = 0
        self._skipped = 0
        # neither a namespace nor a name holds a space
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.XmlDeclHandler = self._declaration
        # without document types there are no entities: nothing is fetched, and nothing multiplies
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        self._parser = parser

    def read(self, data: bytes) -> tuple[Element, str]:
        try:
            self._parser.Parse(data, True)  # noqa: FBT003 - expat's own signature
        except expat.ExpatError as error:
            raise InputError(
                f"not XML: {expat.ErrorString(error.code)}",
                uri=self._uri,
                line=error.lineno,
                column=error.offset + 1,
            ) from error
        if self._root is None:
            raise InputError("not XML: no element found", uri=self._uri)
        return self._root, self._namespace

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.upper() not in _ENCODINGS:
            raise self._error(
                f"is in the encoding {encoding[:20]!r}, which is not read; save it as UTF-8"
            )

    def _doctype(self, *_declared: Any) -> None:
        raise self._error("has a document type declaration (DOCTYPE), which CMS refuses; remove it")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._skipped:
            self._skipped += 1
            if len(self._open) + self._skipped > MAX_DEPTH:
                raise self._error(f"nested deeper than {MAX_DEPTH} levels")
        elif len(self._open) >= MAX_DEPTH:
            raise self._error(f"nested deeper than {MAX_DEPTH} levels")
        if self._count > MAX_ELEMENTS:
            raise self._error(f"more than {MAX_ELEMENTS:,} elements in one document")
        if len(attributes) > MAX_ATTRIBUTES:
            raise self._error(
                f"{len(attributes):,} attributes on one element, at most {MAX_ATTRIBUTES} are read"
            )
        if not self._skipped:
            self._add(name, attributes)

    def _add(self, name: str, attributes: dict[str, str]) -> None:
        parser = self._parser
        parent = self._open[-1] if self._open else None
        if parent is None:
            self._namespace = name.rpartition(" ")[0]
        known = self._names.get(name)
        if known is None:
            known = self._names.setdefault(name, self._plain(name))
        line, column = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        if line == 1 and self._has_mark:
            # expat counts the byte order mark as a column
            column = max(1, column - 1)
        element = Element(known, attributes, parent, line, column, parser.CurrentByteIndex)
        if parent is None:
            self._root = element
        else:
            parent.append(element)
        self._open.append(element)
        if known == "text" and parent is not None and parent.name == "section":
            if self._has_narrative(parent):
                parser.CharacterDataHandler = self._characters
            else:
                # most of a file may be narrative: what no one compares is passed over to its end
                # tag
                self._skipped = 1

    def _characters(self, text: str) -> None:
        """Add characters of a narrative to the block that they are in."""
        block = next(each for each in reversed(self._open) if each.name in _BLOCKS)
        if len(block.text) < LONGEST_TEXT:
            block.text = (block.text + text)[:LONGEST_TEXT]

    def _end(self, _name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            if self._skipped:
                return
        element = self._open.pop()
        if element.name == "text":
            self._parser.CharacterDataHandler = None
        prune = self._prune.get(element.name)
        if prune is not None:
            prune(element)

    def _plain(self, name: str) -> str:
        """Return a name without the root's namespace; with braces around any other."""
        namespace, _, local = name.rpartition(" ")
        return local if namespace == self._namespace else f"{{{namespace}}}{local}"

    def _error(self, message: str) -> InputError:
        """Return an error at the place where the parser is."""
        parser = self._parser
        return InputError(
            message,
            uri=self._uri,
            line=parser.CurrentLineNumber,
            column=parser.CurrentColumnNumber + 1,
        )
