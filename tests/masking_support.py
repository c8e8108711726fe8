"""Documents whose own TIN and NPI stand where nobody expects them, and how to find both."""

from __future__ import annotations

import copy
import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

from picheck.testing.examples import compliant_parts

YEAR: Final = 2025
#: Both are invented; no digest and no number of a report holds seven of their digits by chance.
TIN: Final = "593174826"
NPI: Final = "1093748265"
#: How an identifier may be spelled, as a JSON value.
SPELLINGS: Final[dict[str, Any]] = {
    "raw": TIN,
    "as an EIN": f"{TIN[:2]}-{TIN[2:]}",
    "as an SSN": f"{TIN[:3]}-{TIN[3:5]}-{TIN[5:]}",
    "a number": int(TIN),
    "in a longer number": f"4400{TIN}17",
    "in words": f"practice {TIN}, see letter",
    "the NPI": NPI,
    "the NPI as a number": int(NPI),
}
#: Where identifiers belong; they stay there.
_OWN: Final = ("taxpayerIdentificationNumber", "nationalProviderIdentifier", "entityId")
#: So many digits of an identifier in a row give it away; the last four may be seen.
_TELLING: Final = 7
_STRETCHES: Final = tuple(
    identifier[start : start + _TELLING]
    for identifier in (TIN, NPI)
    for start in range(len(identifier) - _TELLING + 1)
)
#: What may stand between digits that are one number.
_BETWEEN: Final = str.maketrans("", "", "-.,'\"/\\_ \t\n\u2010\u2011\u2012\u2013\u2014\u2015\u00a0")


def leaks(output: str) -> list[str]:
    """Return the stretches of an output that hold the TIN or the NPI, in any spelling."""
    text = output if output.isascii() else unicodedata.normalize("NFKC", output)
    text = text.translate(_BETWEEN)
    return [
        text[max(match.start() - 60, 0) : match.end() + 40]
        for stretch in _STRETCHES
        if stretch in text
        for match in re.finditer(stretch, text)
    ]


def submission(name: str = "alone") -> dict[str, Any]:
    """Return a compliant submission of one clinician; the `name` makes it an entity of its own."""
    return compliant_parts(YEAR)[0] | {
        "entityType": "individual",
        "taxpayerIdentificationNumber": TIN,
        "nationalProviderIdentifier": NPI,
        "entityId": name,
    }


def evidence() -> dict[str, Any]:
    """Return its evidence."""
    return compliant_parts(YEAR)[1]


def planted(root: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield copies of a JSON value, each with one identifier at one place of it.

    Yields how the identifier is spelled, the place, and the value. Every string, number, literal
    and key is a place, but for the identifiers' own.
    """
    for path in _paths(root, ()):
        if path[0] in _OWN:
            continue
        place = "/" + "/".join(map(str, path))
        for name, spelling in SPELLINGS.items():
            yield name, place, _with(root, path, spelling)
        if isinstance(path[-1], str):
            yield "a key", place, _renamed(root, path, TIN)
            yield "a dashed key", place, _renamed(root, path, SPELLINGS["as an EIN"])


def refused() -> Iterator[tuple[str, str]]:
    """Yield texts whose shape is refused, or that are no JSON, and what each is called."""
    whole = submission()
    for key in _OWN[:2]:
        digits = whole[key]
        for name, value in {
            "a number": int(digits),
            "a fraction": float(digits),
            "a list": [digits],
            "an object": {"is": digits},
            "a nested list": [[{"x": int(digits)}]],
        }.items():
            yield f"{key} is {name}", json.dumps(whole | {key: value})
        bare = {name: value for name, value in whole.items() if name != key}
        for misspelt in (f"{key[:-3]}er", f"{key[:5]}_{key[5:]}", key.upper(), key[::-1], "id no"):
            yield f"{key} is called {misspelt}", json.dumps(bare | {misspelt: digits})
            yield (
                f"{key} is called {misspelt} in a refused shape",
                json.dumps(bare | {misspelt: digits, "measurementSets": digits}),
            )
        for name, value in {
            "is a text": digits,
            "is a number": int(digits),
            "holds a text": [digits],
            "holds a number": [int(digits)],
        }.items():
            yield f"measurementSets {name} of {key}", json.dumps(whole | {"measurementSets": value})
        yield f"the year is {key}", json.dumps(whole | {"performanceYear": digits})
        yield f"the document is {key}", json.dumps(digits)
        yield f"the document is a list of {key}", json.dumps([int(digits), digits])
        yield from _no_json(whole, key, digits)


def _no_json(whole: dict[str, Any], key: str, digits: str) -> Iterator[tuple[str, str]]:
    text = json.dumps(whole)
    for name, spelling in (("raw", digits), ("dashed", f"{digits[:2]}-{digits[2:]}")):
        yield f"{key} unquoted, {name}", text.replace(f'"{digits}"', f"{spelling},,", 1)
        yield f"{key} without its end quote, {name}", text.replace(f'{digits}"', spelling, 1)
        yield f"{key} without its first quote, {name}", text.replace(f'"{digits}', spelling, 1)
        yield f"{key} in a word, {name}", text.replace(f'"{digits}"', f"x{spelling}", 1)
        yield f"{key} cut, {name}", text[: text.index(digits)] + spelling
        yield f"{key} in place of a key, {name}", text.replace(f'"{key}":', f"{spelling} ", 1)
    yield f"{key} after the end", f"{text} {digits}"
    yield f"{key} twice", text.replace(f'"{key}"', f'"{key}": "{digits}", "{key}"', 1)


def _paths(value: Any, above: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        yield (*above, key)
        if isinstance(inner, dict | list):
            yield from _paths(inner, (*above, key))


def _with(root: Any, path: tuple[str | int, ...], value: Any) -> Any:
    changed = copy.deepcopy(root)
    container = changed
    for token in path[:-1]:
        container = container[token]
    container[path[-1]] = value
    return changed


def _renamed(root: Any, path: tuple[str | int, ...], name: str) -> Any:
    container = root
    for token in path[:-1]:
        container = container[token]
    renamed = {name if key == path[-1] else key: value for key, value in container.items()}
    return _with([root], (0, *path[:-1]), renamed)[0]
