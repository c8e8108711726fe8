"""Recognises what picheck itself wrote, so that it is not audited as a submission."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from picheck.intake.limits import MAX_BYTES

#: How many bytes of a file are looked at to see what it is.
REPORT_HEAD: Final = 4096
#: What is said of a report that was given by its name.
IS_REPORT: Final = "is a report that picheck wrote, not a submission"

#: A key that only a submission, a posted set or a submission with its evidence has at its top.
DOCUMENT_KEYS: Final = frozenset({"measurementSets", "submission"})
#: How the JSON that picheck writes may begin.
_FIRST_KEY: Final = re.compile(
    rb'\s*\{\s*"(?:run|type|score|asOf|schemaVersion|\$schema|resourceType)"'
)
_JUNIT: Final = b'<testsuites name="picheck"'
_OUTCOME_SYSTEM: Final = b'"urn:picheck:'
#: Keys that an output has at its top and that no other JSON has together.
_SIGNATURES: Final = (
    frozenset({"score", "entities"}),
    frozenset({"baselineVersion", "findings"}),
    frozenset({"schemaVersion", "old", "new", "counts"}),
)


def may_be_report(head: bytes) -> bool:
    """Whether a file that begins with these bytes is worth the question `is_report`."""
    return _names_a_report(head) or _JUNIT in head or _FIRST_KEY.match(head) is not None


def is_report(data: bytes) -> bool:
    """Whether a text is an output of picheck: a report, a score, a comparison or a baseline.

    Of NDJSON the first line is enough. An output names picheck or has keys that no other JSON has
    together, and it has no key of a submission. More than `MAX_BYTES` bytes are judged by their
    beginning, for they are no document anyway.
    """
    head = data[:REPORT_HEAD]
    if not may_be_report(head):
        return False
    if _JUNIT in head:
        # a JSON document may have these words in a text
        return not head.lstrip().startswith(b"{")
    if len(data) > MAX_BYTES:
        return _names_a_report(head)
    return any(_is_own(text) for text in (data, data.partition(b"\n")[0]))


def _names_a_report(head: bytes) -> bool:
    return b'"schemaVersion"' in head or (b'"run"' in head and b'"asOf"' in head)


def _is_own(text: bytes) -> bool:
    try:
        keys = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
        if not DOCUMENT_KEYS.isdisjoint(keys):
            return False
        if any(signature <= keys.keys() for signature in _SIGNATURES):
            return True
        return _is_of_picheck({name: bytes(value) for name, value in keys.items()})
    except (LookupError, TypeError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def _is_of_picheck(keys: Mapping[str, bytes]) -> bool:
    """Whether an object names picheck as its author. Raises LookupError, TypeError if it cannot."""
    if "runs" in keys:
        return bool(_read(keys["runs"])[0]["tool"]["driver"]["name"] == "picheck")
    if "resourceType" in keys:
        return _OUTCOME_SYSTEM in keys["issue"]
    if "schemaVersion" not in keys:
        return False
    if "tool" in keys:
        return bool(_read(keys["tool"])["name"] == "picheck")
    return "participation" in keys and _read(keys["type"]) == "run"  # the lines of a score


def _read(value: bytes) -> Any:
    return msgspec.json.decode(value)
