"""Where in a document a result points."""

from __future__ import annotations

import msgspec


class Location(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """A JSON Pointer (RFC 6901) and, where the text is at hand, its line and column.

    `line` and `column` are 1-based and count Unicode code points; None where the text was not
    kept; `source_path` is how people of a format other than JSON name the place, such as an XPath.
    `named` is the pointer with the measure's id in place of its index, where that differs.
    `document` is set only where the place is in another document of the run.
    """

    pointer: str
    line: int | None = None
    column: int | None = None
    named: str | None = None
    document: int | None = None
    message: str | None = None
    source_path: str | None = None


def pointer_join(pointer: str, *tokens: str | int) -> str:
    """Append reference tokens to a JSON Pointer, escaped as RFC 6901 asks."""
    # ~ first, or the ~ of each ~1 would be escaped again
    return pointer + "".join(
        f"/{str(token).replace('~', '~0').replace('/', '~1')}" for token in tokens
    )


def pointer_tokens(pointer: str) -> tuple[str, ...]:
    """Split a JSON Pointer into its reference tokens, unescaped."""
    if not pointer:
        return ()
    tokens = pointer.removeprefix("/").split("/")
    # in this order (RFC 6901), or ~01 would become / in place of ~1
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in tokens)
