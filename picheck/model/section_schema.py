"""The schema of a plugin's evidence section, held to what a fault can be explained by.

A section is published as JSON Schema. It may be written as Cerberus, which plugins use for their
options, or as JSON Schema; of both only the keywords in `_KEYWORDS` and `_RULES` can be used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_TYPES: Final = ("object", "array", "string", "integer", "number", "boolean", "null")
#: Of JSON Schema: what a section may use.
_KEYWORDS: Final = frozenset(
    {"$comment", "$ref", "additionalProperties", "default", "description", "enum", "examples"}
    | {"format", "items", "maxLength", "maximum", "minimum", "pattern", "properties", "required"}
    | {"title", "type"}
)
#: Definitions of picheck's own evidence schema that a section may refer to; all allow null.
_REFERENCES: Final = frozenset({"#/$defs/date", "#/$defs/wholeNumber", "#/$defs/reportedTally"})
#: Of Cerberus: what a section may use, and its keyword in JSON Schema.
_RULES: Final[Mapping[str, str]] = {
    "allowed": "enum",
    "max": "maximum",
    "maxlength": "maxLength",
    "min": "minimum",
    "regex": "pattern",
    "default": "default",
}
_STRUCTURE: Final = frozenset({"type", "schema", "valuesrules", "required", "nullable", "meta"})
_CERBERUS_TYPES: Final[Mapping[str, str]] = {
    "boolean": "boolean",
    "dict": "object",
    "float": "number",
    "integer": "integer",
    "list": "array",
    "number": "number",
    "string": "string",
}


def section_schema(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a section's JSON Schema, with a title and a description, closed, each fact nullable.

    Raises ValueError or TypeError, naming the key, for a keyword or type that cannot be used.
    """
    if not isinstance(schema, Mapping) or not schema:
        raise ValueError("the schema is no table by key, and no JSON Schema of an object")
    written = schema if schema.get("type") == "object" else _from_cerberus_table(schema, "")
    fragment = _check(written, "")
    return {
        "title": name,
        "description": f"The evidence that the plugin of {name} asks for.",
        **fragment,
        "type": ["object", "null"],
    }


def _check(schema: Any, path: str) -> dict[str, Any]:
    """Return a JSON Schema that was looked through, with null allowed for every property."""
    where = path or "the section"
    if not isinstance(schema, Mapping):
        raise TypeError(f"{where} is {type(schema).__name__}, expected a schema")
    if unknown := sorted(set(schema) - _KEYWORDS):
        raise ValueError(f"{where} uses {', '.join(unknown)}; a section may use {_list_keywords()}")
    if "$ref" in schema and schema["$ref"] not in _REFERENCES:
        known = ", ".join(sorted(_REFERENCES))
        raise ValueError(f"{where} refers to {schema['$ref']}; it may refer to {known}")
    if schema.get("format", "date") != "date":
        raise ValueError(f"{where} has format {schema['format']!r}; only 'date' is known")
    _check_pattern(where, schema)
    found = dict(schema)
    kinds = _kinds(where, schema)
    if "object" in kinds:
        found |= _object(schema, path)
    if "items" in schema:
        found["items"] = _check(schema["items"], f"{where}[]")
    return found


def _check_pattern(where: str, schema: Mapping[str, Any]) -> None:
    try:
        re.compile(schema.get("pattern", ""))
    except (re.error, TypeError) as error:
        raise ValueError(f"{where} has a pattern that is none: {error}") from error


def _kinds(where: str, schema: Mapping[str, Any]) -> tuple[str, ...]:
    given = schema.get("type", ())
    kinds = (given,) if isinstance(given, str) else tuple(given)
    if unknown := [kind for kind in kinds if kind not in _TYPES]:
        raise ValueError(f"{where} has type {unknown[0]!r}; known are {', '.join(_TYPES)}")
    return kinds


def _object(schema: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return an object's keywords: its properties, none beside them unless it says so."""
    others = schema.get("additionalProperties", False)
    return {
        "properties": {
            name: _nullable(_check(inner, f"{path}.{name}".lstrip(".")))
            for name, inner in schema.get("properties", {}).items()
        },
        "additionalProperties": others
        if isinstance(others, bool)
        else _nullable(_check(others, f"{path}.*".lstrip("."))),
    }


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Allow null, which says that a fact is not known: a skeleton holds nothing else."""
    if isinstance(kinds := schema.get("type"), str):
        schema["type"] = [kinds, "null"]
    elif kinds and "null" not in kinds:
        schema["type"] = [*kinds, "null"]
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    return schema


def _from_cerberus_table(table: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return a Cerberus schema by key as the JSON Schema of an object."""
    properties = {
        str(key): _from_cerberus(rules, f"{path}.{key}".lstrip(".")) for key, rules in table.items()
    }
    required = [
        str(key)
        for key, rules in table.items()
        if isinstance(rules, Mapping) and rules.get("required")
    ]
    found: dict[str, Any] = {"type": "object", "properties": properties}
    return found | ({"required": required} if required else {})


def _from_cerberus(rules: Any, path: str) -> dict[str, Any]:
    if not isinstance(rules, Mapping):
        raise TypeError(f"{path} is {type(rules).__name__}, expected Cerberus rules")
    if unknown := sorted(set(rules) - _RULES.keys() - _STRUCTURE):
        raise ValueError(
            f"{path} uses {', '.join(unknown)}, which no JSON Schema says; a section may use"
            f" {', '.join(sorted(_STRUCTURE | _RULES.keys()))}"
        )
    found = {_RULES[rule]: _value(rule, value) for rule, value in rules.items() if rule in _RULES}
    kind = rules.get("type")
    if kind == "date":
        return {**found, **_words(rules), "type": "string", "format": "date"}
    if kind is not None:
        if kind not in _CERBERUS_TYPES:
            raise ValueError(
                f"{path} has type {kind!r}; known are {', '.join(_CERBERUS_TYPES)}, date"
            )
        found["type"] = _CERBERUS_TYPES[kind]
    if kind == "dict":
        found |= _from_cerberus_table(rules.get("schema", {}), path)
        if "valuesrules" in rules:
            found["additionalProperties"] = _from_cerberus(rules["valuesrules"], f"{path}.*")
    elif "schema" in rules:
        found["items"] = _from_cerberus(rules["schema"], f"{path}[]")
    return found | _words(rules)


def _value(rule: str, value: Any) -> Any:
    if rule == "regex":
        return f"^(?:{value})$"  # Cerberus matches the whole text
    return list(value) if rule == "allowed" else value


def _words(rules: Mapping[str, Any]) -> dict[str, str]:
    """Return title and description, which a Cerberus schema has in `meta`."""
    meta = rules.get("meta", {})
    described = meta.get("description", meta.get("help"))
    words = {"title": meta.get("title"), "description": described}
    return {name: text for name, text in words.items() if text}


def _list_keywords() -> str:
    return ", ".join(sorted(_KEYWORDS))
