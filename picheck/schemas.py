"""The published JSON Schemas, put to use: load one, or explain why a document breaks it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from picheck.errors import UsageError
from picheck.model.evidence_sections import NO_SECTIONS, EvidenceSections
from picheck.model.location import pointer_join
from picheck.rules.source_issues import Violation
from picheck.validation import closest_match

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

NAMES: Final = ("submission", "evidence", "report", "report-line")

#: Keys whose values identify a person; a TIN can be a Social Security number.
_MASKED_KEYS: Final = frozenset(
    {"taxpayerIdentificationNumber", "nationalProviderIdentifier", "npi"}
)
#: A TIN or an NPI where it does not belong is masked as well.
_IDENTIFIER: Final = re.compile(r"[0-9]{2}-?[0-9]{7}|[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{10}")
_LONGEST: Final = 60
_TYPES: Final[Mapping[str, str]] = {
    "object": "an object",
    "array": "an array",
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


def load_schema(name: str) -> dict[str, Any]:
    """Return a published schema, by one of the `NAMES`, as a fresh dict.

    Raises UsageError for any other name.
    """
    if name not in NAMES:
        raise UsageError(f"no schema is called {_quote(name)}; choose one of {', '.join(NAMES)}")
    from importlib.resources import files  # noqa: PLC0415 - a cold start pays for every import

    text = files("picheck_schemas").joinpath(f"{name}.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def evidence_schema(sections: EvidenceSections = NO_SECTIONS) -> dict[str, Any]:
    """Return the schema of the evidence with the sections of plugins, as a fresh dict."""
    schema = load_schema("evidence")
    schema["properties"] |= {name: dict(found) for name, found in sections.schemas.items()}
    return schema


def explain(
    name: str, instance: object, sections: EvidenceSections = NO_SECTIONS
) -> tuple[Violation, ...]:
    """Return every violation of a published schema, sorted by pointer; none for a sound instance.

    `instance` is made of plain JSON values, as `json.loads` gives them; `sections` are those that
    plugins add to the evidence. TINs and NPIs are masked in what is returned. Raises UsageError
    for a name that no schema has.
    """
    faults = [_Fault.of(error) for error in _validator(name, sections).iter_errors(instance)]
    misfits = {fault.path for fault in faults if fault.keyword == "type"}
    violations = {
        violation
        for fault in faults
        # A value of the wrong type breaks its range or vocabulary too: one fault, named once.
        if fault.keyword == "type" or fault.path not in misfits
        for violation in _violations(fault)
    }
    return tuple(sorted(violations, key=lambda each: (each.pointer, each.message)))


@cache
def _validator(name: str, sections: EvidenceSections) -> Draft202012Validator:
    """Compile a schema once a process."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - would slow every cold start

    schema = evidence_schema(sections) if sections else load_schema(name)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


class _Fault(NamedTuple):
    """What jsonschema says: which keyword, what it demands, of which instance, and where."""

    keyword: str
    demand: Any
    schema: Mapping[str, Any]
    instance: Any
    path: tuple[str | int, ...]
    is_key: bool

    @classmethod
    def of(cls, error: Any) -> _Fault:
        """Read the parts off a ValidationError; `is_key` says that the instance is a key."""
        return cls(
            error.validator,
            error.validator_value,
            error.schema,
            error.instance,
            tuple(error.absolute_path),
            "propertyNames" in tuple(error.absolute_schema_path)[-2:-1],
        )


def _violations(fault: _Fault) -> Iterator[Violation]:
    """Turn a fault into violations: one for each key that is missing or not known."""
    pointer = pointer_join("", *fault.path)
    if fault.keyword == "required":
        yield from _missing_keys(pointer, fault)
    elif fault.keyword == "additionalProperties":
        yield from _unknown_keys(pointer, fault)
    elif fault.is_key:
        yield _misfit(pointer_join(pointer, fault.instance), fault, "key ")
    else:
        yield _misfit(pointer, fault)


def _missing_keys(pointer: str, fault: _Fault) -> Iterator[Violation]:
    for key in fault.demand:
        if key not in fault.instance:
            message = f"key {_quote(key)} is missing"
            yield Violation(pointer=pointer, message=message, expected=key)


def _unknown_keys(pointer: str, fault: _Fault) -> Iterator[Violation]:
    known = fault.schema["properties"]
    for key in fault.instance:
        if key not in known:
            found, near = _show(key), closest_match(key[:_LONGEST], list(known))
            expected = _one_of(map(_quote, [near] if near else known))
            yield Violation(
                pointer=pointer_join(pointer, key),
                message=f"key {found} is not known, expected {expected}",
                expected=expected,
                actual=found,
            )


def _misfit(pointer: str, fault: _Fault, kind: str = "") -> Violation:
    """Say of one value what it is and what it should be."""
    found, expected = _show(fault.instance, fault.path), _expectation(fault)
    message = f"{kind}{found} found, expected {expected}"
    return Violation(pointer=pointer, message=message, expected=expected, actual=found)


def _expectation(fault: _Fault) -> str:
    """Say what a keyword asks for; keywords that serve one demand give one answer."""
    keyword, demand = fault.keyword, fault.demand
    if keyword == "type":
        return _one_of(_TYPES[name] for name in ([demand] if isinstance(demand, str) else demand))
    if keyword == "enum":
        return _one_of(map(_quote, demand))
    if keyword in {"format", "pattern", "maxLength"}:
        return _text_expectation(fault.schema)
    if keyword in {"minimum", "maximum"}:
        return _range_expectation(keyword, demand)
    return _quote(demand)


def _text_expectation(schema: Mapping[str, Any]) -> str:
    if schema.get("format") == "date":
        return "a real date, YYYY-MM-DD"
    if "pattern" not in schema:
        return f"text of at most {schema['maxLength']} characters"
    return f"text that matches {schema['pattern']}"


def _range_expectation(keyword: str, limit: float) -> str:
    if not isinstance(limit, int):  # the only broken limits are those of a double
        return "a finite number"
    return f"at {'least' if keyword == 'minimum' else 'most'} {limit}"


def _one_of(options: Iterable[str]) -> str:
    *others, last = options
    return f"{', '.join(others)} or {last}" if others else last


def _show(value: object, path: Iterable[str | int] = ()) -> str:
    """Show a value found in a document: short, on one line, and no whole identifier."""
    if isinstance(value, dict):
        return f"an object with {_count(len(value), 'key')}"
    if isinstance(value, list | tuple):
        return f"an array with {_count(len(value), 'item')}"
    if isinstance(value, int) and value.bit_length() > 4 * _LONGEST:
        return "a number of more than 60 digits"  # Python refuses to print the longest ones
    if isinstance(value, str):
        value = value[: _LONGEST + 1]
    is_masked = not _MASKED_KEYS.isdisjoint(path) or _IDENTIFIER.fullmatch(str(value).strip())
    return _cut(_quote(_mask(value) if is_masked else value))


def _mask(value: object) -> object:
    """Leave of an identifier its last four characters; null, true and false identify no one."""
    if value is None or isinstance(value, bool):
        return value
    text = str(value)
    shown = text[-4:] if len(text) > 2 * 4 else ""
    return "*" * (len(text) - len(shown)) + shown


def _quote(value: object) -> str:
    """Write a value as JSON, with everything that a terminal may take as a command escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in text)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
