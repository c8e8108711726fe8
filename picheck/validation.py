"""What people write by hand, read through Cerberus.

Rulebooks, settings, waivers and plugin options share one way of being refused: every fault in
one go, each naming file, key and remedy, with the nearest known word for a misspelt one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from picheck.errors import ConfigurationError

#: A longer word is no misspelling, and comparing it would take long.
_LONGEST_COMPARED: Final = 100


def faults(data: Mapping[str, Any], schema: Mapping[str, Any], file: str) -> list[str]:
    """Return one line for each fault of `data` against a Cerberus schema; none if it is right."""
    return _validate(data, schema, file)[1]


def validate(data: Mapping[str, Any], schema: Mapping[str, Any], file: str) -> dict[str, Any]:
    """Return `data` with the schema's defaults and coercions applied.

    Raises ConfigurationError with one line for each fault.
    """
    document, lines = _validate(data, schema, file)
    if lines:
        raise ConfigurationError("\n".join(lines))
    return document


def schema_fault(schema: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a Cerberus schema itself; None where it can be used."""
    from cerberus import SchemaError, Validator  # noqa: PLC0415 - as below

    try:
        Validator(dict(schema))
    except SchemaError as error:
        return " ".join(str(error).split())
    return None


def closest_match(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like `word`, or None if none is alike or the word is too long."""
    if len(word) > _LONGEST_COMPARED:
        return None
    return _closest_match(word, tuple(known))


@lru_cache(maxsize=1024)  # a batch may hold the same misspelling in every document
def _closest_match(word: str, known: tuple[str, ...]) -> str | None:
    from difflib import get_close_matches  # noqa: PLC0415 - only a fault asks for it

    return next(iter(get_close_matches(word, known, n=1)), None)


def _validate(
    data: Mapping[str, Any], schema: Mapping[str, Any], file: str
) -> tuple[dict[str, Any], list[str]]:
    from cerberus import Validator  # noqa: PLC0415 - only a cold start pays, and only if needed

    validator = Validator(dict(schema), purge_unknown=False)
    is_right = validator.validate(dict(data))
    if is_right:
        return dict(validator.document), []
    return {}, [
        f"{file}: {path} {message}"
        for path, message in _tell(validator._errors, list(schema))  # noqa: SLF001
    ]


def _tell(errors: Any, known: list[str]) -> Iterator[tuple[str, str]]:
    """Walk Cerberus's error tree and yield (dotted key, message) for each leaf.

    `known` are the keys that the table around the errors may hold.
    """
    for error in errors:
        path = ".".join(map(str, error.document_path))
        if error.is_logic_error:
            yield path, "fits none of the shapes allowed here"
        elif error.is_group_error and error.child_errors:
            inner = error.constraint if error.rule == "schema" else known
            yield from _tell(error.child_errors, list(inner))
        elif error.rule is None:
            yield path, f"is not known{_did_you_mean(str(error.document_path[-1]), known)}"
        else:
            yield path, _message(error)


def _message(error: Any) -> str:  # noqa: PLR0911 - one line for each kind of fault
    value, constraint = error.value, error.constraint
    match error.rule:
        case "required":
            return "is missing; add it"
        case "type":
            return f"is {_show(value)}, expected {_words(constraint)}"
        case "allowed":
            allowed = sorted(map(str, constraint))
            unallowed = error.info[0] if error.info else value
            word = unallowed if isinstance(unallowed, str) else str(value)
            hint = _did_you_mean(word, allowed)
            return f"is {_show(value)}{hint}; allowed: {', '.join(allowed)}"
        case "regex":
            return f"is {_show(value)}, expected the form {constraint}"
        case "min" | "max":
            word = "least" if error.rule == "min" else "most"
            return f"is {_show(value)}, expected at {word} {constraint}"
        case "empty":
            return "is empty; give at least one"
        case "nullable":
            return "is empty; give a value or leave the key out"
        case _:
            detail = f" ({'; '.join(map(str, error.info))})" if error.info else ""
            return f"is {_show(value)}, which {error.rule or 'the contract'} refuses{detail}"


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004


def _words(constraint: object) -> str:
    return " or ".join(constraint) if isinstance(constraint, list | tuple) else str(constraint)


def _did_you_mean(word: str, known: list[str]) -> str:
    found = closest_match(word, known)
    return f"; did you mean {found!r}?" if found else ""
