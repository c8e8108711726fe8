"""Parameters of requests: declared once, read and described from that."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal

import msgspec

from picheck.service.problems import Problem
from picheck.validation import closest_match

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")
_YEAR: Final = re.compile(r"[1-9][0-9]{3}")
_FLAGS: Final = {"true": True, "false": False}
_LONGEST: Final = 200


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter of the query, or a part of the path where `place` says so.

    `choices` are the words of a choice.
    """

    name: str
    kind: Literal["date", "year", "number", "text", "flag", "choice"]
    description: str
    place: Literal["query", "path"] = "query"
    choices: tuple[str, ...] = ()
    example: str = ""

    def read(self, text: str) -> Any:
        """Return the value that a text says. Raises Problem where it says none."""
        value = self._parse(text)
        if value is None:
            detail = f"{self.name}={text[:40]!r} is not right; write {self._describe_expected()}"
            raise Problem(400, "parameterWrong", detail, parameter=self.name)
        return value

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the parameter."""
        if self.kind == "date":
            return {"type": "string", "format": "date"}
        if self.kind == "year":
            return {"type": "integer", "minimum": 1000, "maximum": 9999}
        if self.kind == "number":
            return {"type": "integer", "minimum": 1, "maximum": 999_999_999}
        if self.kind == "flag":
            return {"type": "boolean"}
        if self.kind == "choice":
            return {"type": "string", "enum": list(self.choices)}
        return {"type": "string", "minLength": 1, "maxLength": _LONGEST}

    def describe(self) -> dict[str, Any]:
        """Return the parameter as OpenAPI has it."""
        example = {"example": self.example} if self.example else {}
        return {
            "name": self.name,
            "in": self.place,
            "required": self.place == "path",
            "description": self.description,
            "schema": self.schema(),
            **example,
        }

    def _parse(self, text: str) -> Any:
        if self.kind == "date":
            return _parse_date(text)
        if self.kind == "year":
            return int(text) if _YEAR.fullmatch(text) else None
        if self.kind == "number":
            return int(text) if _NUMBER.fullmatch(text) else None
        if self.kind == "flag":
            return _FLAGS.get(text)
        if self.kind == "choice":
            return text if text in self.choices else None
        return text if 0 < len(text) <= _LONGEST else None

    def _describe_expected(self) -> str:
        if self.kind == "choice":
            return f"one of {', '.join(self.choices)}"
        return {
            "date": "a date as YYYY-MM-DD",
            "year": "a year as YYYY",
            "number": "a number from 1 on",
            "flag": "true or false",
            "text": f"1 to {_LONGEST} characters",
        }[self.kind]


#: The date of an audit, of the API and of the pages.
AS_OF: Final = Parameter(
    name="asOf",
    kind="date",
    description="The date that the audit speaks for [default: today, UTC].",
    example="2026-02-01",
)

YEAR: Final = Parameter(
    name="year", kind="year", description="The performance year [default: the document's]."
)
PARTICIPATION: Final = Parameter(
    name="participation",
    kind="choice",
    choices=("mips", "mvp", "app", "apm"),
    description="Traditional MIPS, an MVP, the APP or an APM Entity [default: as the set says].",
)
CONFLICTS: Final = Parameter(
    name="conflictPolicy",
    kind="choice",
    choices=("zero", "highest"),
    description="What contradicting sets cost [default: the year's].",
)


def read_parameters(
    declared: Sequence[Parameter], query: Sequence[tuple[str, str]], path: Mapping[str, str]
) -> dict[str, Any]:
    """Return the values of a request's parameters by name; those that were not given are left out.

    Raises Problem for one that is not known, is there twice, or has no value.
    """
    known = {parameter.name: parameter for parameter in declared}
    for name, number in Counter(name for name, _ in query).items():
        if name not in known or known[name].place == "path":
            near = closest_match(name, known)
            hint = f"; did you mean {near}?" if near else ""
            detail = f"{name[:40]!r} is not known{hint}"
            raise Problem(400, "parameterUnknown", detail, parameter=name[:40])
        if number > 1:
            detail = f"{name} is there {number} times, not once"
            raise Problem(400, "parameterRepeated", detail, parameter=name)
    return {name: known[name].read(text) for name, text in (*query, *path.items())}


def _parse_date(text: str) -> date | None:
    # fromisoformat() also takes 20250101 and 2025-W01-1
    if _DATE.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
