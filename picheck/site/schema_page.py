"""The page of a published JSON Schema: each part, and each of its properties."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from picheck.site.markdown import Markdown, link_to, render

_REFERENCE: Final = "#/$defs/"
_TYPES: Final = {
    "object": "an object",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


def write_schema(name: str, schema: Mapping[str, Any]) -> str:
    """Return the page of a schema, as Markdown.

    `name` is the word with which `picheck schema` prints it; `schema` is of draft 2020-12, its
    parts are in `$defs`, and every property has a description.
    """
    parts = [_part(key, part) for key, part in schema.get("$defs", {}).items()]
    return render("schema.md.j2", name=name, schema=schema, root=_part("", schema), parts=parts)


def _part(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    required = frozenset(schema.get("required", ()))
    return {
        "name": name,
        "text": schema.get("description", ""),
        "kind": _join(_kinds(schema)),
        "rows": [
            (key, _join(_kinds(inner)), key in required, inner.get("description", ""))
            for key, inner in schema.get("properties", {}).items()
        ],
    }


def _join(kinds: Iterator[Markdown]) -> Markdown:
    return Markdown(" or ".join(dict.fromkeys(kinds)) or "anything")


def _kinds(schema: Mapping[str, Any]) -> Iterator[Markdown]:
    """Yield what a value may be: another part, listed values, or types with their bounds."""
    if reference := schema.get("$ref"):
        yield _refer(reference)
    elif "const" in schema:
        yield _value(schema["const"])
    elif "enum" in schema:
        yield from map(_value, schema["enum"])
    elif choices := schema.get("oneOf") or schema.get("anyOf"):
        for choice in choices:
            yield from _kinds(choice)
    else:
        kinds = schema.get("type", ())
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            yield Markdown(f"{_TYPES[kind]}{_bounds(kind, schema)}")


def _refer(reference: str) -> Markdown:
    name = reference.removeprefix(_REFERENCE)
    return link_to(name, f"#{name.lower()}")


def _bounds(kind: str, schema: Mapping[str, Any]) -> str:
    """Say what a list or a table holds, and how large a number is."""
    inner = schema.get("items") if kind == "array" else None
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        inner = schema["additionalProperties"]
    if inner:
        return f" of {_join(_kinds(inner))}"
    if kind == "string" and schema.get("format") == "date":
        return " that is a date, YYYY-MM-DD"
    if kind in {"integer", "number"} and "minimum" in schema:
        return f" of at least {schema['minimum']}"
    return ""


def _value(value: Any) -> Markdown:
    return Markdown(f"`{json.dumps(value)}`" if value is not None else "null")
