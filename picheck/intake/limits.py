"""How large and how deep a document may be, and how long a line or a stream."""

from __future__ import annotations

import re
from typing import Final

from picheck.errors import InputError

#: The most bytes of one document.
MAX_BYTES: Final = 16 * 1024 * 1024
#: The most levels of objects and lists in one document.
MAX_DEPTH: Final = 64
#: The most bytes of one line that are gone through, to reach the line after it.
MAX_LINE: Final = 1024 * 1024 * 1024
#: The most bytes of a stream that are kept in a temporary file.
MAX_STREAM: Final = 64 * 1024 * 1024 * 1024

#: Every byte that is neither a colon nor an opening bracket.
_NO_MARKS: Final = bytes(sorted(set(range(256)) - set(b":[{")))
_NO_BRACKETS: Final = bytes(sorted(set(range(256)) - set(b"[]{}")))
_TEXT: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)


def check_limits(data: bytes, uri: str) -> tuple[int, int]:
    """Refuse a document that is too large or nested too deeply; return what it has of marks.

    Raises InputError that names the limit and the value found.
    """
    if len(data) > MAX_BYTES:
        raise InputError(
            f"{len(data):,} bytes in one document, at most {MAX_BYTES:,} are read", uri=uri
        )
    colons, brackets = count_marks(data)
    # A document with few brackets cannot be deep, and nearly every document has few.
    if brackets > MAX_DEPTH and _is_too_deep(data):
        raise InputError(f"nested deeper than {MAX_DEPTH} levels", uri=uri)
    return colons, brackets


def count_marks(data: bytes) -> tuple[int, int]:
    """Return the number of colons and of opening brackets; the text is gone through once."""
    marks = data.translate(None, _NO_MARKS)
    colons = marks.count(b":")
    return colons, len(marks) - colons


def _is_too_deep(data: bytes) -> bool:
    """Whether objects and lists are nested too deeply, measured outside of texts."""
    brackets = _TEXT.sub(b"", data).translate(None, _NO_BRACKETS)
    # pairs of brackets with nothing between them are removed: what is left is deep, or not JSON
    for _ in range(MAX_DEPTH // 2):  # a pass takes away two levels at most
        brackets = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if not brackets:
            return False
    depth = 0
    for bracket in _TEXT.sub(b"", data).translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False
