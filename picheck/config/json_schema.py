"""A Cerberus schema written as JSON Schema, for editors that complete and check settings files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_TYPES: Final = {
    "string": "string",
    "integer": "integer",
    "boolean": "boolean",
    "list": "array",
    "dict": "object",
}


def json_schema(schema: Mapping[str, Any], title: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a table that a Cerberus schema describes."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **_table(schema),
    }


def _table(schema: Mapping[str, Any]) -> dict[str, Any]:
    required = [key for key, rule in schema.items() if rule.get("required")]
    return {
        "type": "object",
        "additionalProperties": False,
        **({"required": required} if required else {}),
        "properties": {key: _value(rule) for key, rule in schema.items()},
    }


def _value(rule: Mapping[str, Any]) -> dict[str, Any]:
    kind = rule["type"]
    if kind == "dict":
        if "schema" in rule:
            return _table(rule["schema"])
        inner = rule.get("valuesrules")
        return {"type": "object"} | ({"additionalProperties": _value(inner)} if inner else {})
    value_schema: dict[str, Any] = {"type": _TYPES[kind]}
    if "allowed" in rule:
        value_schema["enum"] = list(rule["allowed"])
    if "regex" in rule:
        # Cerberus matches the whole text, JSON Schema any part of it; and its patterns know no
        # flags
        value_schema["pattern"] = f"^(?:{rule['regex'].removeprefix('(?s)')})$"
    if rule.get("empty") is False:
        value_schema["minItems" if kind == "list" else "minLength"] = 1
    if "schema" in rule:
        value_schema["items"] = _value(rule["schema"])
        if rule["schema"]["type"] == "string":  # one text is read as a list of one
            return {"anyOf": [value_schema["items"], value_schema]}
    return value_schema
