"""What the files of an edition must hold, and the words that explain a file that does not.

msgspec decodes an edition in one pass (that is the gate); where it refuses, Cerberus explains
every fault with file, key and remedy. The tests hold every shipped edition to both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

import msgspec

from picheck.model.vocabulary import CONSEQUENCES, STANDINGS, Consequence, Standing
from picheck.rulebook.models import ChangeKind, Metric, ReportingCategory, Status
from picheck.validation import faults

Terms = dict[str, Any]


class SourceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of `sources.toml`."""

    title: str
    standing: Standing
    url: str | None = None
    locator: str | None = None


class Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of a `sources` list: the source's key, and where in it."""

    key: str
    at: str | None = None


class MeasureEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of `measures.toml`."""

    title: str
    objective: str
    metric: Metric
    category: ReportingCategory
    required: bool = False
    bonus: bool = False
    suppressed: bool = False
    exclusions: tuple[str, ...] = ()
    substitutes: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    criterion: str | None = None


class MeasuresFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`measures.toml`: the edition's headline and its measure table."""

    title: str
    program: str
    year: int
    status: Status
    objectives: dict[str, str]
    measures: dict[str, MeasureEntry]
    notice: str | None = None


class VariantEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A milder or harder answer of a clause."""

    consequence: Consequence
    sources: tuple[Reference, ...]
    note: str | None = None


class ClauseEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of `clauses.toml`."""

    consequence: Consequence
    sources: tuple[Reference, ...]
    note: str | None = None
    terms: Terms = {}
    variants: dict[str, VariantEntry] = {}


class ChangeEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of `changes.toml`."""

    paths: tuple[str, ...]
    kind: ChangeKind
    reason: str
    sources: tuple[Reference, ...] = ()
    old: Any = None
    new: Any = None


class ChangesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`changes.toml`: how the edition differs from the one before; `since` is that one's year."""

    changes: tuple[ChangeEntry, ...]
    since: int | None = msgspec.field(default=None, name="from")


class RequirementEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of `requirements.toml`."""

    kind: str
    title: str
    rules: tuple[str, ...]
    sources: tuple[Reference, ...] = ()
    note: str | None = None


_TEXT: Final = {"type": "string", "required": True, "empty": False}
_NOTE: Final = {"type": "string", "empty": False}
_IDS: Final = {"type": "list", "schema": {"type": "string"}}
_SOURCES: Final = {
    "type": "list",
    "schema": {
        "type": "dict",
        "schema": {"key": _TEXT, "at": {"type": "string", "empty": False}},
    },
}
_CITED: Final = {**_SOURCES, "required": True, "empty": False}
_CONSEQUENCE: Final = {"type": "string", "required": True, "allowed": list(CONSEQUENCES)}


def _table(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "dict", "schema": dict(entry)}


_MEASURE: Final = {
    "title": _TEXT,
    "objective": _TEXT,
    "metric": {"type": "string", "required": True, "allowed": list(get_args(Metric))},
    "category": {"type": "string", "required": True, "allowed": list(get_args(ReportingCategory))},
    "required": {"type": "boolean"},
    "bonus": {"type": "boolean"},
    "suppressed": {"type": "boolean"},
    "exclusions": _IDS,
    "substitutes": _IDS,
    "levels": _IDS,
    "criterion": _NOTE,
}
_VARIANT: Final = {"consequence": _CONSEQUENCE, "sources": _CITED, "note": _NOTE}
CLAUSE_SCHEMA: Final[dict[str, Any]] = {
    "consequence": _CONSEQUENCE,
    "sources": _CITED,
    "note": _NOTE,
    "terms": {"type": "dict"},
    "variants": {"type": "dict", "valuesrules": _table(_VARIANT)},
}
_CHANGE: Final = {
    "paths": {**_IDS, "required": True, "empty": False},
    "kind": {"type": "string", "required": True, "allowed": list(get_args(ChangeKind))},
    "reason": _TEXT,
    "sources": _SOURCES,
    "old": {"nullable": True},
    "new": {"nullable": True},
}

#: Per file: whether its tables are at the top under names of their own, and the schema.
SCHEMAS: Final[dict[str, tuple[bool, dict[str, Any]]]] = {
    "measures.toml": (
        False,
        {
            "title": _TEXT,
            "program": _TEXT,
            "year": {"type": "integer", "required": True},
            "status": {"type": "string", "required": True, "allowed": list(get_args(Status))},
            "notice": _NOTE,
            "objectives": {"type": "dict", "required": True, "valuesrules": {"type": "string"}},
            "measures": {"type": "dict", "required": True, "valuesrules": _table(_MEASURE)},
        },
    ),
    "clauses.toml": (True, CLAUSE_SCHEMA),
    "sources.toml": (
        True,
        {
            "title": _TEXT,
            "standing": {"type": "string", "required": True, "allowed": list(STANDINGS)},
            "url": _NOTE,
            "locator": _NOTE,
        },
    ),
    "changes.toml": (
        False,
        {
            "from": {"type": "integer"},
            "changes": {"type": "list", "required": True, "schema": _table(_CHANGE)},
        },
    ),
    "requirements.toml": (
        True,
        {
            "kind": {
                "type": "string",
                "required": True,
                "allowed": ["zero", "refusal", "reweighting"],
            },
            "title": _TEXT,
            "rules": {**_IDS, "required": True},
            "sources": _SOURCES,
            "note": _NOTE,
        },
    ),
}


def explain(name: str, data: Mapping[str, Any], file: str) -> list[str]:
    """Return one line for each fault in an edition's file: file, key, remedy.

    `name` is the file's name in the edition, `file` what the reader should be shown.
    """
    is_named, schema = SCHEMAS[name]
    if not is_named:
        return faults(data, schema, file)
    return faults(data, {key: _table(schema) for key in data}, file)
