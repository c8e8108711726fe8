"""Cerberus schemas of the terms that the clauses of several rules carry."""

from collections.abc import Mapping
from typing import Any, Final

Schema = Mapping[str, Any]

TEXT: Final[Schema] = {"type": "string", "required": True}
TEXTS: Final[Schema] = {"type": "list", "required": True, "schema": TEXT}
SOME_TEXTS: Final[Schema] = {**TEXTS, "minlength": 1}
TEXT_BY_TEXT: Final[Schema] = {
    "type": "dict",
    "required": True,
    "keysrules": TEXT,
    "valuesrules": TEXT,
}
TEXTS_BY_TEXT: Final[Schema] = {**TEXT_BY_TEXT, "valuesrules": TEXTS}

INTEGER: Final[Schema] = {"type": "integer", "required": True}
COUNT: Final[Schema] = {**INTEGER, "min": 0}
POSITIVE: Final[Schema] = {**INTEGER, "min": 1}

FLAG: Final[Schema] = {"type": "boolean"}
#: A version may be the empty text.
VERSION: Final[Schema] = {**TEXT, "empty": True}

MEASURE_ID: Final = TEXT
MEASURE_IDS: Final = TEXTS
EVIDENCE_KEY: Final = TEXT


def choice(*words: str) -> Schema:
    """Return the schema of a text that is one of some words."""
    return {**TEXT, "allowed": words}


def optional(schema: Schema) -> Schema:
    """Return the schema of a term that a clause may leave out."""
    return {**schema, "required": False}


def table(**fields: Schema) -> Schema:
    """Return the schema of tables by name, each with these fields."""
    return {**TEXT_BY_TEXT, "valuesrules": {"type": "dict", "schema": fields}}


def rows(*, least: int = 1, **fields: Schema) -> Schema:
    """Return the schema of a list of tables with these fields, at least `least` of them."""
    row = {"type": "dict", "schema": fields}
    return {"type": "list", "required": True, "minlength": least, "schema": row}
