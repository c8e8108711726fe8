"""Documents that are no submission, but something else that programs about submissions write.

A schema can only say which keys such a document lacks; its owner would rather hear what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from picheck.model.evidence_sections import OWN_SECTIONS
from picheck.rules.source_issues import Violation

#: Keys that nothing but a submission has.
_OWN: Final = frozenset({"entityType", "measurementSets"})
_KEYS: Final = {key.lower(): key for key in ("entityType", "performanceYear", "measurementSets")}
#: How deep a submission is looked for, and how many keys of an object.
_DEPTH: Final = 3
_WIDTH: Final = 50
#: A key that can be shown: a name, not an identifier that somebody made a key of.
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z_.-]{0,40}")

_ANSWER: Final = "an answer of the Submissions API"
_NAMELESS: Final = "that names neither the entity nor the year; audit the whole submission"
#: What the Submissions API answers with, beside submissions.
_ANSWERS: Final = {
    "measurementSet": "a measurement set",
    "measurement": "a measurement",
    "score": "a score",
}


def recognise(value: Any) -> Violation | None:
    """Return what a document is that is no submission; None where that cannot be said."""
    found = None
    if isinstance(value, list):
        found = "a list; a file holds one submission, or one on each line"
    elif isinstance(value, Mapping) and not _is_submission(value):
        found = _other(value)
    if found is None:
        return None
    return Violation(pointer="", message=f"this is {found}", expected="a submission")


def _is_submission(value: Mapping[str, Any]) -> bool:
    """Whether an object is meant as a submission, by itself or as a part of a case."""
    inner = value.get("submission")
    return not _OWN.isdisjoint(value) or (isinstance(inner, Mapping) and _is_submission(inner))


def _other(value: Mapping[str, Any]) -> str | None:
    """Return what an object without a submission's keys is."""
    for path, inner in _objects(value, _DEPTH):
        if (spelt := _respelt(inner)) or not _OWN.isdisjoint(inner):
            return _around(path, spelt)
    return next(_without_submission(value), None)


def _without_submission(value: Mapping[str, Any]) -> Iterator[str]:
    """Yield what an object can be that holds no submission at all."""
    data = value.get("data")
    if isinstance(data, Mapping):
        found = (what for key, what in _ANSWERS.items() if key in data)
        yield from (f"{_ANSWER} with {what} {_NAMELESS}" for what in found)
    if isinstance(value.get("error"), Mapping):
        yield f"{_ANSWER} that reports an error, without any submission"
    if "measurementSetId" in value and "measureId" in value:
        yield f"a request to the Submissions API for one measurement {_NAMELESS}"
    if "measurements" in value and "submission" not in value:
        yield f"a measurement set by itself {_NAMELESS}"
    if value and value.keys() <= set(OWN_SECTIONS):
        yield "an evidence file; give it beside its submission, not in its place"


def _around(path: tuple[str, ...], spelt: str) -> str:
    """Return what a document is that holds a submission at a path, spelt in some way."""
    place = ".".join(path)
    if not path:
        what = "a submission"
    elif path[0] == "data":
        what = f"{_ANSWER}; the submission is under {place}"
    else:
        what = f"a document with a submission under {place}"
    return f"{what}, with other keys than the API has: {spelt}" if spelt else what


def _objects(value: Any, depth: int) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Yield an object and those inside it, each with its path; of a list the first only."""
    if isinstance(value, list):
        yield from _objects(value[0] if value else None, depth)
    if not isinstance(value, Mapping):
        return
    yield (), value
    for key, inner in list(value.items())[:_WIDTH] if depth else ():
        if _NAME.fullmatch(key):
            yield from (((key, *path), found) for path, found in _objects(inner, depth - 1))


def _respelt(value: Mapping[str, Any]) -> str:
    """Return which keys of a submission an object spells otherwise; nothing for one such key."""
    plain = {key: re.sub(r"[_\W]", "", key).lower() for key in list(value)[:_WIDTH]}
    found = [
        f"{key} for {_KEYS[name]}"
        for key, name in plain.items()
        if name in _KEYS and key != _KEYS[name]
    ]
    return ", ".join(found) if len(found) > 1 else ""
