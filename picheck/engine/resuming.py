"""An output that was cut short is gone on with from where it stops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from picheck.engine.tallying import NO_RULEBOOK, Tally
from picheck.errors import UsageError

_decode: Final = msgspec.json.Decoder().decode


class Kept(msgspec.Struct, frozen=True):
    """The part of an NDJSON output that stays: its bytes, its tally, the next input's number."""

    length: int
    next_input: int
    tally: Tally


def read_kept(path: Path, opening: bytes) -> Kept:
    """Find out how far an output got.

    The last document's lines are dropped, for some of them may be missing, and so is whatever
    was written after the last document. Raises UsageError where the output is complete, or where
    it was begun on other terms than `opening` says.
    """
    tally, group = Tally(), _Group()
    with path.open("rb") as file:
        if file.readline() != opening:
            raise UsageError(
                f"{path} was begun on other terms (day, gate, plugins or version);"
                " audit anew without --resume"
            )
        length, last = len(opening), -1
        for line in _whole(file):
            value = _decode(line)
            if value["type"] == "summary":
                raise UsageError(f"{path} is complete; there is nothing to go on with")
            number = value["document"]
            if number < last:
                break  # the entities' own lines, written after the last document
            if number > last:
                group.enter_into(tally)
                length, last = length + group.length, number
                group = _Group()
            group.add(value, len(line))
        else:
            return Kept(length, max(last, 0), tally)
    group.enter_into(tally)
    return Kept(length + group.length, last + 1, tally)


class _Group:
    """The lines of one input."""

    def __init__(self) -> None:
        self.length = 0
        self._values: list[Mapping[str, Any]] = []

    def add(self, value: Mapping[str, Any], length: int) -> None:
        self._values.append(value)
        self.length += length

    def enter_into(self, tally: Tally) -> None:
        for value in self._values:
            _ENTRIES[value["type"]](tally, value)


def _whole(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines that were written to their end."""
    return (line for line in lines if line.endswith(b"\n"))


def _enter_document(tally: Tally, value: Mapping[str, Any]) -> None:
    tally.count(value["verdict"], value["outcomes"])


def _enter_result(tally: Tally, value: Mapping[str, Any]) -> None:
    disposition = value["disposition"]
    if value["rule"]["slug"] == NO_RULEBOOK:
        tally.reasons.add("nothingChecked")
    tally.count_result(
        value["outcome"],
        value["consequence"],
        value["rule"]["slug"],
        is_waived=disposition["waiver"] is not None,
        is_known=disposition["baseline"] == "unchanged",
    )


def _enter_notice(tally: Tally, value: Mapping[str, Any]) -> None:
    kind = value["kind"]
    if kind in {"unreadable", "evidenceUnusable"}:
        tally.reasons.add("unreadable")
    elif kind in {"nothingChecked", "noRulebook"}:
        tally.reasons.add("nothingChecked")
    if kind in {"unreadable", "nothingChecked"}:
        tally.is_complete = False


_ENTRIES: Final = {
    "document": _enter_document,
    "result": _enter_result,
    "notice": _enter_notice,
}
