"""Clauses that a plugin adds to editions it does not own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from picheck.errors import RulebookError
from picheck.model.citation import Citation
from picheck.model.frozen import thaw
from picheck.model.vocabulary import Consequence
from picheck.rulebook.files import folder_of
from picheck.rulebook.models import Clause, Variant
from picheck.rulebook.schema import CLAUSE_SCHEMA, SCHEMAS, SourceEntry, Terms
from picheck.validation import faults

FILE: Final = "clauses.toml"


class AddedClause(msgspec.Struct, frozen=True):
    """One clause for one program and year."""

    program: str
    year: int
    clause: Clause


class _VariantEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    consequence: Consequence
    sources: tuple[SourceEntry, ...]
    note: str | None = None


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of a plugin's `clauses.toml`; its sources are right there."""

    code: str
    program: str
    years: tuple[int, ...]
    consequence: Consequence
    sources: tuple[SourceEntry, ...]
    note: str | None = None
    terms: Terms = {}
    variants: dict[str, _VariantEntry] = {}


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    clauses: tuple[_Entry, ...]


_SOURCES: Final = {
    "type": "list",
    "required": True,
    "empty": False,
    "schema": {"type": "dict", "schema": SCHEMAS["sources.toml"][1]},
}
_VARIANT: Final = {**CLAUSE_SCHEMA["variants"]["valuesrules"]["schema"], "sources": _SOURCES}
_SCHEMA: Final[dict[str, Any]] = {
    "clauses": {
        "type": "list",
        "required": True,
        "schema": {
            "type": "dict",
            "schema": {
                **CLAUSE_SCHEMA,
                "code": {"type": "string", "required": True},
                "program": {"type": "string", "required": True},
                "years": {"type": "list", "required": True, "schema": {"type": "integer"}},
                "sources": _SOURCES,
                "variants": {
                    "type": "dict",
                    "valuesrules": {"type": "dict", "schema": _VARIANT},
                },
            },
        },
    }
}


def clauses_in(package: str) -> tuple[AddedClause, ...]:
    """Read the `clauses.toml` in a package: one `[[clauses]]` entry for a code and its years.

    Raises RulebookError with one line for each fault, naming file, key and remedy.
    """
    file = folder_of(package).joinpath(FILE)
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulebookError(f"{file}: cannot be read as TOML: {error}") from error
    return _clauses(table, str(file))


def clauses_of(
    entries: Sequence[Mapping[str, Any]], where: str = "CLAUSES"
) -> tuple[AddedClause, ...]:
    """Return clauses that are given as data: tables like the `[[clauses]]` of a `clauses.toml`.

    `where` names them in faults. Raises RulebookError with one line for each fault.
    """
    if isinstance(entries, str | bytes | Mapping) or not isinstance(entries, Sequence):
        raise RulebookError(f"{where} is {type(entries).__name__}, expected a list of tables")
    return _clauses({"clauses": [thaw(entry) for entry in entries]}, where)


def _clauses(table: Mapping[str, Any], where: str) -> tuple[AddedClause, ...]:
    try:
        entries = msgspec.convert(table, _File).clauses
    except msgspec.ValidationError as error:
        # msgspec stops at the first fault; people want all of them at once
        lines = faults(table, _SCHEMA, where) or [f"{where}: {error}"]
        raise RulebookError("\n".join(lines)) from error
    return tuple(
        AddedClause(entry.program, year, _clause(entry))
        for entry in entries
        for year in entry.years
    )


def _clause(entry: _Entry) -> Clause:
    return Clause(
        code=entry.code,
        consequence=entry.consequence,
        citations=_cite(entry.code, entry.sources),
        terms=entry.terms,
        variants={
            name: Variant(
                consequence=variant.consequence,
                citations=_cite(entry.code, variant.sources),
                note=variant.note,
            )
            for name, variant in entry.variants.items()
        },
        note=entry.note,
    )


def _cite(code: str, sources: tuple[SourceEntry, ...]) -> tuple[Citation, ...]:
    return tuple(
        Citation(
            # sources of a plugin have no keys of their own
            key=f"{code}#{number}",
            title=source.title,
            standing=source.standing,
            locator=source.locator,
            url=source.url,
        )
        for number, source in enumerate(sources, start=1)
    )
