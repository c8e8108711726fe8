"""The published schema of the evidence says which field of a form asks for a fact."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf, isfinite
from typing import Any, Final, Literal

import msgspec

from picheck.service.parameters import Parameter
from picheck.service.problems import Problem

Schema = Mapping[str, Any]
#: The value that begins a table: the next audit then asks for each fact that it lacks.
ASK_FOR_EACH: Final = "each"
#: The value of the choice that there is none of what a list asks for; no vocabulary has it.
NONE_OF_THESE: Final = "-"
_WORDS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[0-9])(?=[A-Z])")
_YES_NO: Final = (("true", "yes"), ("false", "no"))
_LONGEST_TEXT: Final = 200


class FactInput(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a form, for the fact at an evidence key.

    `label` is empty where the question itself says what is asked. `choices` are pairs of a value
    and its words; of `many` any number may be chosen. `values` are what is known already.
    """

    key: str
    kind: Literal["date", "number", "choice", "many", "text", "table"]
    label: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    is_whole: bool = True
    values: tuple[str, ...] = ()


class EvidenceSchema:
    """Finds the schema of a fact by its evidence key, the fields that ask for it, its value."""

    def __init__(self, schema: Schema) -> None:
        """Take the schema of the evidence, with the sections of plugins."""
        self._schema = schema

    def find(self, key: str) -> Schema | None:
        """Return the schema of a dotted key, its references followed; None for no fact."""
        place: Schema | None = self._schema
        for name in key.split("."):
            place = self._step(place, name) if place is not None else None
        return place

    def inputs(self, key: str, known: Mapping[str, Any]) -> tuple[FactInput, ...]:
        """Return the fields that ask for a fact; none where only the file can hold it.

        `known` is the evidence so far. A fact of several parts, such as a tally, has a field for
        each; a table that is not begun has one that begins it.
        """
        schema = self.find(key)
        if schema is None:
            return ()
        if (field := _field(key, schema)) is not None:
            return (_with_values(field, known),)
        if _is_table(key, schema) and find_value(known, key) is None:
            return (FactInput(key=key, kind="table"),)
        inner = [(f"{key}.{name}", self._resolve(s)) for name, s in _properties(schema)]
        fields = [_field(each, s, label=s.get("title", each)) for each, s in inner]
        return tuple(_with_values(field, known) for field in fields if field is not None)

    def read(self, key: str, texts: Sequence[str]) -> Any:
        """Return the value that a form gives to a fact; None where it was left empty.

        Raises Problem for a key that evidence does not have, and for what is no value of it.
        """
        schema = self.find(key)
        if schema is not None and _is_table(key, schema) and texts == [ASK_FOR_EACH]:
            return {}
        field = None if schema is None else _field(key, schema)
        if field is None:
            raise Problem(400, "badEvidence", f"evidence has no fact at {key[:80]!r}")
        given = [text.strip() for text in texts if text.strip()]
        if not given:
            return None
        if field.kind == "many":
            return [] if given == [NONE_OF_THESE] else [_choose(field, each) for each in given]
        if len(given) > 1:
            raise Problem(400, "fieldRepeated", f"{key} is there {len(given)} times, not once")
        return _READERS[field.kind](field, given[0])

    def _step(self, place: Schema, name: str) -> Schema | None:
        inner = place.get("properties", {}).get(name, place.get("additionalProperties"))
        return self._resolve(inner) if isinstance(inner, Mapping) else None

    def _resolve(self, schema: Schema) -> Schema:
        """Return a schema with what it refers to; its own words win."""
        reference = schema.get("$ref")
        if reference is None:
            return schema
        found: Any = self._schema
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]
        return {**found, **schema}


def find_value(known: Mapping[str, Any], key: str) -> Any:
    """Return what evidence holds at a dotted key; None where it holds nothing."""
    value: Any = known
    for name in key.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def find_keys(known: Any, schema: EvidenceSchema, above: str = "") -> Iterator[str]:
    """Yield the keys of the facts in evidence that a field of a form can change."""
    for name, value in known.items() if isinstance(known, Mapping) else ():
        key = f"{above}{name}"
        found = schema.find(key)
        if value is None or found is None:
            continue
        if _field(key, found) is not None or found.get("required"):
            yield key  # parts that have to be there together are asked for together
        else:
            yield from find_keys(value, schema, f"{key}.")


def _properties(schema: Schema) -> Sequence[tuple[str, Schema]]:
    return tuple(schema.get("properties", {}).items())


def _kinds(schema: Schema) -> frozenset[str]:
    kinds = schema.get("type", ())
    return frozenset({kinds} if isinstance(kinds, str) else kinds) - {"null"}


def _is_table(key: str, schema: Schema) -> bool:
    """Whether a fact maps names to facts, and says nothing where it is empty.

    Deeper in the evidence an empty table is an answer: no measure was reported in that year.
    """
    maps = isinstance(schema.get("additionalProperties"), Mapping) and not _properties(schema)
    return maps and "." not in key


def _field(key: str, schema: Schema, label: str = "") -> FactInput | None:
    """Return the field for a fact of one value, or of a list of words; None for a table."""
    kinds = _kinds(schema)
    words = [each for each in schema.get("enum", ()) if each is not None]
    if words:
        return FactInput(key=key, label=label, kind="choice", choices=_choices(words))
    if kinds == {"array"} and (items := schema.get("items", {}).get("enum")):
        none = (NONE_OF_THESE, "none of these")
        return FactInput(key=key, label=label, kind="many", choices=(*_choices(items), none))
    if kinds == {"boolean"}:
        return FactInput(key=key, label=label, kind="choice", choices=_YES_NO)
    if kinds == {"string"}:
        kind: Any = "date" if schema.get("format") == "date" else "text"
        return FactInput(key=key, label=label, kind=kind)
    if kinds and kinds <= {"integer", "number"}:
        return FactInput(
            key=key,
            label=label,
            kind="number",
            minimum=schema.get("minimum"),
            maximum=schema.get("maximum"),
            is_whole=kinds == {"integer"},
        )
    return None


def _choices(words: Sequence[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((_text(word), _WORDS.sub(" ", _text(word)).lower()) for word in words)


def _with_values(field: FactInput, known: Mapping[str, Any]) -> FactInput:
    value = find_value(known, field.key)
    values = value if isinstance(value, list) else [value]
    texts = tuple(_text(each) for each in values if each is not None)
    if value == [] and field.kind == "many":
        texts = (NONE_OF_THESE,)
    return msgspec.structs.replace(field, values=texts)


def _text(value: Any) -> str:
    """Return a value as a form has it: `true`, not `True`."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _choose(field: FactInput, text: str) -> Any:
    if text not in dict(field.choices) or text == NONE_OF_THESE:
        words = ", ".join(value for value, _ in field.choices if value != NONE_OF_THESE)
        raise _wrong(field, text, f"one of {words}")
    return {"true": True, "false": False}.get(text, text) if field.choices == _YES_NO else text


def _number(field: FactInput, text: str) -> float:
    try:
        number = int(text) if field.is_whole or text.isdecimal() else float(text)
    except ValueError as error:
        raise _wrong(field, text, _describe_number(field)) from error
    low = -inf if field.minimum is None else field.minimum
    high = inf if field.maximum is None else field.maximum
    if not (isfinite(number) and low <= number <= high):
        raise _wrong(field, text, _describe_number(field))
    return number


def _describe_number(field: FactInput) -> str:
    words = "a whole number" if field.is_whole else "a number"
    least = "" if field.minimum is None else f" of at least {field.minimum:g}"
    most = "" if field.maximum is None else f" and at most {field.maximum:g}"
    return f"{words}{least}{most}"


def _date(field: FactInput, text: str) -> str:
    """Return a date as evidence has it, checked in the way of the API."""
    return str(Parameter(name=field.key, kind="date", description="").read(text))


def _short(field: FactInput, text: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise _wrong(field, text, f"at most {_LONGEST_TEXT} characters")
    return text


def _wrong(field: FactInput, text: str, expected: str) -> Problem:
    detail = f"{field.key}={text[:40]!r} is not right; write {expected}"
    return Problem(400, "parameterWrong", detail, parameter=field.key)


_READERS: Final[Mapping[str, Callable[[FactInput, str], Any]]] = {
    "date": _date,
    "number": _number,
    "choice": _choose,
    "text": _short,
}
