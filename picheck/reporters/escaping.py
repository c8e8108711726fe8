"""Text from a document is made harmless for the medium it is printed in."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

from picheck.model.printable import INVISIBLE, printable

#: What a spreadsheet may take for the beginning of a formula, full-width forms included.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", *"\uff1d\uff0b\uff0d\uff20")
#: Compiled when it is first used: its character class is slow to compile, and few runs need it.
_NOT_XML: Final = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
# also what GitHub turns into a link or a mention by itself: ://, www. and @
_MARKDOWN: Final = re.compile(r"([\\`*_\[\]#!|~>@]|(?<=:)/(?=/)|(?<=www)\.)")
_DRIVE: Final = re.compile(r"[A-Za-z]:/")


def one_line(text: str) -> str:
    """Return the text on one line, without controls, line separators or direction marks."""
    return " ".join(printable(text).split())


def xml(text: str) -> str:
    """Return the text for XML content and attributes; what XML cannot hold is spelled out."""
    safe = re.sub(_NOT_XML, lambda match: f"\\u{ord(match[0]):04x}", printable(text))
    # & first, or the & of each entity would be escaped again
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        safe = safe.replace(character, entity)
    return safe.replace("\n", "&#10;")


def cell(text: str) -> str:
    """Return the text as a spreadsheet cell that no spreadsheet takes for a formula."""
    shown = printable(text)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) or shown[:1].isspace() else shown


def markdown(text: str) -> str:
    """Return the text as Markdown that shows it as it is: no markup, no HTML, no link."""
    shown = one_line(text).replace("&", "&amp;").replace("<", "&lt;")
    return _MARKDOWN.sub(r"\\\1", shown)


def markdown_code(text: str) -> str:
    """Return the text as a code span that also holds inside a table."""
    shown = one_line(text).replace("`", "'").replace("|", "\\|")
    return f"`{shown}`" if shown else ""


def command_data(text: str) -> str:
    """Return the text as the data of a GitHub workflow command."""
    safe = printable(text).replace("##[", "## [")
    # % first, or the escapes that follow would be escaped again
    return safe.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """Return the text as a property of a GitHub workflow command."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")


def log_line(text: str) -> str:
    """Return the text as part of a log line in which GitHub sees no command."""
    return one_line(text).replace("##[", "## [")


def harmless_json(text: str) -> str:
    """Return JSON text in which controls and direction marks are written as JSON escapes.

    The values stay the same.
    """
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(_escape(character) for character in text)


def _escape(character: str) -> str:
    if character < "\x7f" or unicodedata.category(character) not in INVISIBLE:
        return character
    # JSON writes a character beyond the first plane as two units
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def uri_reference(path: str) -> str:
    """Return a path as the user named it as a valid URI reference."""
    forward = path.replace("\\", "/")
    if forward.startswith("/"):
        return f"file://{quote(forward)}"
    if _DRIVE.match(forward):
        return f"file:///{quote(forward, safe='/:')}"
    return quote(forward)
